"""The table of applications. Every column is declared once, here; reader and documentation read it."""
# ruff: noqa: RUF009  (a column is declared by a call)

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Final

from majung.dims import INSTRUMENTS
from majung.scenario.tables.column import Days, Flags, Floats, Ints, Table, Texts, column

__all__ = ["ANSWERS", "PRODUCTS", "RESEARCH", "VENTURE_KINDS", "Applications"]

RESEARCH: Final = ("fundamental", "industrial", "experimental")
VENTURE_KINDS: Final = ("vc", "rnd", "innovation", "pre")
PRODUCTS: Final = ("goods", "service", "technology", "startup")
ANSWERS: Final = ("no", "yes")

_INSTRUMENT_WORDS: Final = {
    "보조금": "subsidy", "출연": "subsidy", "출연금": "subsidy", "지원금": "subsidy", "grant": "subsidy",
    "구매": "purchase", "공공구매": "purchase", "시범구매": "purchase", "order": "purchase",
    "매칭": "matching", "매칭펀드": "matching", "매칭투자": "matching", "match": "matching",
}  # fmt: skip
_RESEARCH_WORDS: Final = {
    "기초": "fundamental", "기초연구": "fundamental", "basic": "fundamental", "응용": "industrial",
    "응용연구": "industrial", "산업연구": "industrial", "applied": "industrial", "개발": "experimental",
    "개발연구": "experimental", "실험개발": "experimental", "development": "experimental",
}  # fmt: skip
_VENTURE_WORDS: Final = {
    "벤처투자": "vc", "벤처투자유형": "vc", "투자유형": "vc", "연구개발": "rnd", "연구개발유형": "rnd", "r&d": "rnd",
    "혁신성장": "innovation", "혁신성장유형": "innovation", "예비벤처": "pre", "예비": "pre",
}  # fmt: skip
_PRODUCT_WORDS: Final = {
    "물품": "goods", "용역": "service", "서비스": "service", "기술개발제품": "technology", "기술개발": "technology",
    "창업기업제품": "startup", "창업기업": "startup", "창업": "startup", "start-up": "startup",
}  # fmt: skip
_ANSWER_WORDS: Final = {
    "y": "yes", "o": "yes", "true": "yes", "1": "yes", "예": "yes", "네": "yes", "충족": "yes", "해당": "yes",
    "n": "no", "x": "no", "false": "no", "0": "no", "아니오": "no", "아니요": "no", "미충족": "no", "해당없음": "no",
}  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Applications(Table):
    """Who asks for what: a row is one line of a firm and one purpose. At most one of its instruments is awarded."""

    stem: ClassVar[str] = "applications"

    id: Texts = column(
        "id", "short name; firm/technology, and the purpose where there is one, where empty", "접수번호",
        "접수번호", "신청번호", "과제번호", "식별자", "application", derived=True,
    )  # fmt: skip
    firm: Ints = column("reference", "the firm", "기업", "기업", "신청기업", "기업명", "회사", references="firms")
    technology: Ints = column(
        "reference", "the technology; the firm has a line there", "기술(그 기업의 제품이 있는 기술)",
        "기술", "기술분야", "분야", references="technologies",
    )  # fmt: skip
    instruments: Flags = column(
        "choices", "what would do, one or several: subsidy; purchase", "희망 지원 수단(여럿 가능)",
        "수단", "지원수단", "지원유형", "instruments", header="instrument", choices=INSTRUMENTS,
        spellings=_INSTRUMENT_WORDS,
    )  # fmt: skip
    amount: Floats = column(
        "money", "the amount asked", "신청금액", "신청금액", "신청액", "요청금액", "지원신청액",
        unit="money", lowest=0, above=True,
    )  # fmt: skip
    minimum: Floats = column(
        "money", "the least that makes sense; the amount where empty", "최소금액(비우면 신청금액)",
        "최소금액", "최소신청액", "최소지원액", unit="money", lowest=0, derived=True,
    )  # fmt: skip
    scores: Floats = column(
        "number", "an evaluator's score; as many columns as evaluators: score 1, score 2", "평가위원별 점수",
        "점수", "평가점수", "평가위원", "위원", "evaluator", header="score", unit="points", numbered=True,
    )  # fmt: skip
    purpose: Texts = column(
        "text", "what the money is for; the line where empty", "과제(비우면 제품)", "과제", "과제명", "사업내용",
        derived=True,
    )  # fmt: skip
    region: Texts = column(
        "text", "where; the firm's region where empty", "지역(비우면 기업 소재지)", "지역", "소재지", derived=True
    )
    earlier: Floats = column(
        "money", "public money had in the three years before", "최근 3년 기수혜액", "기수혜액", "기지원액", "기수혜",
        unit="money", lowest=0, default=0.0,
    )  # fmt: skip
    funded: Texts = column(
        "choice", "whether the same purpose has public money already", "같은 과제의 중복 지원 여부",
        "중복지원", "중복수혜", "중복여부", choices=ANSWERS, spellings=_ANSWER_WORDS, default="",
    )  # fmt: skip
    documents: tuple[frozenset[str], ...] = column(
        "words", "what was handed in: plan; accounts", "제출서류", "제출서류", "서류", "구비서류", default=""
    )
    research: Texts = column(
        "choice", "kind of research, for state aid", "연구 단계", "연구단계", "연구구분", "연구개발단계",
        choices=RESEARCH, spellings=_RESEARCH_WORDS, default="",
    )  # fmt: skip
    project_cost: Floats = column(
        "money", "eligible cost of the whole project", "총사업비", "총사업비", "사업비", "총연구비",
        unit="money", lowest=0, above=True, derived=True,
    )  # fmt: skip
    collaboration: Texts = column(
        "choice", "effective collaboration or wide dissemination, for state aid", "공동연구·성과확산 여부",
        "공동연구", "협력", choices=ANSWERS, spellings=_ANSWER_WORDS, default="",
    )  # fmt: skip
    product: Flags = column(
        "choices", "what is bought, for purchase targets", "구매 대상 구분", "구매구분", "제품구분", "품목구분",
        choices=PRODUCTS, spellings=_PRODUCT_WORDS, default="",
    )  # fmt: skip
    industry: Texts = column(
        "text", "main industry, a code of the Korean classification (KSIC): J58222, 58222 or C26", "주업종(KSIC)",
        "업종", "업종코드", "주업종", "표준산업분류", "ksic", derived=True,
    )  # fmt: skip
    average_sales: Floats = column(
        "money", "mean yearly sales of the last three years", "평균매출(최근 3년)", "평균매출", "평균매출액",
        "3년평균매출", "3년평균매출액", unit="money/year", lowest=0, derived=True,
    )  # fmt: skip
    assets: Floats = column(
        "money", "total assets", "자산총액", "자산총액", "총자산", "자산", unit="money", lowest=0, derived=True
    )
    staff: Floats = column(
        "number", "regular staff", "상시근로자", "상시근로자", "상시근로자수", "근로자수", unit="people", lowest=0,
        derived=True,
    )  # fmt: skip
    independent: Texts = column(
        "choice", "whether no big firm or group controls it, as the law has it", "독립성", "독립성", "독립성기준",
        choices=ANSWERS, spellings=_ANSWER_WORDS, default="",
    )  # fmt: skip
    founded: Days = column(
        "date", "day of founding", "설립일", "설립일", "설립연월일", "개업일", "창업일", derived=True
    )
    venture: Texts = column(
        "choice", "kind of venture confirmation", "벤처확인 유형", "벤처확인", "벤처확인유형", "벤처유형",
        choices=VENTURE_KINDS, spellings=_VENTURE_WORDS, default="",
    )  # fmt: skip
    venture_until: Days = column(
        "date", "last day of the confirmation", "벤처확인 만료일", "벤처확인만료일", "벤처유효기간", "벤처만료일",
        derived=True,
    )  # fmt: skip
    line: Ints
    """Row in the scenario's lines."""
