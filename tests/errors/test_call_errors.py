"""What a person reads when applications or rules have something wrong in them."""
# ruff: noqa: E501  (a message is written as it is said)

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from tests.unit.call_cases import APPLICATIONS, CALL, adding, folder

from majung.errors import InputError
from majung.scenario import load, skeleton
from majung.scenario.call import packaged_law

COLUMNS = "id, firm, technology, instrument, amount, minimum, score, purpose, region, earlier, funded, documents, research, project_cost, collaboration, product, industry, average_sales, assets, staff, independent, founded, venture, venture_until, note"
LAWS = ", ".join(law.id for law in packaged_law().values() if any(entry.rule for entry in law.entry))
BUDGET_KEYS = "instrument, technology, class, region, product, quarter, year, id, kind, title, clause, source, effective, until, status, note, law, amount"


def change(old: str, new: str, text: str = APPLICATIONS) -> str:
    assert old in text
    return text.replace(old, new, 1)


def rule(kind: str, keys: str = "") -> str:
    return f'[[rule]]\nid = "r"\nkind = "{kind}"\n{keys}\n'


def refusal(tmp_path: Path, rules: str = "", applications: str = APPLICATIONS, call: str = CALL) -> InputError:
    path = folder(tmp_path, rules, applications, call=call)
    with pytest.raises(InputError) as caught:
        load(path)
    return caught.value


