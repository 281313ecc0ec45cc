"""``majung claims``, from the folder to what is printed, written and kept; what simulates and draws is stood in for."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable
from importlib import import_module
from importlib.resources import files
from io import StringIO
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from rich.cells import cell_len
from rich.console import Console
from tests.unit.studies_data import claims_of

from majung.cli.commands import conducting
from majung.cli.commands.studies.lists import amounts_listed, listed
from majung.cli.main import exit_code
from majung.cli.said.progress import stages
from majung.cli.said.studies.claims import claims_said, claims_table
from majung.decision.claims import Claims, ClaimsPlan, planned_claims, testing
from majung.decision.steps import Step
from majung.ensemble import Blocks
from majung.errors import InputError
from majung.messages import LANGUAGES, Lang, catalogue, text
from majung.report.claims.words import share_bounds
from majung.scenario import load, skeleton

PACKAGED = Path(str(files("majung.decision.claims") / "packaged"))
STAGES = ("worlds", "central", "flips")

Said = Callable[..., tuple[str, str]]


class Simulation:
    """Stands in for what simulates: what was asked of it, and what happens on the way."""

    def __init__(self) -> None:
        self.plans: list[ClaimsPlan] = []
        self.fails: BaseException | None = None
        self.result_hash = "ab" * 32

    def __call__(self, plan: ClaimsPlan, session: Any, progress: Callable[[Step], None] | None = None) -> Claims:
        self.plans.append(plan)
        if progress is not None:
            for stage in (*STAGES, "unheard-of"):
                for done in range(0, 101, 10):
                    progress(Step(stage, done, 100))
        if self.fails is not None:
            raise self.fails
        return claims_of(plan, self.result_hash)


def report() -> ModuleType:
    """Return what stands in for the report: files of the right names."""

    def render(claims: Claims, scenario: Any, *, lang: Lang, out: Path, progress: Any = None) -> None:
        out.write_text(lang, encoding="utf-8")

    def write_claims(claims: Claims, folder: Path, lang: Lang, scenario: Any) -> None:
        (folder / "claims.xlsx").write_bytes(b"")
        (folder / "tables").mkdir()

    def as_json(claims: Claims, lang: Lang, files: dict[str, str]) -> dict[str, Any]:
        verdicts = {test.claim.id: test.verdict.value for test in claims.tests}
        return {"run_id": claims.run_id, "claims": verdicts, "seconds": dict(claims.seconds), "files": dict(files)}

    module = ModuleType("majung.report.claims")
    # The words are the real ones.
    module.__path__ = import_module("majung.report.claims").__path__
    module.words = import_module("majung.report.claims.words")  # type: ignore[attr-defined]
    module.render, module.write_claims, module.as_json = render, write_claims, as_json  # type: ignore[attr-defined]
    return module


@pytest.fixture
def tested(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Simulation:
    stand_in = Simulation()
    for name in ("MAJUNG_STORE", "MAJUNG_NUM_THREADS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(import_module("majung.decision.claims"), "tested", stand_in)
    monkeypatch.setattr(conducting, "compile_kernel", lambda: 0.0)
    monkeypatch.setitem(sys.modules, "majung.report.claims", report())
    skeleton.write(tmp_path / "small")
    return stand_in


@pytest.fixture
def own(tested: Simulation, tmp_path: Path) -> Path:
    """A folder of claims with a file that is called like one of the scenario's."""
    folder = tmp_path / "own"
    folder.mkdir()
    shutil.copyfile(PACKAGED / "programmes.toml", folder / "programmes.toml")
    shutil.copyfile(PACKAGED / "m04-concentration-alone.toml", folder / "strategies.toml")
    return folder


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
def test_the_terminal_says_what_holds_and_where_it_turns(tested: Simulation, said: Said, lang: Lang) -> None:
    out, err = said("claims", "small", "--claims", "M4,M3", "--claims", "M5", "--worlds", "64", "--lang", lang)
    plan = tested.plans[0]
    assert {claim.id for claim in plan.claims} == {"M3", "M4", "M5"}
    for claim in plan.claims:
        # A sentence is folded and cut.
        assert claim.sentence.text(lang)[:10] in out
    for verdict, share in (("holds", "93"), ("mixed", "55"), ("fails", "4.0")):
        assert catalogue(lang)[f"report.claims.verdict.{verdict}"] in out
        assert f"{share}\N{NO-BREAK SPACE}%" in out
    assert "0.321" in out
    assert catalogue(lang)["report.study.per.additionality"][:8] in out
    assert text("cli.claims.fails_where", lang, rule="")[:10].rstrip() in out
    target = Path("majung-runs", plan.run_id, "report.html").absolute()
    assert out.splitlines()[-1] == text("cli.report", lang, path=target)
    assert target.read_text(encoding="utf-8") == lang
    for stage in STAGES:
        assert catalogue(lang)[f"cli.claims.stage.{stage}"] in err
    assert "unheard-of" in err


