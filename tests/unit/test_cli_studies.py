"""``majung explore`` and ``majung search``: what is said and kept; what simulates and draws is stood in for."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable
from dataclasses import replace
from importlib import import_module
from io import StringIO
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import pytest
from rich.cells import cell_len
from rich.console import Console
from tests.unit.studies_data import exploration_of, search_of

from majung.cli.commands import conducting
from majung.cli.main import exit_code
from majung.cli.said.studies.explore import drivers_table
from majung.cli.said.studies.search import search_table
from majung.decision.explore import planned_exploration
from majung.decision.explore.sensitivity import Estimate
from majung.decision.search import planned_search
from majung.decision.steps import Step
from majung.messages import LANGUAGES, Lang, catalogue, text
from majung.scenario import load, skeleton

Said = Callable[..., tuple[str, str]]


class Study(NamedTuple):
    """A command and what it is made of."""

    command: str
    works: str
    writes: str
    made: Callable[..., Any]
    stages: tuple[str, ...]


EXPLORE = Study(
    "explore", "explored", "write_exploration", exploration_of,
    ("choose", "screen", "decompose", "discover"),
)  # fmt: skip
SEARCH = Study("search", "searched", "write_search", search_of, ("search", "pareto", "fresh"))
STUDIES = (EXPLORE, SEARCH)


class Simulation:
    """Stands in for what simulates: what was asked of it, and what happens on the way."""

    def __init__(self, study: Study) -> None:
        self.study = study
        self.plans: list[Any] = []
        self.fails: BaseException | None = None
        self.result_hash = "ab" * 32

    def __call__(self, plan: Any, session: Any, progress: Callable[[Step], None] | None = None) -> Any:
        self.plans.append(plan)
        if progress is not None:
            for stage in self.study.stages:
                for done in range(0, 101, 10):
                    progress(Step(stage, done, 100))
        if self.fails is not None:
            raise self.fails
        return self.study.made(plan, self.result_hash)


def report_folder(study: Study) -> list[str]:
    """Return where the real report's other modules are."""
    return [str(Path(import_module("majung.report").__path__[0], study.command))]


def report(study: Study) -> ModuleType:
    """Return what stands in for the report: a page and tables, and no workbook."""
    module = ModuleType(f"majung.report.{study.command}")

    def render(found: Any, scenario: Any, *, lang: Lang, out: Path, progress: Any = None) -> None:
        out.write_text(lang, encoding="utf-8")

    def write(found: Any, folder: Path, lang: Lang, scenario: Any) -> None:
        (folder / "tables").mkdir()

    def as_json(found: Any, lang: Lang, files: dict[str, str]) -> dict[str, Any]:
        return {"run_id": found.run_id, "seconds": dict(found.seconds), "files": dict(files)}

    vars(module).update({"render": render, study.writes: write, "as_json": as_json, "__path__": report_folder(study)})
    return module


