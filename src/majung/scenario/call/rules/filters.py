"""Filters: the part of the applications, or of what could be awarded, that a rule is about."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import BeforeValidator, Field

from majung.scenario.call.rules.base import Frozen, Names, Quarters, Whole, listed

__all__ = ["EVERYTHING", "FILTER_KEYS", "MEMBERSHIPS", "Confirmation", "Filter", "Instrument", "Membership", "Scope"]

Instrument = Literal["subsidy", "purchase", "matching"]
Membership = Literal["micro", "small", "medium", "sme", "mid", "large", "venture", "startup"]
MEMBERSHIPS: Final = ("micro", "small", "medium", "sme", "mid", "large", "venture", "startup")
Product = Literal["goods", "service", "technology", "startup"]
Confirmation = Literal["vc", "rnd", "innovation", "pre"]


class Scope(Frozen):
    """Which applications, by which instruments; all where left out.

    Parameters
    ----------
    instrument : str or list
        subsidy, purchase, matching.
    technology : str or list
        Ids.
    class : str or list
        micro, small, medium, sme, mid, large by the law of the call's day; venture, startup.
    region : str or list
        As the applications have it.
    product : str or list
        goods, service, technology, startup.
    """

    instrument: Annotated[tuple[Instrument, ...], BeforeValidator(listed)] = ()
    technology: Names = ()
    size_class: Annotated[tuple[Membership, ...], BeforeValidator(listed)] = Field((), alias="class")
    region: Names = ()
    product: Annotated[tuple[Product, ...], BeforeValidator(listed)] = ()

    @property
    def is_everything(self) -> bool:
        """Whether nothing is left out."""
        return not any(getattr(self, name) for name in FILTER_KEYS if hasattr(self, name))


class Filter(Scope):
    """Which options; all where left out.

    Parameters
    ----------
    quarter : str or list
        Quarters, such as 2024Q3.
    year : int or list
        Calendar years.
    """

    quarter: Quarters = ()
    year: Annotated[tuple[Whole, ...], BeforeValidator(listed)] = ()


FILTER_KEYS: Final = ("instrument", "technology", "size_class", "region", "product", "quarter", "year")
EVERYTHING: Final = Filter()