def test_files_lie_where_they_are_said_to(tested: Simulation, said: Said, tmp_path: Path) -> None:
    out, _ = said("claims", "small", "--claims", "M3", "--worlds", "32", "--out", "here", "--json")
    result = json.loads(out)
    assert result["claims"] == {"M3": "holds"}
    assert set(result["files"]) == {"report", "claims", "tables"}
    assert all(Path(path).exists() for path in result["files"].values())
    assert json.loads((tmp_path / "here" / "claims.json").read_text(encoding="utf-8")) == result
    assert {"load", "compile", "report", "simulating", "explaining"} <= result["seconds"].keys()


def test_quiet_says_the_reports_path_only(tested: Simulation, said: Said) -> None:
    out, err = said("claims", "small", "--claims", "M3", "--worlds", "32", "--quiet")
    assert Path(out.strip()).is_file()
    assert (out.count("\n"), err) == (1, "")
    out, err = said("claims", "small", "--claims", "M3", "--worlds", "32", "--quiet", "--json")
    assert json.loads(out)["claims"]
    assert err == ""


def test_what_is_asked_for_reaches_the_plan(tested: Simulation, said: Said) -> None:
    said("claims", "small", "-c", "M3", "-w", "40", "-n", "20", "--max-replications", "64", "--seed", "5", "--quiet")
    plan = tested.plans[0]
    assert (plan.worlds, plan.replications, plan.max_replications, plan.seed) == (40, 32, 64, 5)
    said("claims", "small", "--quiet")
    everything = tested.plans[1]
    assert everything.worlds == 500
    assert len(everything.claims) + len(everything.not_asked) == len(list(PACKAGED.glob("m*.toml")))


def test_runs_are_listed_verified_and_reproduced(tested: Simulation, said: Said) -> None:
    said("claims", "small", "--claims", "M3,M4", "--worlds", "48", "--quiet")
    (run,) = json.loads(said("runs", "--json")[0])
    assert (run["kind"], run["complete"]) == ("claims", True)
    assert json.loads(said("verify", run["run_id"], "--json")[0])["sound"]
    shutil.rmtree("small")
    out, _ = said("rerun", run["run_id"], "--lang", "en")
    assert "reproduced" in out
    before, after = tested.plans
    assert (after.run_id, after.worlds) == (before.run_id, 48)
    again = json.loads(said("rerun", run["run_id"], "--json")[0])
    assert again["reproduced"]
    assert set(again["files"]) == {"report", "claims", "tables"}
    tested.result_hash = "00" * 32
    _, err = said("rerun", run["run_id"], "--lang", "en", code=3)
    assert "not reproduced" in err


def test_claims_of_ones_own_are_kept_with_the_run(tested: Simulation, said: Said, own: Path) -> None:
    said("claims", "small", "--from", "own", "--worlds", "32", "--quiet")
    (run,) = json.loads(said("runs", "--json")[0])
    inputs = Path("majung-runs", run["run_id"], "inputs")
    # Neither stands in the other's place.
    assert (inputs / "strategies.toml").read_bytes() == Path("small", "strategies.toml").read_bytes()
    assert (inputs / "claims" / "strategies.toml").read_bytes() == (own / "strategies.toml").read_bytes()
    shutil.rmtree(own)
    out, _ = said("rerun", run["run_id"], "--lang", "en")
    assert "reproduced" in out
    assert tested.plans[1].files[0].parent.name == "claims"
    kept = inputs / "claims" / "strategies.toml"
    kept.write_text(kept.read_text(encoding="utf-8").replace("smallest = 0.1", "smallest = 0.2"), encoding="utf-8")
    assert "another run" in said("rerun", run["run_id"], "--lang", "en", code=2)[1]
    assert "claims/strategies.toml" in said("verify", run["run_id"], "--lang", "en", code=3)[0]


def test_an_interrupt_leaves_a_run_that_goes_on_without_the_folders(
    tested: Simulation, said: Said, own: Path, tmp_path: Path
) -> None:
    tested.fails = KeyboardInterrupt()
    _, err = said("claims", "small", "--from", "own", "-w", "32", "--out", "here", "--lang", "en", code=130)
    assert err.splitlines()[-1].startswith("majung: interrupted")
    assert not (tmp_path / "here").exists()
    shutil.rmtree(own)
    shutil.rmtree("small")
    # A rerun may be stopped as well.
    (run,) = json.loads(said("runs", "--json")[0])
    said("rerun", run["run_id"], "--lang", "en", code=130)
    tested.fails = None
    said("rerun", run["run_id"], "--quiet")
    assert (tmp_path / "here" / "report.html").is_file()
    assert (tmp_path / "here" / "inputs" / "claims" / "programmes.toml").is_file()
    assert json.loads(said("runs", "--json")[0])[0]["complete"]
    assert "reproduced" in said("rerun", run["run_id"], "--lang", "en")[0]