@pytest.fixture(params=STUDIES, ids=lambda study: study.command)
def simulation(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Simulation:
    study: Study = request.param
    stand_in = Simulation(study)
    for name in ("MAJUNG_STORE", "MAJUNG_NUM_THREADS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(import_module(f"majung.decision.{study.command}"), study.works, stand_in)
    monkeypatch.setattr(conducting, "compile_kernel", lambda: 0.0)
    monkeypatch.setitem(sys.modules, f"majung.report.{study.command}", report(study))
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
def test_stages_the_result_and_the_reports_place_are_said(simulation: Simulation, said: Said, lang: Lang) -> None:
    study = simulation.study
    out, err = said(study.command, "small", "--lang", lang)
    for stage in study.stages:
        assert catalogue(lang)[f"cli.{study.command}.stage.{stage}"] in err
    target = Path("majung-runs", simulation.plans[0].run_id, "report.html").absolute()
    assert out.splitlines()[-1] == text("cli.report", lang, path=target)
    assert target.read_text(encoding="utf-8") == lang
    assert "nan" not in out
    for words in (
        ("23\N{NO-BREAK SPACE}%", "34\N{NO-BREAK SPACE}%", "0.72")
        if study is EXPLORE
        else ("1.23", "1.45", "0.21", "0.6")
    ):
        assert words in out


@pytest.mark.parametrize("simulation", [EXPLORE], indirect=True)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_an_exploration_says_which_worlds_are_best_and_that_no_rule_was_found(
    simulation: Simulation, said: Said, lang: Lang
) -> None:
    out, _ = said("explore", "small", "--outcome", "survival", "--strategy", "first-buyer", "--lang", lang)
    plan = simulation.plans[0]
    assert (plan.outcome, [one.id for one in plan.strategies]) == ("survival", ["first-buyer"])
    joined = " ".join(out.split())
    assert plan.factors[0].label.text(lang) in joined
    assert text("report.explore.rule.no_low", lang) in joined
    assert text("report.explore.rule.no_high", lang) not in joined
    assert plan.strategies[0].title.text(lang) in joined


@pytest.mark.parametrize("simulation", [SEARCH], indirect=True)
def test_budgets_are_read_as_people_write_them(simulation: Simulation, said: Said) -> None:
    out, _ = said(
        "search",
        "small",
        "--budgets",
        "10억,1조",
        "-b",
        "100억",
        "--trials",
        "99",
        "--objective",
        "survival",
        "--lang",
        "ko",
    )
    plan = simulation.plans[0]
    assert len(plan.budgets) == 3
    assert plan.budgets[1] == pytest.approx(1000 * plan.budgets[0])
    assert plan.effort.trials == 99
    assert plan.objective == "survival"
    plain = out.replace("\N{NO-BREAK SPACE}", " ")
    for amount in ("10억 원", "1조 원", "100억 원"):
        assert plain.count(amount) >= 2
    assert "보조금" in out


def test_json_is_one_object_and_names_what_was_written(simulation: Simulation, said: Said, tmp_path: Path) -> None:
    study = simulation.study
    out, _ = said(study.command, "small", "--out", "here", "--seed", "3", "--json")
    result = json.loads(out)
    assert simulation.plans[0].seed == 3
    # No workbook was written, and none is named.
    assert set(result["files"]) == {"report", "tables"}
    assert all(Path(path).exists() for path in result["files"].values())
    assert json.loads((tmp_path / "here" / f"{study.command}.json").read_text(encoding="utf-8")) == result
    out, err = said(study.command, "small", "--out", "here", "--seed", "3", "--quiet")
    assert (out, err) == (f"{tmp_path / 'here' / 'report.html'}\n", "")


def test_an_interrupted_run_goes_on_and_is_reproduced(simulation: Simulation, said: Said) -> None:
    command = simulation.study.command
    simulation.fails = KeyboardInterrupt()
    said(command, "small", "--seed", "4", "--lang", "en", code=130)
    shutil.rmtree("small")
    simulation.fails = None
    (run,) = json.loads(said("runs", "--json")[0])
    assert (run["kind"], run["complete"]) == (command, False)
    said("rerun", run["run_id"], "--quiet")
    assert json.loads(said("verify", run["run_id"], "--json")[0])["sound"]
    out, _ = said("rerun", run["run_id"], "--lang", "en")
    assert "reproduced" in out
    assert {plan.seed for plan in simulation.plans} == {4}
    simulation.result_hash = "00" * 32
    assert "not reproduced" in said("rerun", run["run_id"], "--lang", "en", code=3)[1]


@pytest.mark.parametrize("width", [60, 80, 200])
@pytest.mark.parametrize("lang", LANGUAGES)
def test_tables_fit_a_terminal(tmp_path: Path, width: int, lang: Lang) -> None:
    skeleton.write(tmp_path / "small")
    scenario = load(tmp_path / "small")
    exploration = exploration_of(planned_exploration(scenario))
    search = search_of(planned_search(scenario, ["10억", "1조"]))
    for table in (drivers_table(exploration, lang), search_table(search, lang)):
        stream = StringIO()
        Console(file=stream, width=width).print(table)
        lines = stream.getvalue().splitlines()
        assert len(lines) > 3
        assert max(map(cell_len, lines)) <= width
        assert "…" not in stream.getvalue()


def test_shares_of_variance_lie_between_nothing_and_all(tmp_path: Path) -> None:
    skeleton.write(tmp_path / "small")
    found = exploration_of(planned_exploration(load(tmp_path / "small")))
    assert found.decomposition is not None
    wild = Estimate(0.96, -0.2, 1.28)
    shares = tuple(replace(one, total=wild) for one in found.decomposition.shares)
    stream = StringIO()
    wider = replace(found, decomposition=replace(found.decomposition, shares=shares))
    Console(file=stream, width=150).print(drivers_table(wider, "en"))
    shown = stream.getvalue().replace("\N{NO-BREAK SPACE}", " ")
    assert shown.count("96 % (0 % to 100 %)") == len(shares)
    assert "128" not in shown
