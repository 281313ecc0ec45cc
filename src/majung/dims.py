"""One table of every dimension and every result array: code and docs both read it.

Money is in the scenario's unit and per quarter, undiscounted. "Domestic" lines are those of domestic firms; "private"
sales exclude ordinary public buyers, programme orders and what programme orders induced upstream.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

Unit = Literal["money", "1", "firms", "lines", "adopters", "index", "quarter", "log", "mixed"]

CLASSES: Final = ("venture", "sme", "mid", "large", "foreign")
SMALL_CLASSES: Final = ("venture", "sme")
DOMESTIC_CLASSES: Final = tuple(name for name in CLASSES if name != "foreign")
REGIONS: Final = ("home", "world")
INSTRUMENTS: Final = ("subsidy", "purchase", "matching")
CRITERIA: Final = ("quality", "progress", "focus", "need", "traction", "opening")


@dataclass(frozen=True)
class Dimension:
    """A labelled axis of the result."""

    name: str
    meaning_en: str
    meaning_ko: str


@dataclass(frozen=True)
class Array:
    """A result array: its name, axes after strategy and replication, unit and meaning."""

    name: str
    dims: tuple[str, ...]
    unit: Unit
    meaning_en: str
    meaning_ko: str


DIMENSIONS: Final = (
    Dimension("strategy", "strategy id, hands-off first", "전략 (무개입이 먼저)"),
    Dimension("replication", "number of the paired world", "짝지은 세계의 번호"),
    Dimension("quarter", "calendar quarter, such as 2024Q2", "분기"),
    Dimension("technology", "technology id", "기술"),
    Dimension("size_class", "size class of the firm", "기업 규모"),
    Dimension("firm", "firm id (entry slots are not listed)", "기업"),
    Dimension("line", "line id, entry slots too", "제품"),
    Dimension("statistic", "mean or sample variance over the replications that did not fail", "평균 또는 분산"),
    Dimension("outcome", "what a world came to over all quarters", "전 기간의 결과"),
    Dimension("sample", "number of a world kept whole: the first 1,024", "따로 보관한 세계의 번호(처음 1,024개)"),
)

_QT = ("quarter", "technology")

PATH_ARRAYS: Final = (
    Array(
        "private_final_sales",
        _QT,
        "money",
        "private final sales of domestic lines, home and world",
        "국내 기업의 민간 최종 매출(국내외)",
    ),
    Array(
        "private_derived_sales",
        _QT,
        "money",
        "private derived sales of domestic lines (inputs to others), without induced sales",
        "국내 기업의 민간 파생 매출",
    ),
    Array(
        "induced_sales",
        _QT,
        "money",
        "derived sales of domestic lines that programme orders set off upstream",
        "공공구매가 상류에 일으킨 매출",
    ),
    Array(
        "ordinary_public_sales",
        _QT,
        "money",
        "sales of domestic lines to public segments, outside the programme",
        "사업 밖의 일반 공공 매출",
    ),
    Array("exports", _QT, "money", "private sales of domestic lines in the world region", "국내 기업의 해외 민간 매출"),
    Array("imports", _QT, "money", "sales of foreign lines in the home region", "외국 기업의 국내 매출"),
    Array(
        "home_sales",
        _QT,
        "money",
        "all sales in the home region except programme orders",
        "국내 시장 전체 매출(사업 주문 제외)",
    ),
    Array("market_value", _QT, "money", "X: private sales of all lines, both regions", "민간 시장 규모(국내외 전체)"),
    Array(
        "sme_sales", _QT, "money", "private sales (final and derived) of lines of small firms", "중소·벤처의 민간 매출"
    ),
    Array(
        "sme_derived_sales",
        _QT,
        "money",
        "private derived sales of lines of small firms, without induced sales",
        "중소·벤처의 민간 파생 매출",
    ),
    Array("adopters", _QT, "adopters", "adopters in the home segments", "국내 채택자"),
    Array(
        "best_quality",
        _QT,
        "index",
        "best live domestic quality relative to the frontier",
        "국내 최고 품질(프런티어 대비)",
    ),
    Array("frontier", _QT, "index", "world frontier of quality", "세계 프런티어"),
    Array(
        "price",
        _QT,
        "index",
        "mean price of domestic private sales by units; 0 without sales",
        "국내 민간 매출 평균 가격",
    ),
    Array("live_ventures", _QT, "lines", "live lines of small firms", "살아 있는 중소·벤처 제품 수"),
    Array(
        "founding_lines",
        _QT,
        "lines",
        "live lines of small firms that were there at the start",
        "시작 때부터 있던 중소·벤처의 살아 있는 제품 수",
    ),
    Array("entries", _QT, "firms", "entrants", "진입"),
    Array("exits", _QT, "lines", "lines of firms that left", "퇴출"),
    Array("hhi", _QT, "1", "Herfindahl index of private sales over lines, both regions", "허핀달 지수"),
    Array(
        "leader", _QT, "index", "row of the domestic line with the largest private sales, -1 if none", "국내 선두 제품"
    ),
    Array("hype", _QT, "log", "smoothed log growth of market value per quarter", "관심도(시장 성장률)"),
    Array("subsidy", _QT, "money", "subsidies paid", "보조금 지급액"),
    Array("purchase", _QT, "money", "programme orders delivered and paid", "공공구매 지급액"),
    Array("matching", _QT, "money", "matching of private money paid", "매칭 지급액"),
    Array("private_raised", _QT, "money", "private money raised by small firms", "민간 투자 유치액"),
    Array("supported", _QT, "lines", "live lines holding a weight in the programme", "지원받는 제품 수"),
)

_Q = ("quarter",)

ACCOUNT_ARRAYS: Final = (
    Array("budget", _Q, "money", "public budget of the quarter", "분기 공공예산"),
    Array("returned", _Q, "money", "budget that could not be spent and was returned", "집행되지 않아 반납된 예산"),
    Array("cash", _Q, "money", "cash of all live domestic firms at the end of the quarter", "국내 기업 현금 합계"),
    Array("margin", _Q, "money", "gross margin of domestic firms", "국내 기업 매출총이익"),
    Array("research", _Q, "money", "research spending of domestic firms", "연구개발 지출"),
    Array("overhead", _Q, "money", "overhead of domestic firms", "고정비"),
    Array("legacy", _Q, "money", "legacy profit put into research by incumbents", "기존 사업에서 투입된 연구비"),
    Array("entry_capital", _Q, "money", "founders' cash of entrants", "창업 자본"),
    Array("written_off", _Q, "money", "unpaid debts of firms that left", "퇴출 기업의 미지급액"),
    Array("public_to_venture", _Q, "money", "public money paid to ventures", "벤처에 지급된 공공자금"),
    Array("public_to_sme", _Q, "money", "public money paid to small and medium firms", "중소기업에 지급된 공공자금"),
    Array("public_to_mid", _Q, "money", "public money paid to mid-size firms", "중견기업에 지급된 공공자금"),
    Array("public_to_large", _Q, "money", "public money paid to large firms", "대기업에 지급된 공공자금"),
)

FIRM_ARRAYS: Final = (
    Array("survived", ("firm",), "1", "alive at the end (mean over replications: share)", "생존"),
    Array("final_sales", ("firm",), "money", "sales of the last quarter", "마지막 분기 매출"),
    Array("total_private_sales", ("firm",), "money", "private sales over all quarters", "전 기간 민간 매출"),
    Array("public_received", ("firm",), "money", "public money received over all quarters", "받은 공공자금"),
)

PATH_TOTALS: Final = tuple(a for a in PATH_ARRAYS if a.unit == "money" or a.name in ("entries", "exits"))
"""Arrays whose sum over quarters and technologies is an outcome."""
ACCOUNT_TOTALS: Final = tuple(a for a in ACCOUNT_ARRAYS if a.name != "cash")
"""Arrays whose sum over quarters is an outcome; what is held at a time has none."""

SHARES: Final = (
    Array("sme_share", (), "1", "small firms' share of private domestic sales", "국내 기업 민간 매출의 중소·벤처 비중"),
    Array("domestic_share", (), "1", "share of the home market that is not imported", "국내 시장에서 수입이 아닌 비율"),
    Array(
        "survival",
        (),
        "1",
        "share of the small firms' lines of the start that are live at the end",
        "시작 때의 중소·벤처 제품 중 마지막에 살아 있는 비율",
    ),
)
"""Outcomes that are missing where there is nothing to have a share of."""

OUTCOMES: Final = (
    *(Array(a.name, (), a.unit, a.meaning_en, a.meaning_ko) for a in (*PATH_TOTALS, *ACCOUNT_TOTALS)),
    Array("private_domestic_sales", (), "money", "final and derived sales of domestic lines", "국내 기업의 민간 매출"),
    Array("public_spent", (), "money", "public money paid out", "지급한 공공자금"),
    Array("live_ventures", (), "lines", "live lines of small firms at the end", "마지막에 살아 있는 중소·벤처 제품 수"),
    Array(
        "leader_changes",
        (),
        "1",
        "times that another domestic line takes the lead of its technology and keeps it for a year",
        "다른 국내 제품이 기술의 선두에 올라 1년 이상 지킨 횟수",
    ),
    *SHARES,
)
"""What a world came to, over all quarters and technologies. Named as the array where it is the sum of one."""

STATISTICS: Final = (
    Array("worlds", (), "1", "replications that did not fail", "끝까지 간 반복 수"),
    Array(
        "pairs",
        (),
        "1",
        "replications that failed neither here nor under the baseline",
        "기준과 함께 끝까지 간 반복 수",
    ),
    Array("outcomes", ("statistic", "outcome"), "mixed", "what a world came to", "세계의 결과"),
    Array(
        "difference",
        ("outcome",),
        "mixed",
        "mean outcome less the baseline's in the same world",
        "같은 세계의 기준과의 차이, 평균",
    ),
    Array(
        "difference_covariance",
        ("outcome", "other_outcome"),
        "mixed",
        "sample covariance of the differences; of shares only the variance",
        "차이의 공분산(비중은 분산만)",
    ),
    Array(
        "sales_difference",
        ("statistic", "quarter"),
        "money",
        "private domestic sales less the baseline's in the same world",
        "국내 기업의 민간 매출, 같은 세계의 기준과의 차이",
    ),
    Array(
        "live_ventures_difference",
        ("statistic", "quarter"),
        "lines",
        "live lines of small firms less the baseline's in the same world",
        "살아 있는 중소·벤처 제품 수, 같은 세계의 기준과의 차이",
    ),
    Array(
        "probability_best",
        (),
        "1",
        "share of the worlds with the largest net gain; ties split",
        "순이득이 가장 큰 세계의 비율",
    ),
    Array(
        "expected_regret",
        (),
        "money",
        "mean net gain forgone against the best of each world",
        "세계마다의 최선과 견주어 평균 놓친 순이득",
    ),
    Array(
        "takeoff",
        ("technology", "quarter"),
        "1",
        "share of the worlds that took off by then",
        "그때까지 도약한 세계의 비율",
    ),
    Array(
        "leads_at_end",
        ("line",),
        "1",
        "share of the worlds in which the line leads at the end",
        "마지막에 선두인 세계의 비율",
    ),
    Array(
        "leader_changes",
        ("technology",),
        "1",
        "mean number of changes of the leader that last",
        "1년 이상 간 선두 교체의 평균",
    ),
    Array("sample_outcomes", ("sample", "outcome"), "mixed", "what the first worlds came to", "처음 세계들의 결과"),
    Array(
        "sample_sales",
        ("sample", "quarter"),
        "money",
        "private domestic sales in the first worlds",
        "처음 세계들의 국내 기업 민간 매출",
    ),
    Array(
        "sample_live_ventures",
        ("sample", "quarter"),
        "lines",
        "live lines of small firms in the first worlds",
        "처음 세계들의 살아 있는 중소·벤처 제품 수",
    ),
)
"""What replications come to together, by strategy; the path and account arrays then have a mean and a variance."""
