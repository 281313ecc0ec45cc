"""A small scenario to begin with: invented figures, runnable as it is, with a word on every part."""
# ruff: noqa: E501  (the files are written as they are)

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from majung.errors import InputError, Problem
from majung.messages import LANGUAGES, Lang, catalogue, text
from majung.scenario.tables.schema import TABLES

__all__ = ["FILES", "columns_table", "write"]

_SCENARIO: Final = """\
# What the scenario is. 시나리오의 기본 사항.
title = {ko = "작은 보기", en = "A small example"}
description = {ko = "지어낸 수치로 만든 첫걸음", en = "A first step with invented figures"}

as_of = 2024-04-29        # the day whose facts and law hold · 기준일
start = "2024Q2"          # the first quarter · 첫 분기
quarters = 24             # how many quarters are run · 분기 수
unit = "million KRW"      # of every amount that names no other · 금액 단위(백만원)
seed = 20240429           # the same seed gives the same luck · 시드. 같으면 운도 같다
replications = 100        # paired worlds for each strategy · 짝지은 세계의 수

# What is observed and what is not; the report says it first. 무엇이 실제이고 무엇이 아닌지.
real = {ko = "없음. 모든 수치는 지어낸 것입니다.", en = "Nothing: every figure is invented."}
reconstructed = {ko = "전부", en = "Everything"}

# Parameters that differ from the package's own. 기본값과 다르게 둘 매개변수.
[parameters]
# quality_weight = 2.2
# markup.large = 0.4

# Where figures come from. 출처.
# [[sources]]
# title = "…"
# author = "…"
# url = "https://…"
# status = "READ"         # READ, READ-2nd, DERIVED or MEMORY
"""

_TECHNOLOGIES: Final = """\
id,name_ko,name_en,research_cost,experience,reference_contract,public_need,growth,entry,entry_slots,entrant_cash,note
service,AI 서비스,AI services,150,"8,000",200,"12,000",0.33,3,6,"1,000",frontier_growth and learning_rate are left to the parameters
model,AI 모델,AI models,600,"6,000",500,"4,000",0.5,1,3,"5,000",
chip,AI 반도체,AI chips,"2,500","40,000","1,500","8,000",0.4,0.5,2,"20,000",
"""

_INPUTS: Final = """\
technology,input,share,note
service,model,0.10,0.10 of the value of a service goes to models
service,chip,0.05,
model,chip,0.20,
"""

_SEGMENTS: Final = """\
id,technology,region,buyer,name_ko,name_en,potential,adopters,min_quality,weight
service-firms,service,home,private,국내 기업,firms at home,"100,000","6,000",,3
service-offices,service,home,public,공공기관,public bodies,"3,000",250,,1
service-abroad,service,world,private,해외 기업,firms abroad,"3,000,000","400,000",,
model-firms,model,home,private,모델을 사는 기업,buyers of models,"4,000",300,0.3,
model-abroad,model,world,private,해외 모델 구매자,buyers of models abroad,"100,000","12,000",,
chip-centres,chip,home,private,데이터센터,data centres,400,60,0.3,
chip-abroad,chip,world,private,해외 데이터센터,data centres abroad,"20,000","4,000",,
"""

_FIRMS: Final = """\
id,name_ko,name_en,class,cash,legacy_profit,captive,overhead,staff,note
v1,,,venture,12억,,,500,14,amounts may name their unit
v2,,,venture,"3,000",,,"1,100",30,
v3,,,venture,900,,,300,9,
v4,,,venture,"8,000",,,"2,500",45,
v5,,,venture,"30,000",,,"6,000",90,
s1,,,sme,"5,000",,,"2,500",70,
s2,,,sme,"2,500",,,"1,200",40,
m1,,,mid,"40,000","9,000",0.3,"8,000",300,
l1,,,large,"900,000","400,000",0.5,"30,000","1,500",
f1,,,foreign,0,,,0,"5,000",the outside competition
f2,,,foreign,0,,,0,"3,000",
f3,,,foreign,0,,,0,"4,000",
"""

_LINES: Final = """\
firm,technology,quality,home_sales,world_sales,effort,reputation
v1,service,0.45,800,,,0.05
v2,service,0.60,"2,600",200,,0.10
v3,service,0.40,0,,,
v4,model,0.50,"1,200",,,0.05
v5,chip,0.45,300,,,
s1,service,0.55,"6,000",300,,0.20
s2,service,0.50,"2,600",,,0.10
m1,service,0.60,"18,000",500,,0.30
l1,service,0.65,"30,000","2,000",0.5,0.50
l1,model,0.60,"7,800",500,0.3,0.30
l1,chip,0.50,"1,200",,0.2,0.10
f1,service,0.95,"20,000","100,000",1,0.60
f2,model,1.00,"6,000","50,000",1,0.60
f3,chip,1.00,"30,000","400,000",1,0.70
"""

