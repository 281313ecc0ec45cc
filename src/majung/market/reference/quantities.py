"""What the steps of a quarter hand to one another: units, or money."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from majung.market.world import Floats

Mask = NDArray[np.bool_]


class Support(NamedTuple):
    """What the programme offers in a quarter."""

    grants: Floats
    """u, (L,) money."""
    orders: Floats
    """o, (L,) money."""
    matching_pot: float
    budget: float
    """What counts in the quarter, but for pledges that are paid or returned later in it."""


class Research(NamedTuple):
    """Money of research by firm, (I,)."""

    spending: Floats
    """R."""
    legacy: Floats


class Offers(NamedTuple):
    """What lines offer in a quarter."""

    live: Mask
    """(L,)"""
    best_quality: Floats
    """Of a live domestic line, (K,)."""
    log_cost: Floats
    """ln c, (L,)."""
    price: Floats
    """p, (L,)."""
    attraction: Floats
    """e^V, (L, 2) by region."""


class Trade(NamedTuple):
    """What is delivered, (L, 2) by region: units, or their value. Programme deliveries are all at home."""

    final: Floats
    """To private buyers."""
    public: Floats
    """To ordinary public buyers."""
    derived: Floats
    """As inputs, not induced."""
    induced: Floats
    """As inputs that programme orders set off."""
    programme: Floats

    @property
    def private(self) -> Floats:
        """Final and derived."""
        return self.final + self.derived

    @property
    def market(self) -> Floats:
        """All but the programme's: x."""
        return self.final + self.public + self.derived + self.induced

    def at(self, price: Floats) -> Trade:
        """Return the value of these units."""
        return Trade(*(price[:, None] * units for units in self))


class Books(NamedTuple):
    """Money of a quarter's operations by firm, (I,); live domestic firms only."""

    margin: Floats
    grants: Floats
    legacy: Floats
    research: Floats
    overhead: Floats

    @property
    def income(self) -> Floats:
        """What operations add to cash."""
        return self.margin + self.grants + self.legacy - self.research - self.overhead


class Funding(NamedTuple):
    """Money that came in after operations, (I,), and what of the pledges was drawn or came to the end of its window."""

    raised: Floats
    matching: Floats
    """Of the pot, and of pledges."""
    drawn: float
    lapsed: float
