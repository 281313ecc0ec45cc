"""Claims that the model may refute: in how many plausible worlds each holds, by how much, and where it turns."""

from majung.decision.claims.model import Claim
from majung.decision.claims.plan import ClaimsPlan, planned_claims
from majung.decision.claims.reading import claim_files, read_claims
from majung.decision.claims.result import Claims, ClaimTest, Effect, Verdict
from majung.decision.claims.testing import claims, tested

__all__ = [
    "Claim",
    "ClaimTest",
    "Claims",
    "ClaimsPlan",
    "Effect",
    "Verdict",
    "claim_files",
    "claims",
    "planned_claims",
    "read_claims",
    "tested",
]
