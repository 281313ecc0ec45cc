"""The size class of a firm by the law of a day."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final, NamedTuple

from majung.messages import Phrase
from majung.money import Unit
from majung.scenario.call.judging.findings import Finding, Money
from majung.scenario.call.law.industry import industry_codes
from majung.scenario.call.law.statutes import Entry, IndustryCap, Law

__all__ = ["DECLARED", "SMALL", "Facts", "SizeClass", "size_class"]

SMALL: Final = ("micro", "small", "medium", "sme")
"""Classes of small and medium firms."""
DECLARED: Final = {"venture": "sme", "sme": "sme", "mid": "mid", "large": "large", "foreign": "large"}
"""What a class of the table of firms is, where the law cannot be applied."""
_NAN: Final = float("nan")
_REPLACED: Final = "replaced"
_REQUIRED: Final = {
    _REPLACED: "scenario.call.required.sales_unverified",
    "MEMORY": "scenario.call.required.sales_memory",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the law asks of a firm. NaN, None and empty text are not known.

    Parameters
    ----------
    declared : str
        Class in the table of firms.
    unit : Unit
        Of the amounts.
    industry : str
        KSIC code.
    average_sales : float
        A year, mean of three.
    assets : float
    staff : float
    independent : bool or None
    rate : float
        Units of the amounts' currency for one of the law's.
    """

    declared: str
    unit: Unit
    industry: str = ""
    average_sales: float = _NAN
    assets: float = _NAN
    staff: float = _NAN
    independent: bool | None = None
    rate: float = 1.0

    def known(self, amount: float) -> float:
        """Return an amount of the law in the facts' unit."""
        return amount * self.rate / 10.0**self.unit.exponent


class SizeClass(NamedTuple):
    """A size class and why.

    Parameters
    ----------
    name : str
        micro, small, medium, sme, mid, large.
    finding : Finding
        Its clause, what was found, what is required of a small or medium firm.
    declared : bool
        Whether it was taken as declared, because a fact that the law asks for is not known.
    """

    name: str
    finding: Finding
    declared: bool


class _Cap(NamedTuple):
    amount: float
    source: str
    status: str


def size_class(facts: Facts, day: date, law: Law) -> SizeClass:
    """Return a firm's size class by the law of a day.

    Parameters
    ----------
    facts : Facts
    day : date
    law : Law
        Of type ``size``.

    Returns
    -------
    SizeClass
        As declared where the law was not in force on that day or asks for what is not known.
    """
    entry = law.at(day)
    if entry is None:
        return _declared(facts, law, None)
    return _by_bands(facts, law, entry) if entry.bands else _by_industry(facts, law, entry)


def _declared(facts: Facts, law: Law, entry: Entry | None) -> SizeClass:
    name = DECLARED[facts.declared]
    required = Phrase("scenario.call.required.facts" if entry else "scenario.call.required.law")
    found = Phrase("scenario.call.found.declared", name=Phrase(f"scenario.call.class.{name}"))
    finding = Finding(law.id, entry.clause if entry else "", found, required, entry.source if entry else "")
    return SizeClass(name, finding, declared=True)


def _by_industry(facts: Facts, law: Law, entry: Entry) -> SizeClass:
    """Apply the Korean definition: sales by industry, assets, independence."""
    codes = industry_codes(facts.industry)
    cap = _cap(codes, law, entry)
    if cap is None or math.isnan(facts.average_sales):
        return _declared(facts, law, entry)
    most = facts.known(cap.amount)
    sales = Phrase("scenario.call.found.sales", sales=Money(facts.average_sales, facts.unit), industry=codes[0])
    required = Phrase(_REQUIRED.get(cap.status, "scenario.call.required.sales"), cap=Money(most, facts.unit))
    beyond = "large" if facts.declared == "large" else "mid"

    def says(name: str, found: Phrase, required: Phrase, source: str) -> SizeClass:
        return SizeClass(name, Finding(law.id, entry.clause, found, required, source), declared=False)

    if entry.independence and facts.independent is False:
        found, needed = Phrase("scenario.call.found.dependent"), Phrase("scenario.call.required.independent")
        return says(beyond, found, needed, entry.assets_source or entry.source)
    if entry.assets is not None and facts.assets >= facts.known(entry.assets):
        found = Phrase("scenario.call.found.assets", assets=Money(facts.assets, facts.unit))
        needed = Phrase("scenario.call.required.assets", cap=Money(facts.known(entry.assets), facts.unit))
        return says(beyond, found, needed, entry.assets_source or entry.source)
    if facts.average_sales > most:
        highest = None if entry.highest is None else facts.known(entry.highest)
        if highest is not None and facts.average_sales > highest:
            required = Phrase("scenario.call.required.sales", cap=Money(highest, facts.unit))
        return says(beyond, sales, required, cap.source)
    small = _find(codes, [entry.small, before.small if (before := law.before(entry)) else ()])
    if small is None:
        return says("sme", sales, required, cap.source)
    most_of_small = facts.known(small.cap)
    key = "scenario.call.required.small_memory" if small.status == "MEMORY" else "scenario.call.required.small"
    both = Phrase(key, medium=required, cap=Money(most_of_small, facts.unit))
    return says("small" if facts.average_sales <= most_of_small else "medium", sales, both, cap.source)


def _cap(codes: tuple[str, ...], law: Law, entry: Entry) -> _Cap | None:
    """Return the cap on an industry's sales, from the entry before where the day's entry does not have it."""
    if (found := _find(codes, [entry.sales])) is not None:
        return _Cap(found.cap, found.source or entry.source, found.status or entry.status)
    before = law.before(entry)
    if before is None or (old := _find(codes, [before.sales])) is None:
        return None
    return _Cap(old.cap, old.source or before.source, _REPLACED)


def _find(codes: tuple[str, ...], lists: Iterable[tuple[IndustryCap, ...]]) -> IndustryCap | None:
    for caps in lists:
        for code in codes:
            for cap in caps:
                if code in cap.industries:
                    return cap
    return None


def _by_bands(facts: Facts, law: Law, entry: Entry) -> SizeClass:
    """Apply a definition by staff, and by sales or assets."""
    if math.isnan(facts.staff):
        return _declared(facts, law, entry)
    name = "large"
    if not (entry.independence and facts.independent is False):
        for band in entry.bands:
            limits = ((facts.average_sales, band.sales), (facts.assets, band.assets))
            given = [value <= facts.known(cap) for value, cap in limits if cap is not None and not math.isnan(value)]
            if facts.staff < band.staff and (not given or any(given)):
                name = band.size_class
                break
    last = entry.bands[-1]
    found = Phrase("scenario.call.found.staff", staff=f"{facts.staff:,.10g}")
    required = Phrase("scenario.call.required.staff", staff=last.staff - 1)
    if last.sales is not None and last.assets is not None:
        sales, assets = (Money(facts.known(cap), facts.unit) for cap in (last.sales, last.assets))
        required = Phrase("scenario.call.required.bands", staff=last.staff - 1, sales=sales, assets=assets)
    if facts.independent is False and entry.independence:
        found, required = Phrase("scenario.call.found.dependent"), Phrase("scenario.call.required.independent")
    return SizeClass(name, Finding(law.id, entry.clause, found, required, entry.source), declared=False)
