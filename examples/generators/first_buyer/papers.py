"""Documents handed in, and public money that the same purpose has already."""

from __future__ import annotations

from first_buyer.call import Call

ALWAYS = ("plan", "accounts")
CERTIFICATE = "certificate"


def make_papers(call: Call) -> None:
    """Let most applications be complete; the others lack one document. Let a few be funded already."""
    count = len(call.applications)
    incomplete = set(call.weighted([1.0] * count, round(count * (1 - call.choice["complete"]))))
    funded = set(call.weighted([1.0] * count, round(count * call.choice["funded"])))
    for place, application in enumerate(call.applications):
        needed = [*ALWAYS, *([CERTIFICATE] if "purchase" in application.instruments else [])]
        missing = needed[int(call.uniform(0, len(needed)))]
        application.documents = tuple(name for name in needed if place not in incomplete or name != missing)
        application.funded = "yes" if place in funded else "no"