CELLS = {
    "unknown firm": (
        change("a2,v2,", "a2,v99,"),
        "applications.csv row 3, column firm: there is no firm in firms.csv named 'v99'.",
    ),
    "unknown technology": (
        change("v2,service", "v2,servise"),
        "applications.csv row 3, column technology: there is no technology in technologies.csv named 'servise'. Did you mean 'service'?",
    ),
    "no line there": (
        change("v2,service", "v2,chip"),
        "applications.csv row 3, column technology: the firm 'v2' has no line in 'chip'; it has: service.",
    ),
    "foreign firm": (
        change("v2,service", "f1,service"),
        "applications.csv row 3, column firm: 'f1' is a foreign firm; only domestic firms can apply.",
    ),
    "id twice": (
        change("a2,", "a1,"),
        "applications.csv row 3, column id: the id 'a1' is already in row 2.",
    ),
    "made-up id twice": (
        adding("purpose", a1="x", a2="").replace("a1,v1,service", "v2/service,v1,service").replace("a2,v2", ",v2"),
        "applications.csv row 3, column id: the id 'v2/service' is already in row 2.",
    ),
    "same line and purpose": (
        change("a2,v2,service", "a2,v1,service"),
        "applications.csv row 3, column firm: the same line of the firm asks for the same purpose in row 2.",
    ),
    "minimum above amount": (
        change("4,1,80", "4,5,80"),
        "applications.csv row 2, column minimum: the minimum, 500, is above the amount asked, 400.",
    ),
    "negative amount": (
        change("4,1,80", "-4,1,80"),
        "applications.csv row 2, column amount: '-4' is out of range; expected an amount above zero.",
    ),
    "negative earlier money": (
        adding("earlier", a1="-1억"),
        "applications.csv row 2, column earlier: '-1억' is out of range; expected an amount of zero or more.",
    ),
    "zero": (
        change("4,1,80", "0,,80"),
        "applications.csv row 2, column amount: '0' is out of range; expected an amount above zero.",
    ),
    "NaN": (
        change("4,1,80", "NaN,1,80"),
        "applications.csv row 2, column amount: 'NaN' is not an amount of money, such as 1,200, 12억 or KRW 1.2 billion.",
    ),
    "text in an amount": (
        change("4,1,80", "4x,1,80"),
        "applications.csv row 2, column amount: '4x' is not an amount of money, such as 1,200, 12억 or KRW 1.2 billion.",
    ),
    "text in a score": (
        change("80,70,", "good,70,"),
        "applications.csv row 2, column score 1: 'good' is not a number, such as 1,200 or 0.35.",
    ),
    "infinite score": (
        change("80,70,", "inf,70,"),
        "applications.csv row 2, column score 1: 'inf' is not a number, such as 1,200 or 0.35.",
    ),
    "score out of range": (
        change("80,70,", "80,170,"),
        "applications.csv row 2, column score 2: '170' is out of range; expected a number from 0 to 100.",
    ),
    "no score": (
        change("60,,", ",,"),
        "applications.csv row 3, column score 1: no evaluator gave a score.",
    ),
    "instrument": (
        change("subsidy; purchase", "subsidy; purchas"),
        "applications.csv row 2, column instrument: 'purchas' is not an instrument of an award (subsidy, purchase, matching). Did you mean 'purchase'?",
    ),
    "no instrument": (
        change(",purchase,3", ",,3"),
        "applications.csv row 3, column instrument: empty; expected one or several of the choices, such as subsidy; purchase.",
    ),
    "date": (
        adding("founded", a1="2019-13-01"),
        "applications.csv row 2, column founded: '2019-13-01' is not a date, such as 2024-04-29 or 2024년 4월 29일.",
    ),
    "industry": (
        change("J58222", "software"),
        "applications.csv row 2, column industry: 'software' is not a code of the Korean classification of industries, such as J58222, 58222 or C26.",
    ),
    "venture": (
        change(",vc", ",vcc"),
        "applications.csv row 2, column venture: 'vcc' is not a kind of venture confirmation (vc, rnd, innovation, pre). Did you mean 'vc'?",
    ),
    "answer": (
        adding("independent", a1="maybe"),
        "applications.csv row 2, column independent: 'maybe' is not an answer (no, yes).",
    ),
    "research": (
        adding("research", a1="industrail"),
        "applications.csv row 2, column research: 'industrail' is not a kind of research (fundamental, industrial, experimental). Did you mean 'industrial'?",
    ),
    "staff": (
        adding("staff", a1="-3"),
        "applications.csv row 2, column staff: '-3' is out of range; expected a number of 0 or more.",
    ),
    "no amount": (
        change("4,1,80", ",1,80"),
        "applications.csv row 2, column amount: empty; expected an amount of money, such as 1,200, 12억 or KRW 1.2 billion.",
    ),
    "unknown column": (
        change("documents", "documnets"),
        f"applications.csv row 1: there is no column 'documnets' in this table ({COLUMNS}). Did you mean 'documents'?",
    ),
    "missing column": (
        change("score 1,score 2", "note,memo"),
        f"applications.csv row 1: there is no column 'memo' in this table ({COLUMNS}).\napplications.csv row 1: the column 'score' is missing.",
    ),
    "score twice": (
        change("score 2", "평가위원1"),
        "applications.csv row 1: the columns 'score 1' and '평가위원1' both mean 'score 1'.",
    ),
    "header's unit": (
        change("amount [억원]", "amount [상자]"),
        "applications.csv row 1, column amount: '상자' is not a unit of money, such as million KRW or 억원.",
    ),
    "header's currency": (
        change("amount [억원]", "amount [USD m]"),
        "applications.csv row 1, column amount: 'USD m' is in USD, and the amounts here are in million KRW.",
    ),
    "no rows": (
        APPLICATIONS.splitlines()[0],
        "applications.csv: there is a header but not one row.",
    ),
    "empty file": (
        "",
        "applications.csv: the file is empty.",
    ),
    "ragged": (
        change("a2,v2", "a2,v2,x"),
        "applications.csv row 3: the row has 14 cells and the header has 13; a value with a comma needs quotation marks.",
    ),
}


