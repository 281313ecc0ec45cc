"""What a person reads when a scenario's folder has something wrong in it."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet
import pytest

from majung.errors import InputError
from majung.scenario import load, skeleton

Edit = Callable[[Path], None]


def change(file: str, old: str, new: str) -> Edit:
    def edit(folder: Path) -> None:
        path = folder / file
        text = path.read_text(encoding="utf-8-sig")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    return edit


def put(file: str, content: str | bytes) -> Edit:
    def edit(folder: Path) -> None:
        (folder / file).write_bytes(content.encode() if isinstance(content, str) else content)

    return edit


def rename(old: str, new: str) -> Edit:
    return lambda folder: (folder / old).rename(folder / new) and None


def together(*edits: Edit) -> Edit:
    def edit(folder: Path) -> None:
        for one in edits:
            one(folder)

    return edit


def zipped(name: str) -> Edit:
    def edit(folder: Path) -> None:
        with zipfile.ZipFile(folder / "firms.xlsx", "w") as archive:
            archive.writestr(name, "<x/>")

    return edit


def damaged_sheet(folder: Path) -> None:
    """Save the firms as a workbook and break off its sheet."""
    whole, broken = folder / "whole.xlsx", folder / "firms.xlsx"
    pd.read_csv(folder / "firms.csv").to_excel(whole, index=False)
    with zipfile.ZipFile(whole) as source, zipfile.ZipFile(broken, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            target.writestr(name, content[: len(content) // 2] if "sheet1" in name else content)
    (folder / "firms.csv").unlink()
    whole.unlink()


def refusal(tmp_path: Path, edit: Edit) -> InputError:
    folder = tmp_path / "scenario"
    skeleton.write(folder)
    edit(folder)
    with pytest.raises(InputError) as caught:
        load(folder)
    return caught.value


FIRM_COLUMNS = "id, name_ko, name_en, class, cash, legacy_profit, captive, overhead, staff, origin, region, note"
AMOUNT = "an amount of money, such as 1,200, 12억 or KRW 1.2 billion"
ID = "a short name of up to 100 visible characters, without '/'"

CELLS = {
    "class": (
        change("firms.csv", "v1,,,venture", "v1,,,midium"),
        "firms.csv row 2, column class: 'midium' is not a size class (venture, sme, mid, large, foreign)."
        " Did you mean 'mid'?",
    ),
    "negative cash": (
        change("firms.csv", "12억", "-12억"),
        "firms.csv row 2, column cash: '-12억' is out of range; expected an amount of zero or more.",
    ),
    "empty cell": (
        change("firms.csv", "12억", ""),
        f"firms.csv row 2, column cash: empty; expected {AMOUNT}.",
    ),
    "NaN": (
        change("firms.csv", "12억", "NaN"),
        f"firms.csv row 2, column cash: 'NaN' is not {AMOUNT}.",
    ),
    "infinite": (
        change("lines.csv", "v1,service,0.45", "v1,service,inf"),
        "lines.csv row 2, column quality: 'inf' is not a number, such as 1,200 or 0.35.",
    ),
    "not a number": (
        change("lines.csv", '"2,600",200', "2600x,200"),
        f"lines.csv row 3, column home_sales: '2600x' is not {AMOUNT}.",
    ),
    "far too large": (
        change("firms.csv", "12억", "1" + "0" * 30),
        "firms.csv row 2, column cash: '1000000000000000000000000000000' is out of range; expected"
        " 1,000,000,000,000,000 at most.",
    ),
    "misplaced comma": (
        change("lines.csv", '"2,600",200', '"26,00",200'),
        "lines.csv row 3, column home_sales: '26,00' has a comma where no thousands separator belongs.",
    ),
    "above the frontier": (
        change("lines.csv", "v1,service,0.45", "v1,service,1.45"),
        "lines.csv row 2, column quality: '1.45' is out of range; expected a number above 0 and up to 1.",
    ),
    "fraction of a slot": (
        change("technologies.csv", "0.33,3,6,", "0.33,3,6.5,"),
        "technologies.csv row 2, column entry_slots: '6.5' is not a whole number.",
    ),
    "parameter's bounds": (
        together(
            change("segments.csv", "min_quality", "tolerance"),
            change("segments.csv", ",0.3,", ",0,"),
        ),
        "segments.csv row 5, column tolerance: '0' is out of range; expected a number from 0.01 to 10.",
    ),
    "header's currency": (
        change("firms.csv", "cash", "cash [USD m]"),
        "firms.csv row 1, column cash: 'USD m' is in USD, and the amounts here are in million KRW.",
    ),
    "header's unit": (
        change("firms.csv", "cash", "cash [boxes]"),
        "firms.csv row 1, column cash: 'boxes' is not a unit of money, such as million KRW or 억원.",
    ),
    "unknown column": (
        change("firms.csv", "cash", "cahs"),
        f"firms.csv row 1: there is no column 'cahs' in this table ({FIRM_COLUMNS}). Did you mean 'cash'?",
    ),
    "missing column": (
        change("firms.csv", "overhead,staff,note", "overhead,note,region"),
        "firms.csv row 1: the column 'staff' is missing.",
    ),
    "column twice": (
        change("firms.csv", "legacy_profit", "현금"),
        "firms.csv row 1: the columns 'cash' and '현금' both mean 'cash'.",
    ),
    "column without header": (
        together(change("firms.csv", "name_ko,name_en", "name_ko,"), change("firms.csv", "v1,,,", "v1,,one,")),
        "firms.csv row 2: there are values under column 3, which has no header.",
    ),
    "ragged row": (
        together(change("firms.csv", "v3,,,venture,900", "v3,,,venture,1,900"), change("lines.csv", "v3", "v2")),
        "firms.csv row 4: the row has 11 cells and the header has 10; a value with a comma needs quotation marks.",
    ),
    "id twice": (
        together(change("firms.csv", "v2,", "v1,"), change("lines.csv", "v2,service", "v2,chip")),
        "firms.csv row 3, column id: the id 'v1' is already in row 2.",
    ),
    "pair twice": (
        change("lines.csv", "v2,service", "v1,service"),
        "lines.csv row 3, column technology: the same firm and technology are already in row 2.",
    ),
    "long id": (
        change("segments.csv", "chip-abroad", "x" * 101),
        f"segments.csv row 8, column id: '{'x' * 79}…' is too long for an id; 100 characters at most.",
    ),
    "unseen sign": (
        change("segments.csv", "chip-abroad", "chip\u200babroad"),
        "segments.csv row 8, column id: 'chip\\u200babroad' has a sign that cannot be seen, written here as \\u and its"
        " number; type the cell anew.",
    ),
    "reserved id": (
        change("segments.csv", "chip-abroad", "entrant:1"),
        "segments.csv row 8, column id: 'entrant:1' begins with 'entrant:', which is kept for firms that enter later.",
    ),
    "unknown reference": (
        change("lines.csv", "v1,service", "v1,servcie"),
        "lines.csv row 2, column technology: there is no technology in technologies.csv named 'servcie'."
        " Did you mean 'service'?",
    ),
    "adopters": (
        change("segments.csv", '"100,000","6,000"', '"100,000","600,000"'),
        "segments.csv row 2, column adopters: 600,000 adopters are more than the potential, 100,000.",
    ),
    "efforts": (
        change("lines.csv", '"2,000",0.5,', '"2,000",0.6,'),
        "lines.csv row 12, column effort: the efforts of firm 'l1' over its 3 line(s) sum to 1.1; expected 1.",
    ),
    "efforts in part": (
        change("lines.csv", '"2,000",0.5,', '"2,000",,'),
        "lines.csv row 10, column effort: empty, while firm 'l1' gives the effort of another line; give all of them or"
        " none.",
    ),
    "no reach": (
        together(change("lines.csv", '"2,000",0.5,', '"2,000",0.7,'), change("lines.csv", ",0.2,0.10", ",0,0.10")),
        "lines.csv row 12, column reach: '0' is not a sales force above 0; give the line an effort or a reach.",
    ),
    "input shares": (
        change("inputs.csv", "service,chip,0.05", "service,chip,0.95"),
        "inputs.csv row 3, column share: the inputs of this technology sum to 1.05; expected less than 1.",
    ),
    "circle": (
        put("inputs.csv", "technology,input,share\nservice,model,0.1\nmodel,chip,0.2\nchip,service,0.1\n"),
        "inputs.csv row 4, column input: the inputs go round in a circle: service → model → chip → service; take one of"
        " them out.",
    ),
    "needs itself": (
        put("inputs.csv", "technology,input,share\nmodel,model,0.1\n"),
        "inputs.csv row 2, column input: the inputs go round in a circle: model → model; take one of them out.",
    ),
    "entry without room": (
        change("technologies.csv", "0.33,3,6,", "0.33,3,0,"),
        "technologies.csv row 2, column entry_slots: firms enter this technology (entry is above 0), so this must be"
        " above 0.",
    ),
}

FILES = {
    "zip named csv": (
        put("firms.csv", b"PK\x03\x04" + bytes(100)),
        "firms.csv: this is an Excel workbook or another zip file, named .csv; rename it to firms.xlsx or save it as"
        " csv.",
    ),
    "old Excel": (
        put("firms.csv", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(100)),
        "firms.csv: this is an old Excel file (xls) or an encrypted workbook, named .csv; save it as xlsx without a"
        " password, or as csv.",
    ),
    "text named xlsx": (
        rename("firms.csv", "firms.xlsx"),
        "firms.xlsx: this is a text file, named .xlsx; rename it to firms.csv.",
    ),
    "broken workbook": (
        together(rename("firms.csv", "firms.xlsx"), put("firms.xlsx", b"PK\x03\x04" + b"0" * 100)),
        "firms.xlsx: cannot be read as an Excel workbook: File is not a zip file.",
    ),
    "another Office file": (
        together(rename("firms.csv", "firms.xlsx"), zipped("word/document.xml")),
        "firms.xlsx: cannot be read as an Excel workbook: There is no item named '[Content_Types].xml' in the archive.",
    ),
    "broken parquet": (
        together(rename("firms.csv", "firms.parquet"), put("firms.parquet", b"PAR1" + b"0" * 100)),
        "firms.parquet: cannot be read as parquet: Parquet magic bytes not found in footer. Either the file is"
        " corrupted or this is not a parquet file.",
    ),
    "binary": (
        put("firms.csv", b"id,class\n\x00\x01\x02"),
        "firms.csv: this is not text; save the table as csv, xlsx or parquet.",
    ),
    "encoding": (
        put("firms.csv", b"id,class\nv1,caf\xe9\n"),
        "firms.csv row 2: the text is neither UTF-8 nor CP949; save the file as 'CSV UTF-8'.",
    ),
    "empty file": (put("firms.csv", b""), "firms.csv: the file is empty."),
    "only a byte order mark": (put("firms.csv", b"\xef\xbb\xbf"), "firms.csv: the file is empty."),
    "header only": (
        put("firms.csv", "id,class,cash,overhead,staff\n"),
        "firms.csv: there is a header but not one row.",
    ),
    "a folder in place of a file": (
        together(lambda folder: (folder / "firms.csv").unlink(), lambda folder: (folder / "firms.csv").mkdir()),
        "firms.csv: this is not an ordinary file.",
    ),
    "link to itself": (
        together(
            lambda folder: (folder / "firms.csv").unlink(),
            lambda folder: (folder / "firms.csv").symlink_to(folder / "firms.csv"),
        ),
        "firms.csv: cannot be read: Too many levels of symbolic links.",
    ),
    "two files": (put("firms.xlsx", b"PK"), "firms.xlsx: the same table is also in firms.csv; keep one of them."),
    "misnamed": (
        put("strategy.toml", ""),
        "strategy.toml: this file is not part of a scenario. Did you mean 'strategies.toml'?",
    ),
    "no settings": (
        lambda folder: (folder / "scenario.toml").unlink(),
        "scenario.toml: the file is missing; every scenario has one.",
    ),
    "no table": (
        lambda folder: (folder / "segments.csv").unlink(),
        "segments: the file is missing; expected segments.csv, segments.xlsx, segments.parquet.",
    ),
    "nested values": (
        together(
            lambda folder: (folder / "inputs.csv").unlink(),
            lambda folder: pa.parquet.write_table(
                pa.table({"technology": ["model"], "input": ["chip"], "share": [[0.1]]}), folder / "inputs.parquet"
            ),
        ),
        "inputs.parquet, share: the values are of type list<element: double>; expected numbers or text.",
    ),
    "toml": (
        change("scenario.toml", "quarters = 24", "quarters = = 24"),
        "scenario.toml row 7: cannot be read as TOML: Invalid value.",
    ),
}

SETTINGS = {
    "unknown key": (
        change("scenario.toml", "replications =", "replicatons ="),
        "scenario.toml, replicatons: there is no key 'replicatons' here (id, title, description, as_of, start,"
        " quarters, unit, currency, seed, replications, real, reconstructed, sources, parameters)."
        " Did you mean 'replications'?",
    ),
    "no day": (
        change("scenario.toml", "as_of =", "# as_of ="),
        "scenario.toml, as_of: missing; expected a date, such as 2024-04-29.",
    ),
    "no such day": (
        change("scenario.toml", "as_of = 2024-04-29", 'as_of = "2024-02-30"'),
        "scenario.toml, as_of: '2024-02-30' is not a date, such as 2024-04-29 or 2024년 4월 29일.",
    ),
    "day out of range": (
        change("scenario.toml", "as_of = 2024-04-29", "as_of = 2424-04-29"),
        "scenario.toml, as_of: '2424-04-29' is out of range; expected a date from 1900-01-01 to 2200-12-31.",
    ),
    "start far from the day": (
        change("scenario.toml", "2024Q2", "2029Q2"),
        "scenario.toml, start: '2029Q2' is out of range; expected a quarter from 2023Q2 to 2025Q2, within a year of"
        " as_of, 2024-04-29.",
    ),
    "quarters": (
        change("scenario.toml", "quarters = 24", "quarters = 0"),
        "scenario.toml, quarters: '0' is out of range; expected a whole number from 1 to 400.",
    ),
    "quarters of another kind": (
        change("scenario.toml", "quarters = 24", "quarters = true"),
        "scenario.toml, quarters: 'true' is not a whole number from 1 to 400.",
    ),
    "unit": (
        change("scenario.toml", "million KRW", "million dolars"),
        "scenario.toml, unit: 'million dolars' is not a unit of money, such as million KRW or 억원.",
    ),
    "currency": (
        change("scenario.toml", "seed =", 'currency = "USD"\nseed ='),
        "scenario.toml, currency: 'USD' is not the currency of the unit, KRW.",
    ),
    "parameter": (
        change("scenario.toml", "[parameters]", "[parameters]\nquality_wieght = 2"),
        "scenario.toml, parameters.quality_wieght: there is no parameter named 'quality_wieght'."
        " Did you mean 'quality_weight'?",
    ),
    "size class of a parameter": (
        change("scenario.toml", "[parameters]", "[parameters]\nmarkup.larg = 0.2"),
        "scenario.toml, parameters.markup.larg: 'larg' is not a size class (venture, sme, mid, large, foreign)."
        " Did you mean 'large'?",
    ),
    "bounds of a parameter": (
        change("scenario.toml", "[parameters]", "[parameters]\nsearch_share = 3"),
        "scenario.toml, parameters.search_share: 3 is outside 0 to 1, where the model makes sense.",
    ),
    "source without a title": (
        change("scenario.toml", "[parameters]", '[[sources]]\nurl = "x"\n[parameters]'),
        'scenario.toml, sources[1].title: missing; expected a title, such as {ko = "…", en = "…"}.',
    ),
}


def strategy(body: str) -> Edit:
    return put("strategies.toml", "[[strategy]]\n" + body)


AWARD = (
    'awards = [{{firm = "{firm}", technology = "{technology}", instrument = "subsidy", amount = "3억", quarter = 1}}]'
)

STRATEGIES = {
    "unknown key": (
        strategy('id = "a"\nwiners = 3'),
        "strategies.toml, a.winers: there is no key 'winers' here (id, title, start, quarters, budget, mix, classes,"
        " technologies, class_weights, criteria, noise, winners, spread, review, gate, small_firm_floor, min_quality,"
        " max_award, match_rate, matching_window, awards, unit). Did you mean 'winners'?",
    ),
    "no id": (strategy("budget = 0"), f"strategies.toml, strategy[1].id: missing; expected {ID}."),
    "negative budget": (
        strategy('id = "a"\nbudget = -3\nquarters = 2\nmix = {subsidy = 1}'),
        "strategies.toml, a.budget: '-3' is out of range; expected an amount of zero or more.",
    ),
    "budget in words": (
        strategy('id = "a"\nbudget = "a lot"\nquarters = 2\nmix = {subsidy = 1}'),
        f"strategies.toml, a.budget: 'a lot' is not {AMOUNT}.",
    ),
    "mix": (
        strategy('id = "a"\nbudget = 3\nquarters = 2\nmix = {subsidy = 0.5, purchase = 0.6}'),
        "strategies.toml, a.mix: the parts sum to 1.1; expected 1.",
    ),
    "no mix": (
        strategy('id = "a"\nbudget = 3\nquarters = 2'),
        "strategies.toml, a.mix: missing; expected how the budget is split, such as mix = {subsidy = 0.5, purchase ="
        " 0.5}.",
    ),
    "no length": (
        strategy('id = "a"\nbudget = 3\nmix = {subsidy = 1}'),
        "strategies.toml, a.quarters: missing; expected how many quarters the programme runs.",
    ),
    "instrument": (
        strategy('id = "a"\nmix = {subsidies = 1}'),
        "strategies.toml, a.mix.subsidies: there is no key 'subsidies' here (subsidy, purchase, matching)."
        " Did you mean 'subsidy'?",
    ),
    "criterion": (
        strategy('id = "a"\ncriteria = {qualty = 1}'),
        "strategies.toml, a.criteria.qualty: there is no key 'qualty' here (quality, progress, focus, need, traction,"
        " opening). Did you mean 'quality'?",
    ),
    "class": (
        strategy('id = "a"\nclasses = ["ventures"]'),
        "strategies.toml, a.classes: 'ventures' is not a size class that can be supported (venture, sme, mid, large)."
        " Did you mean 'venture'?",
    ),
    "technology": (
        strategy('id = "a"\ntechnologies = ["chips"]'),
        "strategies.toml, a.technologies: there is no technology named 'chips'. Did you mean 'chip'?",
    ),
    "spread": (
        strategy('id = "a"\nspread = "equals"'),
        "strategies.toml, a.spread: 'equals' is not a way to spread money (equal, score, size). Did you mean 'equal'?",
    ),
    "flag": (strategy('id = "a"\ngate = 1'), "strategies.toml, a.gate: '1' is not true or false."),
    "share": (
        strategy('id = "a"\nsmall_firm_floor = 40'),
        "strategies.toml, a.small_firm_floor: '40' is out of range; expected a number from 0 to 1.",
    ),
    "window": (
        strategy('id = "a"\nstart = 20\nquarters = 8\nbudget = 3\nmix = {subsidy = 1}'),
        "strategies.toml, a.quarters: the programme runs from quarter 20 to quarter 27; the scenario's last is 23.",
    ),
    "before the start": (
        strategy('id = "a"\nstart = "2023Q4"'),
        "strategies.toml, a.start: 2023Q4 is before the scenario's start, 2024Q2.",
    ),
    "id twice": (
        strategy('id = "a"\n[[strategy]]\nid = "a"'),
        "strategies.toml, a.id: the id 'a' is used by another strategy.",
    ),
    "spending hands-off": (
        strategy('id = "hands-off"\nbudget = 3\nquarters = 2\nmix = {subsidy = 1}'),
        "strategies.toml, hands-off.id: 'hands-off' is the strategy of spending nothing; give this one another id.",
    ),
    "award and budget": (
        strategy(
            'id = "a"\nbudget = 3\nquarters = 2\nmix = {subsidy = 1}\n' + AWARD.format(firm="v1", technology="service")
        ),
        "strategies.toml, a.awards: a strategy has either a budget or a table of awards, not both.",
    ),
    "award to nobody": (
        strategy('id = "a"\n' + AWARD.format(firm="v11", technology="service")),
        "strategies.toml, a.awards[1].firm: there is no firm named 'v11'. Did you mean 'v1'?",
    ),
    "award without a line": (
        strategy('id = "a"\n' + AWARD.format(firm="v1", technology="chip")),
        "strategies.toml, a.awards[1]: firm 'v1' has no line in technology 'chip'.",
    ),
    "award to a foreign firm": (
        strategy('id = "a"\n' + AWARD.format(firm="f1", technology="service")),
        "strategies.toml, a.awards[1]: the firm is foreign; foreign firms receive no support.",
    ),
    "award after the end": (
        strategy('id = "a"\nawards = [{line = "v1/service", instrument = "purchase", amount = 3, quarter = "2031Q1"}]'),
        "strategies.toml, a.awards[1].quarter: quarter 27 is after the last one, 23.",
    ),
    "award in part": (
        strategy('id = "a"\nawards = [{firm = "v1", instrument = "purchase", amount = 3, quarter = 1}]'),
        "strategies.toml, a.awards[1]: name the line by 'line', or by 'firm' and 'technology'.",
    ),
    "award of another kind": (
        strategy('id = "a"\nawards = [{line = "v1/service", instrument = "loan", amount = 3, quarter = 1}]'),
        "strategies.toml, a.awards[1].instrument: 'loan' is not an instrument of an award (subsidy, purchase,"
        " matching).",
    ),
    "no window": (
        strategy('id = "a"\nmatching_window = 0'),
        "strategies.toml, a.matching_window: '0' is out of range; expected a whole number of 1 or more.",
    ),
    "circle": (
        strategy('id = "a"\nafter = "b"\n[[strategy]]\nid = "b"\nafter = "a"\ndelay = 2'),
        "strategies.toml, a.after: the strategies come after each other in a circle: a → b → a.",
    ),
    "after nothing": (
        strategy('id = "blanket"\n[[strategy]]\nid = "late"\nafter = "blankt"\ndelay = 8'),
        "strategies.toml, late.after: there is no strategy named 'blankt'. Did you mean 'blanket'?",
    ),
    "delay alone": (
        strategy('id = "late"\ndelay = 8'),
        "strategies.toml, late.delay: 'delay' needs 'after', the strategy that it delays.",
    ),
    "start and after": (
        strategy('id = "a"\n[[strategy]]\nid = "late"\nafter = "a"\nstart = 8'),
        "strategies.toml, late.start: 'start' and 'after' both say when; keep one of them.",
    ),
}

CASES = {
    f"{group}: {name}": case
    for group, cases in {"cell": CELLS, "file": FILES, "setting": SETTINGS, "strategy": STRATEGIES}.items()
    for name, case in cases.items()
}


@pytest.mark.parametrize(("edit", "message"), CASES.values(), ids=CASES.keys())
def test_message(tmp_path: Path, edit: Edit, message: str) -> None:
    assert message in refusal(tmp_path, edit).text("en").replace("\n  ", "\n").split("\n")


@pytest.mark.parametrize(("edit", "message"), CASES.values(), ids=CASES.keys())
def test_message_comes_alone_and_in_korean(tmp_path: Path, edit: Edit, message: str) -> None:
    error = refusal(tmp_path, edit)
    assert len(error.problems) <= 2
    assert all(any("가" <= sign <= "힣" for sign in line) for line in error.text("ko").splitlines())


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (
            change("firms.csv", "12억", "-12억"),
            "firms.csv 2행, cash 열: '-12억'은 범위를 벗어납니다. 써야 할 것: 0 이상의 금액.",
        ),
        (
            change("lines.csv", "v1,service", "v1,servcie"),
            "lines.csv 2행, technology 열: technologies.csv의 기술 가운데 'servcie'은(는) 없습니다."
            " 혹시 'service' 아닌가요?",
        ),
        (
            put("firms.csv", b"PK\x03\x04" + bytes(100)),
            "firms.csv: .csv 파일이라지만 엑셀 통합 문서나 압축 파일입니다."
            " 이름을 firms.xlsx로 바꾸거나 csv로 저장하십시오.",
        ),
        (
            strategy('id = "a"\nbudget = 3\nquarters = 2\nmix = {subsidy = 0.5, purchase = 0.6}'),
            "strategies.toml, a.mix: 구성 비율을 더하면 1.1입니다. 1이어야 합니다.",
        ),
    ],
)
def test_korean_message(tmp_path: Path, edit: Edit, message: str) -> None:
    assert refusal(tmp_path, edit).text("ko") == message


def test_everything_that_is_wrong_is_listed_at_once_by_file_and_row(tmp_path: Path) -> None:
    error = refusal(
        tmp_path,
        together(
            change("strategies.toml", 'spread = "score"', 'spread = "scores"'),
            change("lines.csv", "v1,service", "v1,servcie"),
            change("lines.csv", "v3,service,0.40", "v3,service,nan"),
            change("firms.csv", "12억", "-1"),
            change("scenario.toml", "quarters = 24", "quarters = 0"),
            change("strategies.toml", "start = 0", 'technologies = ["chips"]'),
        ),
    )
    assert [(problem.file, problem.row) for problem in error.problems] == [
        ("scenario.toml", None),
        ("firms.csv", 2),
        ("lines.csv", 2),
        ("lines.csv", 4),
        ("strategies.toml", None),
        ("strategies.toml", None),
    ]
    assert str(error).startswith("6 problems in the input:\n  scenario.toml, quarters:")


def test_what_a_copy_has_from_another_strategy_is_said_once(tmp_path: Path) -> None:
    copies = '[[strategy]]\nid = "b"\nafter = "a"\ndelay = 4\n[[strategy]]\nid = "c"\nafter = "b"\nwinners = -3\n'
    wrong = 'id = "a"\nbudget = 10\nquarters = 4\nmix = { subsidy = 0.5, purchase = 0.4 }\n'
    error = refusal(tmp_path, put("strategies.toml", "[[strategy]]\n" + wrong + copies))
    assert [problem.column for problem in error.problems] == ["a.mix", "c.winners"]


def test_of_very_many_problems_fifty_are_shown_and_the_rest_counted(tmp_path: Path) -> None:
    rows = "".join(f"x{i},,,ventur,-3,,,3,2,\n" for i in range(800))
    error = refusal(tmp_path, change("firms.csv", "v1,,,", rows + "v1,,,"))
    assert str(error).splitlines()[0] == "1600 problems in the input:"
    assert str(error).splitlines()[-1] == "  firms.csv: … and 1,550 more."
    assert len(error.problems) == 51


def test_many_unknown_firms_are_named_quickly(tmp_path: Path) -> None:
    firms = "".join(f"firm-{i},,,venture,3,,,3,2,\n" for i in range(30_000))
    lines = "".join(f"fimr-{i},service,0.5,1,,,\n" for i in range(30_000))
    error = refusal(
        tmp_path, together(change("firms.csv", "v1,,,", firms + "v1,,,"), change("lines.csv", "v1,", lines + "v1,"))
    )
    assert error.problems[0].suggestion is None or error.problems[0].suggestion.startswith("firm-")
    assert error.phrase.values["count"] == 30_000


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("scenaro", "{parent}/scenaro: there is no such folder. Did you mean '{parent}/scenario'?"),
        ("nothing/of/this", "{parent}/nothing/of/this: there is no such folder."),
        ("scenario/firms.csv", "{parent}/scenario/firms.csv: this is a file; expected the folder of a scenario."),
        ("loop", "{parent}/loop: the folder cannot be read: "),
    ],
)
def test_not_a_folder(tmp_path: Path, name: str, message: str) -> None:
    skeleton.write(tmp_path / "scenario")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    with pytest.raises(InputError) as caught:
        load(tmp_path / name)
    assert str(caught.value).startswith(message.format(parent=tmp_path))


def test_folder_that_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: Path) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "iterdir", refuse)
    with pytest.raises(InputError, match="the folder cannot be read: Permission denied"):
        load(tmp_path)


def test_file_that_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = Path.open

    def refuse(path: Path, *args: object, **options: object) -> object:
        if path.name == "firms.csv":
            raise PermissionError(13, "Permission denied")
        return opened(path, *args, **options)  # type: ignore[call-overload]

    skeleton.write(tmp_path / "scenario")
    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(InputError, match=r"^firms.csv: cannot be read: Permission denied\.$"):
        load(tmp_path / "scenario")


def test_pipe_is_not_waited_for(tmp_path: Path) -> None:
    def pipe(folder: Path) -> None:
        (folder / "firms.csv").unlink()
        os.mkfifo(folder / "firms.csv")

    assert str(refusal(tmp_path, pipe)) == "firms.csv: this is not an ordinary file."


def test_damaged_workbook_is_refused(tmp_path: Path) -> None:
    assert str(refusal(tmp_path, damaged_sheet)).startswith("firms.xlsx: cannot be read as an Excel workbook: ")
