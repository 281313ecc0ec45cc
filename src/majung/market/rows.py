"""Row numbers of the recorded arrays, as constants that the compiler can see."""

from __future__ import annotations

from typing import Final

from majung.dims import ACCOUNT_ARRAYS, FIRM_ARRAYS, PATH_ARRAYS

_PATH = {array.name: row for row, array in enumerate(PATH_ARRAYS)}
_ACCOUNT = {array.name: row for row, array in enumerate(ACCOUNT_ARRAYS)}
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
ADOPTERS: Final = _PATH["adopters"]
BEST_QUALITY: Final = _PATH["best_quality"]
FRONTIER: Final = _PATH["frontier"]
PRICE: Final = _PATH["price"]
LIVE_VENTURES: Final = _PATH["live_ventures"]
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

SURVIVED: Final = _FIRM["survived"]
FINAL_SALES: Final = _FIRM["final_sales"]
TOTAL_PRIVATE_SALES: Final = _FIRM["total_private_sales"]
PUBLIC_RECEIVED: Final = _FIRM["public_received"]