RULES = {
    "no kind": (
        '[[rule]]\nid = "r"\n',
        "rules.toml, r.kind: missing; expected a kind of rule.",
    ),
    "kind": (
        rule("budgett", "amount = 1"),
        "rules.toml, r.kind: 'budgett' is not a kind of rule (budget, cap, floor, quota, winners, force_in, force_out, once, documents, size, venture, score, earlier, intensity, target). Did you mean 'budget'?",
    ),
    "no id": (
        '[[rule]]\nkind = "winners"\nmax = 1\n',
        "rules.toml, rule[2].id: missing; expected a short name of up to 100 visible characters, without '/'.",
    ),
    "id twice": (
        rule("winners", "max = 1") * 2,
        "rules.toml, r.id: two rules have the id 'r'.",
    ),
    "unknown key": (
        rule("budget", 'amount = 1\ninstruments = "subsidy"'),
        f"rules.toml, r.instruments: there is no key 'instruments' here ({BUDGET_KEYS}). Did you mean 'instrument'?",
    ),
    "unknown key of among": (
        rule("floor", 'share = 0.1\namong = {clas = "sme"}'),
        "rules.toml, r.among.clas: there is no key 'clas' here (instrument, technology, class, region, product, quarter, year). Did you mean 'class'?",
    ),
    "no amount": (
        rule("budget"),
        "rules.toml, r.amount: missing; expected an amount of zero or more.",
    ),
    "amount": (
        rule("budget", 'amount = "30억원어치"'),
        "rules.toml, r.amount: '30억원어치' is not an amount of money, such as 1,200, 12억 or KRW 1.2 billion.",
    ),
    "currency": (
        rule("budget", 'amount = "3 million USD"'),
        "rules.toml, r.amount: '3 million USD' is in USD, and the amounts here are in million KRW.",
    ),
    "negative": (
        rule("budget", "amount = -1"),
        "rules.toml, r.amount: '-1' is out of range; expected an amount of zero or more.",
    ),
    "not a number": (
        rule("budget", "amount = nan"),
        "rules.toml, r.amount: 'nan' is out of range; expected an amount of zero or more.",
    ),
    "share": (
        rule("floor", "share = 1.5"),
        "rules.toml, r.share: '1.5' is out of range; expected a number from 0 to 1.",
    ),
    "text for a share": (
        rule("floor", 'share = "half"'),
        "rules.toml, r.share: 'half' is not a number from 0 to 1.",
    ),
    "share and amount": (
        rule("cap", 'per = "firm"\nshare = 0.1\namount = 1'),
        "rules.toml, r.amount: expected exactly one of amount, share.",
    ),
    "no limit": (
        rule("quota", 'region = "Seoul"'),
        "rules.toml, r.least: expected at least one of least, most, least_share, most_share.",
    ),
    "no winners": (
        rule("winners"),
        "rules.toml, r.min: expected at least one of min, max.",
    ),
    "order": (
        rule("winners", "min = 3\nmax = 2"),
        "rules.toml, r.min: min is 3, above max.",
    ),
    "per": (
        rule("cap", 'per = "firms"\namount = 1'),
        "rules.toml, r.per: 'firms' is not a value of per (firm, technology, region, award). Did you mean 'firm'?",
    ),
    "no per": (
        rule("cap", "amount = 1"),
        "rules.toml, r.per: missing; expected one of firm, technology, region, award.",
    ),
    "award of spent": (
        rule("cap", 'per = "award"\nshare = 0.1'),
        'rules.toml, r.of: a cap on an award can be a share of the budget only; write of = "budget" or an amount.',
    ),
    "award of a quarter": (
        rule("cap", 'per = "award"\namount = 1\nyear = 2024'),
        "rules.toml, r.year: a cap on an award holds in every quarter.",
    ),
    "floor of winners": (
        rule("floor", 'amount = 1\nmeasure = "winners"'),
        "rules.toml, r.amount: an amount is of money; for a number of winners write a rule of kind quota with least.",
    ),
    "instrument": (
        rule("budget", 'amount = 1\ninstrument = "grant"'),
        "rules.toml, r.instrument[1]: 'grant' is not a value of instrument (subsidy, purchase, matching).",
    ),
    "class": (
        rule("size", 'admit = ["sme", "midium"]'),
        "rules.toml, r.admit[2]: 'midium' is not a value of admit (micro, small, medium, sme, mid, large, venture, startup). Did you mean 'medium'?",
    ),
    "nobody": (
        rule("size", "admit = []"),
        "rules.toml, r.admit: empty; expected a list of names.",
    ),
    "quarter": (
        rule("budget", 'amount = 1\nquarter = "2024Q5"'),
        "rules.toml, r.quarter: '2024Q5' is not a quarter, such as 2024Q2 or 2024년 2분기.",
    ),
    "before the start": (
        rule("budget", 'amount = 1\nquarter = "2023Q4"'),
        "rules.toml, r.quarter: 2023Q4 is before the scenario's start, 2024Q2.",
    ),
    "technology": (
        rule("winners", 'max = 1\ntechnology = "servce"'),
        "rules.toml, r.technology: there is no technology named 'servce'. Did you mean 'service'?",
    ),
    "region": (
        rule("winners", 'max = 1\nregion = "Seol"'),
        "rules.toml, r.region: there is no region named 'Seol'. Did you mean 'Seoul'?",
    ),
    "application": (
        rule("force_in", 'applications = ["a9"]'),
        "rules.toml, r.applications: there is no application named 'a9'.",
    ),
    "firm": (
        rule("force_out", 'firms = "l2"'),
        "rules.toml, r.firms: there is no firm named 'l2'.",
    ),
    "nobody forced": (
        rule("force_in"),
        "rules.toml, r.applications: expected at least one of applications, firms.",
    ),
    "law": (
        '[[rule]]\nlaw = "kr-sme-sise"\n',
        f"rules.toml, rule[2].law: 'kr-sme-sise' is not a law of the package ({LAWS}). Did you mean 'kr-sme-size'?",
    ),
    "law that is no rule": (
        '[[rule]]\nlaw = "kr-startup"\n',
        f"rules.toml, rule[2].law: 'kr-startup' is not a law of the package ({LAWS}). Did you mean 'kr-purchase-startup'?",
    ),
    "another kind than the law": (
        '[[rule]]\nlaw = "kr-sme-size"\nkind = "score"\n',
        "rules.toml, rule[2].law: the law kr-sme-size is a rule of kind size, not 'score'.",
    ),
    "size by no law": (
        rule("size", 'admit = "sme"\nby = "kr-sme"'),
        "rules.toml, r.by: 'kr-sme' is not a law of the package (eu-sme-size, kr-sme-size, us-sbir-size). Did you mean 'kr-sme-size'?",
    ),
    "no exchange": (
        rule("size", 'admit = "sme"\nby = "eu-sme-size"'),
        "rules.toml, r.by: the law eu-sme-size counts in EUR and the scenario in KRW; write exchange = {EUR = …} under [call].",
    ),
    "date": (
        rule("winners", 'max = 1\neffective = "1 May"'),
        "rules.toml, r.effective: '1 May' is not a date, such as 2024-04-29 or 2024년 4월 29일.",
    ),
    "status": (
        rule("winners", 'max = 1\nstatus = "read"'),
        "rules.toml, r.status: 'read' is not a value of status (READ, READ-2nd, DERIVED, MEMORY, assumed). Did you mean 'READ'?",
    ),
    "title": (
        rule("winners", "max = 1\ntitle = 3"),
        'rules.toml, r.title: \'3\' is not a text, or {ko = "…", en = "…"}.',
    ),
    "score": (
        rule("score", "least = 130"),
        "rules.toml, r.least: '130' is out of range; expected a number from 0 to 100.",
    ),
    "documents": (
        rule("documents"),
        "rules.toml, r.required: missing; expected a list of names.",
    ),
    "target": (
        rule("target", "share = 0.5\nother = 1\nother_counted = 2"),
        "rules.toml, r.other_counted: other_counted is 2, above other.",
    ),
    "rules": (
        "rule = 3\n",
        f"rules.toml, budget.rule: there is no key 'rule' here ({BUDGET_KEYS}).\nrules.toml, rule: no budget limits all awards; write a rule of kind budget without a filter, or one for every instrument, quarter or year.",
    ),
}