_STRATEGIES: Final = """\
# What the state could do. Doing nothing (hands-off) is always compared. 국가가 할 수 있는 일. 무개입은 늘 함께 비교한다.
# start counts quarters from the scenario's start, or is written "2025Q1". budget is money per quarter.

[[strategy]]
id = "blanket"
title = {ko = "모두에게 보조금", en = "A little for everybody"}
start = 0
quarters = 12
budget = "10억"                 # or a number, in the scenario's unit · 분기 예산
mix = {subsidy = 1}             # parts of the budget; they sum to 1 · 수단별 비율

[[strategy]]
id = "first-buyer"
title = {ko = "공공이 첫 구매자", en = "The state as first buyer"}
quarters = 12
budget = "10억"
mix = {purchase = 1}
classes = ["venture", "sme"]    # who may be supported · 지원 대상
criteria = {quality = 1, focus = 0.5}
noise = 0.1                     # error of the evaluation · 평가 오차
winners = 3                     # 0: all that may be · 선정 수
spread = "score"                # equal, score or size · 나누는 방식
min_quality = 0.3               # against the frontier · 최소 품질
review = 4                      # quarters between choices · 재선정 주기

[[strategy]]
id = "selective-mix"
title = {ko = "골라서 섞어, 작은 기업 먼저", en = "Selective mix, small firms first"}
quarters = 12
budget = "10억"
mix = {subsidy = 0.4, purchase = 0.4, matching = 0.2}
class_weights = {venture = 0.3, sme = 0.2}
criteria = {quality = 1, progress = 0.5, need = 0.5}
noise = 0.1
winners = 4
small_firm_floor = 0.5
gate = true                     # who does not improve sits a review out · 단계 평가

[[strategy]]
id = "selective-mix-late"
title = {ko = "같은 것을 2년 늦게", en = "The same two years later"}
after = "selective-mix"         # a copy of that strategy …
delay = 8                       # … this many quarters later
"""

FILES: Final = {
    "scenario.toml": _SCENARIO,
    "technologies.csv": _TECHNOLOGIES,
    "inputs.csv": _INPUTS,
    "segments.csv": _SEGMENTS,
    "firms.csv": _FIRMS,
    "lines.csv": _LINES,
    "strategies.toml": _STRATEGIES,
}


def write(folder: str | os.PathLike[str]) -> tuple[Path, ...]:
    """Write a small scenario.

    Parameters
    ----------
    folder : path-like
        Made where it is missing.

    Returns
    -------
    tuple of Path
        What was written.

    Raises
    ------
    InputError
        When the folder is a file, is not empty or cannot be written to; nothing is written then.
    """
    target = Path(folder).expanduser()
    try:
        target.mkdir(parents=True, exist_ok=True)
        if any(target.iterdir()):
            raise InputError([Problem(key="folder.not_empty", file=str(folder))])
        return _write_all(target, {**FILES, "README.md": _readme()})
    except FileExistsError:
        raise InputError([Problem(key="folder.is_file", file=str(folder))]) from None
    except (OSError, RuntimeError) as error:
        detail = getattr(error, "strerror", None) or str(error)
        raise InputError([Problem(key="folder.unwritable", file=str(folder), values={"detail": detail})]) from None


def _write_all(folder: Path, contents: Mapping[str, str]) -> tuple[Path, ...]:
    """Write all files or, where one cannot be written, none."""
    written: list[Path] = []
    try:
        for name, content in contents.items():
            written.append(_write(folder / name, content))
    except OSError:
        for path in written:
            path.unlink(missing_ok=True)
        raise
    return tuple(written)


def _write(path: Path, content: str) -> Path:
    """Write beside and rename, so that nobody sees half a file."""
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        # With the mark, or Excel reads Korean as something else.
        beside.write_text(content, encoding="utf-8-sig" if path.suffix == ".csv" else "utf-8", newline="")
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
    return path


def columns_table(stem: str, lang: Lang) -> str:
    """Return the columns of a table as Markdown, for the documentation and the skeleton's README.

    Parameters
    ----------
    stem : str
        The table's name, such as ``firms``.
    lang : {"en", "ko"}
        Language of the meanings.
    """
    table = next(table for table in TABLES if table.stem == stem)
    heads = [text(f"skeleton.{name}", lang) for name in ("column", "meaning", "unit", "empty")]
    rows = ["| " + " | ".join(heads) + " |", "| --- | --- | --- | --- |"]
    for column in table.columns():
        if column.required:
            default = text("skeleton.required", lang)
        elif column.parameter is not None:
            default = f"`{column.parameter}`"
        else:
            default = "" if column.default is None else f"{column.default}"
            default = default.removesuffix(".0")
        meaning = column.ko if lang == "ko" else column.en
        if column.choices:
            meaning += f" ({', '.join(column.choices)})"
        rows.append(f"| `{column.name}` | {meaning} | {_unit(column.unit, lang)} | {default} |")
    return "\n".join(rows)


def _unit(unit: str, lang: Lang) -> str:
    key = f"skeleton.units.{unit}"
    return text(key, lang) if key in catalogue(lang) else unit


def _readme() -> str:
    parts = ["# Scenario · 시나리오", "", *(text("skeleton.intro", lang) + "\n" for lang in LANGUAGES)]
    for table in TABLES:
        parts += [f"## {table.stem}", ""]
        for lang in LANGUAGES:
            parts += [columns_table(table.stem, lang), ""]
    return "\n".join(parts)
