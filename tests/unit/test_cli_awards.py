"""``majung allocate``, from the folder to what is printed, written and kept; what decides is stood in for."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from io import StringIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from rich.console import Console
from tests.unit.awards_data import LONG, NASTY, allocation, nothing

from majung.cli.commands import conducting
from majung.cli.main import exit_code
from majung.cli.said.awards import awards_table, practices_table
from majung.cli.said.progress import stages
from majung.decision import awards
from majung.decision.awards import Allocation, Step
from majung.ensemble import RunRecord
from majung.messages import LANGUAGES, Lang, catalogue, text
from majung.parameters import LocalText
from majung.report.awards import document
from majung.scenario import Scenario, skeleton

ROOT = Path(__file__).parents[2]
KEYS = {
    "run_id", "budget", "spent", "awards", "near_misses", "ineligible", "portfolio_value", "gap", "practices",
    "seconds",
}  # fmt: skip

Said = Callable[..., tuple[str, str]]


@dataclass(frozen=True)
class Plan:
    """Stands in for a plan of an allocation."""

    scenario: Scenario
    asked: dict[str, Any]

    @property
    def run_id(self) -> str:
        return f"{self.asked.get('seed', 7):012x}"

    def record(self, kind: str, request: dict[str, Any]) -> RunRecord:
        identity = {"scenario_id": self.scenario.id, "release": "here"}
        return RunRecord(run_id=self.run_id, kind=kind, title=self.scenario.title, request=request, identity=identity)


class Decided:
    """Stands in for what decides: what it came to, what it was asked, and what happens on the way."""

    def __init__(self) -> None:
        self.result = allocation(awards=12, nears=5, refused=6)
        self.plans: list[Plan] = []
        self.fails: BaseException | None = None

    def planned(self, scenario: Scenario, **asked: Any) -> Plan:
        return Plan(scenario, asked)

    def allocated(self, plan: Plan, session: Any, progress: Callable[[Step], None] | None = None) -> Allocation:
        self.plans.append(plan)
        if progress is not None:
            for stage in ("values", "refine", "improve", "judge"):
                progress(Step(stage, 0, 0))
                for done in range(0, 101, 10):
                    progress(Step(stage, done, 100))
        if self.fails is not None:
            raise self.fails
        return replace(self.result, run_id=plan.run_id)


@pytest.fixture
def decided(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Decided:
    stand_in = Decided()
    for name in ("MAJUNG_STORE", "MAJUNG_NUM_THREADS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(awards, "planned_allocation", stand_in.planned)
    monkeypatch.setattr(awards, "allocated", stand_in.allocated)
    # Compiling and drawing take most of the time, and have tests of their own.
    monkeypatch.setattr(conducting, "compile_kernel", lambda: 0.0)
    monkeypatch.setattr(document, "CHARTS", {})
    skeleton.write(tmp_path / "small")
    return stand_in


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str]) -> Said:
    def call(*arguments: str, code: int = 0) -> tuple[str, str]:
        found = exit_code([*arguments])
        captured = capsys.readouterr()
        assert found == code, captured.err
        assert "Traceback" not in captured.err
        return captured.out, captured.err

    return call


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_terminal_says_who_gets_what_and_beside_what(decided: Decided, said: Said, lang: Lang) -> None:
    out, err = said("allocate", "small", "--lang", lang)
    for one in (LONG, NASTY):
        # A long name is folded.
        assert one.text(lang)[:12] in out
    for practice in decided.result.practices:
        assert practice.title.label(lang)[1:] in out
    counts = {"applications": decided.result.applications, "awards": 12, "near": 5, "ineligible": 5, "documents": 1}
    assert text("cli.allocate.counts", lang, **counts) in out
    report = Path("majung-runs", "000000000007", "report.html").absolute()
    assert out.splitlines()[-1] == text("cli.report", lang, path=report)
    for stage in ("values", "refine", "improve", "judge"):
        assert catalogue(lang)[f"cli.allocate.stage.{stage}"] in err


def test_files_lie_where_they_are_said_to(decided: Decided, said: Said, tmp_path: Path) -> None:
    out, _ = said("allocate", "small", "--out", "here", "--lang", "ko", "--json")
    result = json.loads(out)
    assert result.keys() >= KEYS
    assert {name: Path(path).exists() for name, path in result["files"].items()} == {
        "report": True, "awards": True, "tables": True,
    }  # fmt: skip
    written = {path.name for path in (tmp_path / "here").iterdir()}
    assert written >= {"report.html", "awards.xlsx", "tables", "allocation.json"}
    assert json.loads((tmp_path / "here" / "allocation.json").read_text(encoding="utf-8")) == result
    assert {"load", "compile", "report", "values", "judge"} <= result["seconds"].keys()
    book = openpyxl.load_workbook(tmp_path / "here" / "awards.xlsx")
    assert book.sheetnames[0] == text("report.awards.sheet.name.awards", "ko")


def test_quiet_says_the_reports_path_only(decided: Decided, said: Said) -> None:
    out, err = said("allocate", "small", "--quiet")
    assert Path(out.strip()).is_file()
    assert out.count("\n") == 1
    assert err == ""
    out, err = said("allocate", "small", "--quiet", "--json")
    assert json.loads(out)["awards"]
    assert err == ""


def test_what_is_asked_for_reaches_the_plan(decided: Decided, said: Said) -> None:
    said("allocate", "small", "--budget", "30억", "--seed", "5", "--worlds", "32", "--quiet")
    assert decided.plans[0].asked == {"budget": "30억", "seed": 5, "worlds": 32}
    said("allocate", "small", "--quiet")
    assert decided.plans[1].asked == {}


def test_nothing_awarded_is_a_result(decided: Decided, said: Said) -> None:
    decided.result = nothing()
    out, _ = said("allocate", "small", "--lang", "en")
    assert text("report.awards.nothing.ineligible", "en") in out
    assert not json.loads(said("allocate", "small", "--json")[0])["awards"]


def test_runs_are_listed_verified_and_reproduced(decided: Decided, said: Said) -> None:
    said("allocate", "small", "--budget", "30억", "--quiet")
    (run,) = json.loads(said("runs", "--json")[0])
    assert (run["kind"], run["complete"]) == ("allocate", True)
    assert json.loads(said("verify", run["run_id"], "--json")[0])["missing"] == []
    out, _ = said("rerun", run["run_id"], "--lang", "en")
    assert "reproduced" in out
    assert decided.plans[1].asked == {"budget": "30억"}
    assert decided.plans[1].scenario.id == decided.plans[0].scenario.id
    again = json.loads(said("rerun", run["run_id"], "--json")[0])
    assert again["reproduced"]
    assert Path(again["files"]["awards"]).is_file()


def test_another_result_is_not_taken_for_the_same(decided: Decided, said: Said) -> None:
    said("allocate", "small", "--quiet")
    decided.result = replace(decided.result, result_hash="00" * 32)
    _, err = said("rerun", f"{7:012x}", "--lang", "en", code=3)
    assert "not reproduced" in err


def test_an_interrupt_leaves_a_run_that_goes_on(decided: Decided, said: Said, tmp_path: Path) -> None:
    decided.fails = KeyboardInterrupt()
    _, err = said("allocate", "small", "--out", "here", "--lang", "en", code=130)
    assert err.splitlines()[-1].startswith("majung: interrupted")
    assert not (tmp_path / "here").exists()
    (run,) = json.loads(said("runs", "--json")[0])
    assert not run["complete"]
    decided.fails = None
    said("rerun", run["run_id"], "--quiet")
    assert (tmp_path / "here" / "report.html").is_file()
    assert json.loads(said("runs", "--json")[0])[0]["complete"]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_stages_are_told_one_after_the_other(lang: Lang) -> None:
    stream = StringIO()
    with stages(Console(file=stream, width=150), lang, "allocate") as told:
        for stage in ("values", "refine"):
            for done in range(101):
                told(Step(stage, done, 100))
        for more in range(20):
            told(Step("refine", 101 + more, 101 + more))
        told(Step("improve", 0, 0))
        told(Step("judge", 110, 100))
    lines = stream.getvalue().splitlines()
    assert len(lines) == 21
    assert lines[0].startswith(catalogue(lang)["cli.allocate.stage.values"])
    assert lines[10].startswith(catalogue(lang)["cli.allocate.stage.refine"])


@pytest.mark.parametrize("width", [60, 200])
@pytest.mark.parametrize("lang", LANGUAGES)
def test_tables_fit_a_terminal(width: int, lang: Lang) -> None:
    one = allocation(awards=8)
    for table in (awards_table(one, lang), practices_table(one, lang)):
        stream = StringIO()
        Console(file=stream, width=width).print(table)
        assert len(stream.getvalue().splitlines()) > 5
        assert "[b]" not in stream.getvalue()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_who_gets_what_when_and_how_sure_that_is_fit_a_usual_terminal(lang: Lang) -> None:
    one = allocation(awards=8)
    named = [replace(award, firm_name=LocalText(en=f"S{n:04}")) for n, award in enumerate(one.awards)]
    table = awards_table(replace(one, awards=tuple(named)), lang)
    assert {"firm", "line", "instrument", "quarter", "amount", "value"} <= table.shown(80)
    between = text("report.range", lang, low="\N{NO-BREAK SPACE}", high="\N{NO-BREAK SPACE}").replace(" ", "")
    counts = []
    for width in (80, 200):
        stream = StringIO()
        Console(file=stream, width=width).print(table)
        counts.append(stream.getvalue().count(between))
    assert counts[0] == counts[1] > 0


def ran(*arguments: str, cwd: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "majung", *arguments], cwd=cwd, text=True, encoding="utf-8",
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_scenario_without_applications_is_one_clear_error(tmp_path: Path, lang: Lang) -> None:
    skeleton.write(tmp_path / "small")
    for name in ("applications.csv", "rules.toml"):
        (tmp_path / "small" / name).unlink(missing_ok=True)
    process = ran("allocate", "small", "--lang", lang, cwd=tmp_path)
    out, err = process.communicate(timeout=120)
    assert process.returncode == 2, err
    assert out == ""
    assert "applications.csv" in err
    assert sum(line.startswith("majung: ") for line in err.splitlines()) == 1
    assert "Traceback" not in err
    assert not (tmp_path / "majung-runs").exists()
