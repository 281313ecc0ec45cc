"""The tables of a scenario. Every column is declared once, here; reader, rules, skeleton and documentation read it."""
# ruff: noqa: RUF009  (a column is declared by a call)

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Final

from majung.dims import CLASSES, REGIONS
from majung.scenario.tables.column import Codes, Flags, Floats, Ints, Table, Texts, column

__all__ = ["BUYERS", "ORIGINS", "TABLES", "Firms", "Inputs", "Lines", "Segments", "Technologies"]

BUYERS: Final = ("private", "public")
ORIGINS: Final = ("real", "reconstructed")


def _names() -> tuple[Any, Any]:
    return (
        column(
            "text",
            "name in Korean; the other name or the id where empty",
            "한글 이름",
            "이름",
            "한글명",
            "국문명",
            derived=True,
        ),
        column(
            "text",
            "name in English; the other name or the id where empty",
            "영문 이름",
            "name",
            "영문명",
            "영문이름",
            derived=True,
        ),
    )


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Technologies(Table):
    """What is made and sold."""

    stem: ClassVar[str] = "technologies"

    id: Texts = column("id", "short name, used by the other tables", "식별자", "기술", "기술id", "식별자")
    name_ko: Texts = _names()[0]
    name_en: Texts = _names()[1]
    frontier_growth: Floats = column(
        "number",
        "growth of the world frontier",
        "세계 프런티어 성장률",
        "프런티어성장률",
        unit="1/quarter",
        parameter="frontier_growth",
    )
    learning_rate: Floats = column(
        "share",
        "fall of unit cost at a doubling of output",
        "학습률",
        "학습률",
        unit="share",
        parameter="learning_rate",
    )
    success_rate: Floats = column(
        "number",
        "rate of research success at unit effort",
        "연구 성공률",
        "연구성공률",
        unit="1/quarter",
        parameter="success_rate",
    )
    research_cost: Floats = column(
        "money",
        "research money of a quarter that counts as unit effort",
        "연구 단위비용",
        "연구비용",
        unit="money/quarter",
        lowest=0,
        above=True,
    )
    experience: Floats = column(
        "money",
        "past output at which learning starts",
        "누적 경험",
        "경험",
        "누적산출",
        unit="money",
        lowest=0,
        above=True,
    )
    replacement: Floats = column(
        "share",
        "share of adopters who buy again in a quarter",
        "교체율",
        "교체율",
        unit="1/quarter",
        parameter="replacement_rate",
    )
    reference_contract: Floats = column(
        "money",
        "size of a contract that counts as a reference",
        "실적 계약 규모",
        "실적계약",
        unit="money",
        lowest=0,
        above=True,
    )
    public_need: Floats = column(
        "money",
        "what the state can use in a year beyond its ordinary buying",
        "공공 수요 한도",
        "공공수요",
        unit="money/year",
        lowest=0,
        default=0.0,
    )
    growth: Floats = column(
        "number", "observed growth of the market in the last year: 0.33 is 33 %", "최근 1년 시장 성장률", "성장률",
        unit="1/year", lowest=-0.99, highest=100, default=0.0,
    )  # fmt: skip
    entry: Floats = column(
        "number",
        "entrants a year without hype",
        "연간 진입 기업 수",
        "진입",
        unit="firms/year",
        lowest=0,
        highest=1e6,
        default=0.0,
    )
    entry_slots: Ints = column(
        "count",
        "most entrants alive at once",
        "진입 자리 수",
        "진입자리",
        unit="firms",
        lowest=0,
        highest=1e6,
        default=0.0,
    )
    entrant_cash: Floats = column(
        "money", "cash of an entrant", "진입 기업의 현금", "진입현금", unit="money", lowest=0, default=0.0
    )


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Inputs(Table):
    """Which technology needs which."""

    stem: ClassVar[str] = "inputs"
    may_be_empty: ClassVar[bool] = True

    technology: Ints = column(
        "reference", "the technology that is made", "만드는 기술", "기술", references="technologies"
    )
    input: Ints = column(
        "reference", "the technology it needs", "투입되는 기술", "투입", "투입기술", references="technologies"
    )
    share: Floats = column(
        "share",
        "value of the input for a unit of value of the output",
        "투입 비율",
        "비율",
        "투입계수",
        unit="share",
        lowest=0,
        highest=1,
        above=True,
    )


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Segments(Table):
    """Who buys."""

    stem: ClassVar[str] = "segments"

    id: Texts = column("id", "short name", "식별자", "식별자", "수요처")
    technology: Ints = column("reference", "what they buy", "사는 기술", "기술", references="technologies")
    region: Codes = column("choice", "where they are", "지역", "지역", choices=REGIONS)
    public: Flags = column(
        "choice", "whether they are ordinary public buyers", "구매자", "구매자", header="buyer", choices=BUYERS
    )
    name_ko: Texts = _names()[0]
    name_en: Texts = _names()[1]
    potential: Floats = column(
        "number",
        "how many could ever adopt",
        "잠재 채택자",
        "잠재",
        "잠재수요자",
        unit="adopters",
        lowest=0,
        above=True,
    )
    adopters: Floats = column("number", "how many have adopted", "현재 채택자", "채택자", unit="adopters", lowest=0)
    innovation: Floats = column(
        "number",
        "adoption without the example of others",
        "혁신 계수",
        "혁신계수",
        unit="1/quarter",
        parameter="adoption_innovation",
    )
    imitation: Floats = column(
        "number",
        "adoption by the example of others",
        "모방 계수",
        "모방계수",
        unit="1/quarter",
        parameter="adoption_imitation",
    )
    threshold: Floats = column(
        "number",
        "how much better offers must become",
        "채택 문턱",
        "문턱",
        unit="log utility",
        parameter="adoption_threshold",
    )
    tolerance: Floats = column(
        "number", "spread of thresholds", "문턱의 퍼짐", "허용폭", unit="log utility", parameter="adoption_tolerance"
    )
    min_quality: Floats = column(
        "number",
        "quality below which they do not buy",
        "최소 품질",
        "최소품질",
        unit="index",
        lowest=0,
        highest=1e6,
        default=0.0,
    )
    weight: Floats = column(
        "number",
        "part of the final demand that is theirs, relative to the others",
        "비중",
        "비중",
        "가중치",
        unit="1",
        lowest=0,
        default=1.0,
    )


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Firms(Table):
    """Who makes."""

    stem: ClassVar[str] = "firms"

    id: Texts = column("id", "short name", "식별자", "기업", "기업id", "식별자", "회사")
    name_ko: Texts = _names()[0]
    name_en: Texts = _names()[1]
    size_class: Codes = column(
        "choice", "size class", "기업 규모", "규모", "기업규모", "size", header="class", choices=CLASSES
    )
    cash: Floats = column("money", "cash", "현금", "현금", "현금성자산", unit="money", lowest=0)
    legacy_profit: Floats = column(
        "money", "profit from other business", "기존 사업 이익", "기존이익", unit="money/year", lowest=0, default=0.0
    )
    captive: Floats = column(
        "share",
        "part of a small firm's cash that is bound to other business",
        "작은 기업의 현금 중 다른 사업에 묶인 비율",
        "종속비율",
        unit="share",
        lowest=0,
        highest=1,
        default=0.0,
    )
    overhead: Floats = column("money", "overhead", "고정비", "고정비", "판관비", unit="money/year", lowest=0)
    staff: Floats = column(
        "number",
        "staff",
        "직원 수",
        "직원",
        "직원수",
        "종업원",
        "종업원수",
        "인원",
        unit="people",
        lowest=0,
        above=True,
    )
    origin: Texts = column(
        "choice",
        "whether the firm is real or reconstructed; not read by the model",
        "실제 기업인지 재구성인지(모형은 읽지 않음)",
        "구분",
        choices=ORIGINS,
        default="",
    )
    region: Texts = column(
        "text",
        "where the firm is, in words; not read by the model",
        "소재지(모형은 읽지 않음)",
        "소재지",
        "지역",
        default="",
    )


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Lines(Table):
    """Product lines: a firm's business in a technology."""

    stem: ClassVar[str] = "lines"

    id: Texts = column("id", "short name; firm/technology where empty", "식별자", "식별자", "제품", derived=True)
    firm: Ints = column("reference", "the firm", "기업", "기업", "회사", references="firms")
    technology: Ints = column("reference", "the technology", "기술", "기술", references="technologies")
    quality: Floats = column(
        "number",
        "quality; the world frontier is 1",
        "품질(세계 최고 = 1)",
        "품질",
        unit="index",
        lowest=0,
        highest=1,
        above=True,
    )
    price: Floats = column(
        "number",
        "price against the reference price",
        "기준가격 대비 가격",
        "가격",
        unit="index",
        lowest=0,
        highest=1e6,
        above=True,
        default=1.0,
    )
    home_sales: Floats = column(
        "money", "sales at home", "국내 매출", "매출", "국내매출", "sales", unit="money/year", lowest=0
    )
    world_sales: Floats = column(
        "money", "sales abroad", "해외 매출", "해외매출", "수출", unit="money/year", lowest=0, default=0.0
    )
    effort: Floats = column(
        "share",
        "part of the firm's research; equal parts where empty",
        "연구 노력 배분",
        "노력",
        "배분",
        unit="share",
        lowest=0,
        highest=1,
        derived=True,
    )
    reputation: Floats = column("share", "reputation", "평판", "평판", unit="share", lowest=0, highest=1, default=0.0)
    reach: Floats = column(
        "number",
        "sales force; staff x effort where empty",
        "영업력",
        "영업력",
        "도달",
        unit="people",
        lowest=0,
        above=True,
        derived=True,
    )


TABLES: Final[tuple[type[Table], ...]] = (Technologies, Inputs, Segments, Firms, Lines)