def test_worlds_that_are_done_are_not_done_again(
    tested: Simulation, said: Said, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(import_module("majung.decision.claims"), "tested", testing.tested)
    asked = ("claims", "small", "--claims", "M3", "--worlds", "12", "--threads", "1")
    said(*asked, "--store", "undisturbed", "--quiet")
    save, saved = Blocks.save, []

    def hit(self: Blocks, digest: str, arrays: dict[str, Any]) -> object:
        if len(saved) == 20:
            raise KeyboardInterrupt
        saved.append(digest)
        return save(self, digest, arrays)

    with monkeypatch.context() as patched:
        patched.setattr(Blocks, "save", hit)
        said(*asked, code=130)
    shutil.rmtree("small")
    (run,) = json.loads(said("runs", "--json")[0])
    assert not run["complete"]
    said("rerun", run["run_id"], "--quiet")
    stores = [tmp_path / "undisturbed", tmp_path / "majung-runs"]
    (blocks, again) = ({path.name: path.read_bytes() for path in store.glob("blocks/**/*.npz")} for store in stores)
    assert blocks == again
    manifests = [json.loads((store / run["run_id"] / "manifest.json").read_text("utf-8")) for store in stores]
    assert manifests[0]["result_hash"] == manifests[1]["result_hash"]
    assert "reproduced" in said("rerun", run["run_id"], "--lang", "en")[0]


def test_stages_of_several_rounds_are_told_each(capsys: pytest.CaptureFixture[str]) -> None:
    stream = StringIO()
    with stages(Console(file=stream, width=150), "en", "search") as told:
        for _ in range(2):
            for stage in ("search", "fresh"):
                for done in range(101):
                    told(Step(stage, done, 100))
    lines = [line.partition(":")[0] for line in stream.getvalue().splitlines()]
    words = [text(f"cli.search.stage.{stage}", "en") for stage in ("search", "fresh")]
    assert [line for line, before in zip(lines, ["", *lines], strict=False) if line != before] == words * 2


@pytest.mark.parametrize("width", [60, 80, 200])
@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_table_fits_a_terminal(tmp_path: Path, width: int, lang: Lang) -> None:
    skeleton.write(tmp_path / "small")
    found = claims_of(planned_claims(load(tmp_path / "small"), worlds=32))
    stream = StringIO()
    Console(file=stream, width=width).print(claims_table(found, lang))
    lines = stream.getvalue().splitlines()
    assert max(map(cell_len, lines)) <= width
    for test in found.tests:
        assert any(line.split()[:1] == [test.claim.id] for line in lines)
    assert "nan" not in stream.getvalue()


@pytest.mark.parametrize("width", [80, 400])
@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_narrow_terminal_keeps_intervals_and_says_below_where_claims_turn(
    tmp_path: Path, width: int, lang: Lang
) -> None:
    skeleton.write(tmp_path / "small")
    found = claims_of(planned_claims(load(tmp_path / "small"), worlds=32))
    _, grid, *below = claims_said(found, load(tmp_path / "small"), lang, width)
    stream = StringIO()
    Console(file=stream, width=width).print(grid)
    bounds = [share_bounds(test, lang)[1].replace(" ", "\N{NO-BREAK SPACE}") for test in found.tests]
    assert all(f"({within})" in stream.getvalue() for within in bounds if within)
    turning = [test.claim.id for test in found.tests if test.flips]
    said = [str(line) for line in below if str(line).split(":")[0].split()[0] in turning]
    assert len(said) == (len(turning) if width == 80 else 0)
    assert turning


def test_lists_are_read_with_commas_and_given_several_times() -> None:
    assert listed(None, "--claims") is None
    assert listed(["M4, M7", "M4,,M1"], "--claims") == ["M4", "M7", "M1"]
    assert amounts_listed(["10억,100억,1000억,1조"]) == ["10억", "100억", "1000억", "1조"]
    assert amounts_listed(["1000, 2000", "3bn KRW"]) == ["1000", "2000", "3bn KRW"]
    assert amounts_listed(["1000,2000"]) == ["1000", "2000"]
    for empty in ([","], [""]):
        with pytest.raises(InputError) as caught:
            listed(empty, "--claims")
        assert "--claims" in caught.value.text("en")
    with pytest.raises(InputError) as caught:
        amounts_listed(["1,200억", "3,000", "5억"])
    assert [problem.found for problem in caught.value.problems] == ["1,200억", "3,000"]