CALLS = {
    "key": (
        CALL + "quarter = 1\n",
        "rules.toml, call.quarter: there is no key 'quarter' here (id, title, day, quarters, steps, objective, discount, min_quality, match_rate, score_range, size_law, exchange, risk, worlds, source). Did you mean 'quarters'?",
    ),
    "day": (
        CALL + 'day = "yesterday"\n',
        "rules.toml, call.day: 'yesterday' is not a date, such as 2024-04-29 or 2024년 4월 29일.",
    ),
    "quarters": (
        CALL.replace('["2024Q3", "2024Q4"]', "[]"),
        'rules.toml, call.quarters: empty; expected a list of quarters, such as ["2024Q3"].',
    ),
    "late": (
        CALL.replace("2024Q4", "2099Q4"),
        "rules.toml, call.quarters: quarter 302 is after the last one, 23.",
    ),
    "quarter twice": (
        CALL.replace("2024Q4", "2024Q3"),
        "rules.toml, call.quarters: a quarter is named twice.",
    ),
    "steps": (
        CALL + "steps = [0.5, 1.5]\n",
        "rules.toml, call.steps[2]: '1.5' is out of range; expected a number from 0 to 1.",
    ),
    "score range": (
        CALL + "score_range = [100, 0]\n",
        "rules.toml, call.score_range: '[100, 0]' is not the lowest and the highest score, such as [0, 100].",
    ),
    "risk": (
        CALL + 'risk = {measure = "var"}\n',
        "rules.toml, call.risk.measure: 'var' is not a value of measure (none, cvar, chance). Did you mean 'cvar'?",
    ),
    "risk key": (
        CALL + "risk = {alpha = 0.1}\n",
        "rules.toml, call.risk.alpha: there is no key 'alpha' here (measure, level, weight, target).",
    ),
    "exchange": (
        CALL + "exchange = {EUR = -1.0}\n",
        "rules.toml, call.exchange.EUR: '-1.0' is out of range; expected units of the scenario's currency for one of another, such as {EUR = 1450.0}.",
    ),
    "size law": (
        CALL + 'size_law = "eu-gber-25"\n',
        "rules.toml, call.size_law: 'eu-gber-25' is not a law of the package (eu-sme-size, kr-sme-size, us-sbir-size).",
    ),
    "no call": (
        "",
        "rules.toml, call: missing; expected the table [call].",
    ),
    "other tables": (
        CALL + "[rules]\n",
        "rules.toml, rules: there is no key 'rules' here (call, rule). Did you mean 'rule'?",
    ),
}


