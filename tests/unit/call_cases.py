"""A small call for applications in the market of the skeleton."""
# ruff: noqa: E501  (a table is written as it is)

from __future__ import annotations

from pathlib import Path

from majung.scenario import Scenario, load, skeleton
from majung.scenario.call import Call, Judgement, Options, Row, judge, options_of, rows_of

APPLICATIONS = """\
id,firm,technology,instrument,amount [억원],minimum [억원],score 1,score 2,region,documents,industry,average_sales,venture
a1,v1,service,subsidy; purchase,4,1,80,70,Seoul,plan; accounts,J58222,24억,vc
a2,v2,service,purchase,3,,60,,Busan,plan,58221,90억,
a3,v4,model,matching,2,1,90,95,Busan,plan; accounts,J62,12억,innovation
a4,s1,service,subsidy,5,2,55,75,Seoul,plan; accounts,J63,700억,
a5,m1,service,purchase,6,3,85,80,Daejeon,plan; accounts,J58,"1,200억",
a6,l1,chip,subsidy,9,9,99,98,Seoul,plan,,,
"""
CALL = '[call]\nid = "first"\ntitle = "First call"\nquarters = ["2024Q3", "2024Q4"]\n'
BUDGET = '[[rule]]\nid = "budget"\nkind = "budget"\namount = "20억"\n'


def folder(path: Path, rules: str = "", applications: str = APPLICATIONS, *, call: str = CALL) -> Path:
    """Write the skeleton with a call of the given rules, beside a budget, into a folder."""
    path = path / "scenario"
    if not path.exists():
        skeleton.write(path)
    (path / "applications.csv").write_text(applications, encoding="utf-8")
    (path / "rules.toml").write_text(f"{call}{BUDGET}{rules}", encoding="utf-8")
    return path


def adding(columns: str, **rows: str) -> str:
    """Return the applications with more columns, filled for some ids."""
    header, *others = APPLICATIONS.splitlines()
    nothing = "," * columns.count(",")
    lines = [f"{line},{rows.get(line.split(',')[0], nothing)}" for line in others]
    return "\n".join([f"{header},{columns}", *lines]) + "\n"


def scenario_of(path: Path, rules: str = "", applications: str = APPLICATIONS, *, call: str = CALL) -> Scenario:
    return load(folder(path, rules, applications, call=call))


def call_of(scenario: Scenario) -> Call:
    assert scenario.call is not None
    return scenario.call


def judged(scenario: Scenario) -> dict[str, Judgement]:
    """Return the judgements by the applications' ids."""
    call = call_of(scenario)
    return {str(call.applications.id[one.application]): one for one in judge(call, scenario)}


def laid_out(scenario: Scenario) -> tuple[Options, tuple[Row, ...]]:
    call = call_of(scenario)
    judgements = judge(call, scenario)
    options = options_of(call, judgements)
    return options, rows_of(call, scenario, judgements, options)
