"""What a test of claims is asked for, checked before anything is simulated."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import nan
from pathlib import Path
from typing import TYPE_CHECKING, Final

from majung import parameters
from majung.decision.claims.formula import Term
from majung.decision.claims.reading import read_claims
from majung.decision.claims.verdict import judged
from majung.decision.worlds.factors import factors_of
from majung.decision.worlds.identity import run_id_of, run_record
from majung.decision.worlds.measures import MEASURES
from majung.decision.worlds.panel import Arm, whole_blocks
from majung.decision.worlds.request import whole_number
from majung.ensemble import BLOCK, RunRecord
from majung.errors import InputError, Problem, nearest
from majung.messages import Phrase
from majung.scenario import hands_off
from majung.scenario.settings import LARGEST_SEED

if TYPE_CHECKING:
    from majung.decision.claims.model import Claim
    from majung.decision.claims.result import ClaimTest
    from majung.decision.claims.verdict import WorldEffects
    from majung.decision.worlds.factors import Factor
    from majung.scenario import Scenario

__all__ = ["KIND", "WORLDS", "ClaimsPlan", "planned_claims"]

KIND: Final = "claims"
WORLDS: Final = 500
"""Plausible worlds, where nothing else is asked for."""


@dataclass(frozen=True)
class ClaimsPlan:
    """Claims, the worlds that they are put to, and the luck there.

    Parameters
    ----------
    scenario : Scenario
    claims : tuple of Claim
    not_asked : mapping of str to tuple of Problem
        Claims that do not fit the scenario, and why.
    factors : tuple of Factor
        What is varied.
    worlds : int
    replications : int
        Of each arm in each world.
    max_replications : int
        Of an arm in a world that does not tell by then whether a claim holds in it.
    seed : int
    most : float
        See `majung.decision.claims.verdict`.
    files : tuple of Path
        From which the claims were read; of majung's own, none.
    """

    scenario: Scenario
    claims: tuple[Claim, ...]
    not_asked: Mapping[str, tuple[Problem, ...]]
    factors: tuple[Factor, ...]
    worlds: int
    replications: int
    max_replications: int
    seed: int
    most: float
    files: tuple[Path, ...] = ()

    @cached_property
    def arms(self) -> tuple[Arm, ...]:
        """All that is to be simulated in a world, each once."""
        found = {arm.key: arm for claim in self.claims for arm in claim.arms.values()}
        found |= {arm.key: found.get(arm.key, arm) for arm in self._idle}
        return tuple(found.values())

    @property
    def nothing(self) -> dict[str, int]:
        """Place of doing nothing among the arms, by setting."""
        places = {arm.key: place for place, arm in enumerate(self.arms)}
        return {arm.setting.id: places[arm.key] for arm in self._idle}

    @property
    def _idle(self) -> list[Arm]:
        """Doing nothing in each setting in which something is held against it."""
        settings = {}
        for claim in self.claims:
            terms = {term for formula in (claim.effect, claim.where) if formula for term in formula.terms()}
            for term in terms | {Term(name) for name in claim.arms}:
                if MEASURES[term.measure or claim.outcome].above_nothing:
                    setting = claim.arms[term.arm].setting
                    settings[setting.id] = setting
        return [Arm(hands_off(self.scenario.unit), setting) for setting in settings.values()]

    @property
    def looks(self) -> int:
        """How often the worlds are looked at: each time those that do not tell get as many replications again."""
        return (self.max_replications // self.replications).bit_length()

    @property
    def verdicts(self) -> int:
        """How many can be given: of each claim at each look."""
        return len(self.claims) * self.looks

    def needs(self, claim: Claim) -> tuple[bool, ...]:
        """Return which arms a claim's effect is formed of, doing nothing included."""
        settings = {arm.setting.id for arm in claim.arms.values()}
        keys = {arm.key for arm in (*claim.arms.values(), *(one for one in self._idle if one.setting.id in settings))}
        return tuple(arm.key in keys for arm in self.arms)

    @property
    def confidence(self) -> float:
        """Of every interval."""
        return float(self.scenario.parameters.value("confidence"))

    def judged(
        self, claim: Claim, effects: WorldEffects, central: float = nan, at_first: WorldEffects | None = None
    ) -> ClaimTest:
        """Return a claim's test; see `majung.decision.claims.verdict.judged`."""
        return judged(
            claim,
            effects,
            central,
            at_first=at_first,
            verdicts=self.verdicts,
            confidence=self.confidence,
            most=self.most,
        )

    @cached_property
    def run_id(self) -> str:
        """Short hash of all that the verdicts depend on, every word of the claims included."""
        return run_id_of(
            KIND,
            self.scenario,
            self.factors,
            claims=sorted(claim.hash for claim in self.claims),
            worlds=self.worlds,
            replications=[self.replications, self.max_replications],
            seed=self.seed,
            most=self.most,
        )

    def record(self, kind: str, request: Mapping[str, object]) -> RunRecord:
        """Return what a store notes of the run; see `majung.ensemble.Design.record`."""
        return run_record(
            self.run_id,
            kind,
            self.scenario,
            request,
            claims={claim.id: claim.hash for claim in self.claims},
            seed=self.seed,
            worlds=self.worlds,
            replications=self.replications,
            max_replications=self.max_replications,
        )


def planned_claims(
    scenario: Scenario,
    *,
    claims: Sequence[str] | None = None,
    folder: Path | None = None,
    worlds: int | None = None,
    replications: int | None = None,
    max_replications: int | None = None,
    seed: int | None = None,
) -> ClaimsPlan:
    """Check what `majung.claims` is asked for.

    Raises
    ------
    InputError
        When the files are wrong, a claim is unknown or does not fit the scenario, or a number is out of bounds. Of
        majung's own claims, those that do not fit are left out unless they are asked for.
    """
    problems: list[Problem] = []
    read = read_claims(scenario, folder)
    by_id = {claim.id: claim for claim in read.claims}
    wanted = tuple(dict.fromkeys(claims)) if claims is not None else tuple(by_id)
    for name in wanted:
        if name not in by_id:
            values = {"choices": tuple(by_id)}
            problems.append(
                Problem(
                    key="decision.claims.unknown",
                    found=name,
                    expected=Phrase("decision.claims.a_claim"),
                    suggestion=nearest(name, by_id),
                    values=values,
                )
            )
        elif claims is not None or folder is not None:
            problems.extend(read.unfit.get(name, ()))
    worlds = whole_number(worlds, WORLDS, "decision.claims.worlds", problems)
    replications = whole_number(replications, BLOCK, "decision.claims.replications", problems)
    least = whole_blocks(replications)
    limit = whole_number(max_replications, least, "decision.claims.max_replications", problems, least=least)
    seed = whole_number(seed, scenario.seed, "ensemble.seed", problems, least=0, largest=LARGEST_SEED)
    factors: tuple[Factor, ...] = ()
    try:
        factors = factors_of(scenario)
    except InputError as error:
        problems.extend(error.problems)
    asked = tuple(by_id[name] for name in wanted if name in by_id and name not in read.unfit)
    if not asked and not problems:
        problems.extend(problem for found in read.unfit.values() for problem in found)
    if problems:
        raise InputError(problems)
    return ClaimsPlan(
        scenario,
        asked,
        {name: read.unfit[name] for name in wanted if name in read.unfit},
        factors,
        worlds,
        least,
        least << ((limit // least).bit_length() - 1),
        seed,
        parameters.load(groups=parameters.CLAIMS).value("most_worlds"),
        read.files,
    )