def said(error: InputError) -> str:
    return "\n".join(problem.text() for problem in error.problems)


@pytest.mark.parametrize("name", CELLS)
def test_applications(tmp_path: Path, name: str) -> None:
    applications, message = CELLS[name]
    assert said(refusal(tmp_path, applications=applications)) == message


@pytest.mark.parametrize("name", RULES)
def test_rules(tmp_path: Path, name: str) -> None:
    rules, message = RULES[name]
    assert said(refusal(tmp_path, rules)) == message


@pytest.mark.parametrize("name", CALLS)
def test_settings(tmp_path: Path, name: str) -> None:
    call, message = CALLS[name]
    assert said(refusal(tmp_path, call=call)) == message


def test_everything_at_once_in_korean(tmp_path: Path) -> None:
    text = change("4,1,80", "4,5,80").replace("a2,v2,service", "a2,v2,chip").replace("a6,l1", "a6,f3")
    text = text.replace("60,,", ",,").replace("J62", "소프트웨어")
    rules = rule("floor", "share = 2") + '[[rule]]\nlaw = "kr-sme"\n' + rule("cap", 'per = "award"\nshare = 0.1')
    path = folder(tmp_path, rules, text)
    lines = path / "firms.csv"
    lines.write_text(lines.read_text(encoding="utf-8-sig").replace("mid,", "midd,", 1), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load(path)
    assert caught.value.text("ko").splitlines() == KOREAN


KOREAN = [
    "입력에서 찾은 문제: 9건",
    "  firms.csv 9행, class 열: 'midd'은(는) 기업 규모에 없는 값입니다. 쓸 수 있는 값: venture, sme, mid, large, foreign. 혹시 'mid' 아닌가요?",
    "  applications.csv 2행, minimum 열: 최소금액 500이 신청금액 400보다 큽니다.",
    "  applications.csv 3행, score 1 열: 점수를 준 평가위원이 없습니다.",
    "  applications.csv 3행, technology 열: 기업 'v2'에는 'chip' 제품이 없습니다. 있는 제품의 기술: service.",
    "  applications.csv 4행, industry 열: '소프트웨어'를 읽을 수 없습니다. 써야 할 것: 표준산업분류 코드(보기: J58222, 58222, C26).",
    "  applications.csv 7행, firm 열: 'f3'은 외국 기업입니다. 국내 기업만 신청할 수 있습니다.",
    "  rules.toml, r.share: '2'는 범위를 벗어납니다. 써야 할 것: 0에서 1까지의 수.",
    f"  rules.toml, rule[3].law: 'kr-sme'은(는) 꾸러미에 든 법에 없는 값입니다. 쓸 수 있는 값: {LAWS}. 혹시 'kr-sme-size' 아닌가요?",
    '  rules.toml, r.of: 지원 한 건의 상한은 예산에 대한 비율로만 쓸 수 있습니다. of = "budget"이나 금액을 쓰십시오.',
]


def test_both_files_are_needed(tmp_path: Path) -> None:
    path = folder(tmp_path)
    (path / "rules.toml").unlink()
    with pytest.raises(InputError, match=r"rules\.toml: the file is missing; expected rules\.toml\."):
        load(path)
    (path / "applications.csv").unlink()
    assert load(path).call is None
    (path / "rules.toml").write_text(CALL, encoding="utf-8")
    with pytest.raises(InputError, match=r"applications: the file is missing; expected applications\.csv, "):
        load(path)


def test_names_that_are_nearly_right(tmp_path: Path) -> None:
    path = folder(tmp_path)
    (path / "rules.toml").rename(path / "rule.toml")
    (path / "applications.csv").rename(path / "aplications.csv")
    with pytest.raises(InputError) as caught:
        load(path)
    assert said(caught.value).splitlines() == [
        "aplications.csv: this file is not part of a scenario. Did you mean 'applications.csv'?",
        "rule.toml: this file is not part of a scenario. Did you mean 'rules.toml'?",
    ]


def test_two_tables_of_applications(tmp_path: Path) -> None:
    path = folder(tmp_path)
    (path / "applications.parquet").write_bytes(b"PAR1")
    with pytest.raises(InputError, match=r"applications\.parquet: the same table is also in applications\.csv"):
        load(path)


def test_a_workbook_that_is_called_csv(tmp_path: Path) -> None:
    path = folder(tmp_path)
    with zipfile.ZipFile(path / "applications.csv", "w") as archive:
        archive.writestr("xl/workbook.xml", "<x/>")
    with pytest.raises(
        InputError, match=r"applications\.csv: this is an Excel workbook .* rename it to applications\.xlsx"
    ):
        load(path)


def test_an_encoding_that_is_neither(tmp_path: Path) -> None:
    path = folder(tmp_path)
    (path / "applications.csv").write_bytes(APPLICATIONS.encode() + b"\xff\xfe\xff")
    with pytest.raises(InputError, match="the text is neither UTF-8 nor CP949"):
        load(path)


def test_rules_that_are_no_toml(tmp_path: Path) -> None:
    path = folder(tmp_path)
    (path / "rules.toml").write_text("[call\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"rules\.toml row 1: cannot be read as TOML"):
        load(path)


def test_a_budget_that_does_not_bind_everything(tmp_path: Path) -> None:
    path = folder(tmp_path)
    for keys in ('instrument = "purchase"', "until = 2024-01-01", 'quarter = "2024Q3"'):
        entry = f'[[rule]]\nid = "b"\nkind = "budget"\namount = 1\n{keys}\n'
        (path / "rules.toml").write_text(CALL + entry, encoding="utf-8")
        with pytest.raises(InputError, match="no budget limits all awards"):
            load(path)


def test_a_region_that_nobody_is_from_is_pointed_out(tmp_path: Path) -> None:
    scenario = load(folder(tmp_path, rule("quota", 'most = 1\nregion = "Jeju"')))
    assert (
        scenario.warnings[-1].text()
        == "rules.toml, r.region: no application is from 'Jeju'; the rule is kept as it is."
    )


def test_a_million_bad_rows_do_not_fill_the_screen(tmp_path: Path) -> None:
    header, row = APPLICATIONS.splitlines()[:2]
    bad = "\n".join(row.replace("a1,v1", f"b{i},nobody{i}") for i in range(2000))
    error = refusal(tmp_path, applications=f"{header}\n{bad}\n")
    assert error.problems[-1].text() == "applications.csv: … and 1,950 more."
    assert len(error.problems) == 51


def test_other_files_that_cannot_be_read_are_not_blamed_on_the_call(tmp_path: Path) -> None:
    path = folder(
        tmp_path,
        rule("force_in", 'firms = ["v1"]') + rule("winners", 'max = 1\nquarter = "2024Q3"').replace('"r"', '"w"'),
    )
    whole = {
        name: (path / name).read_bytes() for name in ("scenario.toml", "firms.csv", "lines.csv", "technologies.csv")
    }
    for name, content in whole.items():
        (path / name).unlink()
        with pytest.raises(InputError) as caught:
            load(path)
        assert [problem.key for problem in caught.value.problems] == [
            "folder.no_settings" if name == "scenario.toml" else "folder.no_file"
        ]
        (path / name).write_bytes(content)
    assert load(path).call is not None


def test_the_skeleton_has_no_call(tmp_path: Path) -> None:
    skeleton.write(tmp_path / "plain")
    assert load(tmp_path / "plain").call is None
