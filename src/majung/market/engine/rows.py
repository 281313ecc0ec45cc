"""Where the rows of a record begin, as constants that the compiler can see.

A record is one-dimensional, a row of LANES after another: with constant offsets the compiler knows that rows do not
overlap, and vectorises loops that add to many of them.
"""

from __future__ import annotations

from typing import Final

from majung.dims import ACCOUNT_ARRAYS, FIRM_ARRAYS, PATH_ARRAYS
from majung.market.engine.compile import LANES

_PATH = {array.name: row * LANES for row, array in enumerate(PATH_ARRAYS)}
_ACCOUNT = {array.name: row * LANES for row, array in enumerate(ACCOUNT_ARRAYS)}
_FIRM = {array.name: row for row, array in enumerate(FIRM_ARRAYS)}

PATHS: Final = len(_PATH)
ACCOUNTS: Final = len(_ACCOUNT)
FIRM_ROWS: Final = len(_FIRM)

PRIVATE_FINAL: Final = _PATH["private_final_sales"]
PRIVATE_DERIVED: Final = _PATH["private_derived_sales"]
INDUCED: Final = _PATH["induced_sales"]
ORDINARY_PUBLIC: Final = _PATH["ordinary_public_sales"]
EXPORTS: Final = _PATH["exports"]
IMPORTS: Final = _PATH["imports"]
HOME_SALES: Final = _PATH["home_sales"]
MARKET_VALUE: Final = _PATH["market_value"]
SME_SALES: Final = _PATH["sme_sales"]
SME_DERIVED: Final = _PATH["sme_derived_sales"]
ADOPTERS: Final = _PATH["adopters"]
BEST_QUALITY: Final = _PATH["best_quality"]
FRONTIER: Final = _PATH["frontier"]
PRICE: Final = _PATH["price"]
LIVE_VENTURES: Final = _PATH["live_ventures"]
FOUNDING: Final = _PATH["founding_lines"]
ENTRIES: Final = _PATH["entries"]
EXITS: Final = _PATH["exits"]
HHI: Final = _PATH["hhi"]
LEADER: Final = _PATH["leader"]
HYPE: Final = _PATH["hype"]
SUBSIDY: Final = _PATH["subsidy"]
PURCHASE: Final = _PATH["purchase"]
MATCHING: Final = _PATH["matching"]
PRIVATE_RAISED: Final = _PATH["private_raised"]
SUPPORTED: Final = _PATH["supported"]

BUDGET: Final = _ACCOUNT["budget"]
RETURNED: Final = _ACCOUNT["returned"]
CASH: Final = _ACCOUNT["cash"]
MARGIN: Final = _ACCOUNT["margin"]
RESEARCH: Final = _ACCOUNT["research"]
OVERHEAD: Final = _ACCOUNT["overhead"]
LEGACY: Final = _ACCOUNT["legacy"]
ENTRY_CAPITAL: Final = _ACCOUNT["entry_capital"]
WRITTEN_OFF: Final = _ACCOUNT["written_off"]
PUBLIC_TO_CLASS: Final = _ACCOUNT["public_to_venture"]
"""First of four rows, by size class."""

REACH_SUM, BASE_HOME_SUM, BASE_WORLD_SUM, BEST = (row * LANES for row in range(4))
"""Sums over a technology's live lines before research; best domestic quality."""
SUMS: Final = 4

OFFERS_HOME, OFFERS_WORLD, LOG_QUALITY, LOG_COST, NUMBER, BEST_OFFERED = (row * LANES for row in range(6))
"""Σ e^V by region; over domestic lines Σ ln q, Σ ln c, their number and best quality."""
TOTALS: Final = 6

PRIVATE_HOME, PRIVATE_WORLD, PUBLIC_HOME, PUBLIC_WORLD, DERIVED_HOME, DERIVED_WORLD, INDUCED_HOME, INDUCED_WORLD = (
    row * LANES for row in range(8)
)
"""Units demanded per e^V."""
FLOWS: Final = 8

DOMESTIC, PROGRAMME, FOREIGN_MADE, FOREIGN_PROGRAMME = (row * LANES for row in range(4))
"""Units delivered by domestic and by foreign lines: for themselves, and on orders or induced by orders (programme)."""
UNITS: Final = 4

PULLED_HOME, PULLED_WORLD, PULLED_INDUCED_HOME, PULLED_INDUCED_WORLD = (row * LANES for row in range(4))
"""Derived demand in units: home and world (both with induced), induced home and world."""
PULLED: Final = 4

SURVIVED: Final = _FIRM["survived"]
FINAL_SALES: Final = _FIRM["final_sales"]
TOTAL_PRIVATE_SALES: Final = _FIRM["total_private_sales"]
PUBLIC_RECEIVED: Final = _FIRM["public_received"]
