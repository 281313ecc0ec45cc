"""``majung takeoff``, from the table to what is printed and written."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.unit.takeoff_data import VCR, steps, unsaid, verdict

from majung.cli.commands import evidence
from majung.cli.main import exit_code
from majung.cli.said import progress
from majung.cli.said.verdicts import as_json
from majung.evidence.takeoff import RULES, STAGES
from majung.messages import LANGUAGES, Lang, catalogue

FAST = ("--bootstrap", "20", "--threads", "2")
FITS = {"model", "estimator", "se", "low", "high", "aicc", "converged", "warnings", "at_bound", "rolling_error"}


def table(folder: Path, series: dict[str, Sequence[float]], first: int = 1979, name: str = "series.csv") -> Path:
    lines = ["id,name,date,value,unit,kind"]
    for key, values in series.items():
        lines += [f"{key},[b]{key}[/b],{first + place},{v:g},units,per_period" for place, v in enumerate(values)]
    path = folder / name
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.fixture
def vcr(tmp_path: Path) -> Path:
    return table(tmp_path, {"vcr": VCR})


def said(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    code = exit_code(["takeoff", *map(str, arguments)])
    out, err = capsys.readouterr()
    return code, out, err


def listed(capsys: pytest.CaptureFixture[str], *arguments: object) -> Any:
    code, out, err = said(capsys, *arguments, *FAST, "--json")
    assert code == 0, err
    return json.loads(out)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_terminal_says_stage_odds_date_and_record(
    vcr: Path, capsys: pytest.CaptureFixture[str], lang: Lang
) -> None:
    code, out, err = said(capsys, vcr, *FAST, "--lang", lang)
    assert code == 0, err
    words = catalogue(lang)
    for rule in RULES:
        assert words[f"report.takeoff.rule.{rule}"] in out
    assert any(words[f"report.takeoff.stage.{stage}"] in out for stage in STAGES)
    # A name with brackets is a name, not a style.
    assert "[b]vcr[/b]" in out
    assert words["report.takeoff.column.false_alarm_rate"] in out
    assert "%" in out


def test_json_is_the_list_that_others_build_on(vcr: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (found,) = listed(capsys, vcr, "--as-of", "1987-06-30")
    assert (found["series"], found["as_of"], found["n"]) == ("vcr", "1987-06-30", 8)
    assert found["stage"] in STAGES
    assert list(found["stage_probabilities"]) == list(STAGES)
    assert sum(found["stage_probabilities"].values()) == pytest.approx(1)
    assert {"date", "low", "high", "probability", "rule"} <= found["takeoff"].keys()
    assert 0 <= found["takeoff"]["probability"] <= 1
    assert list(found["rules"]) == list(RULES)
    for reading in found["rules"].values():
        assert {"date", "false_alarm_rate", "median_delay"} <= reading.keys()
    for fit in found["fits"]:
        assert fit.keys() >= FITS
    bass = next(fit for fit in found["fits"] if fit["model"] == "bass")
    assert {"p", "q", "m"} <= bass.keys()
    assert bass["se"].keys() == bass["low"].keys() == bass["high"].keys() == {"m", "p", "q"}
    assert found["peak"] is None or found["peak"].keys() == {"date", "low", "high"}
    assert found["best_model"] is None or found["best_model"] in {fit["model"] for fit in found["fits"]}
    assert "replay" not in found


def test_json_says_of_every_series_of_the_example_what_it_says_of_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Also of a take-off within the data, and of shares that begin late."""
    place = Path(__file__).parents[2] / "examples" / "was-ai-taking-off"
    code, out, err = said(capsys, place, "--as-of", "2024-04-29", "--bootstrap", "0", "--json", "--quiet")
    assert code == 0, err
    found = {one["series"]: one for one in json.loads(out)}
    assert found["nvidia-data-centre"]["takeoff"]["before_data"] is False
    assert len({frozenset(one) for one in found.values()}) == 1
    assert all(one["stage"] is not None or one["reason"] for one in found.values())


def test_what_is_known_later_changes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folders = [tmp_path / name for name in ("all", "then")]
    for folder, values in zip(folders, (VCR, VCR[:7]), strict=True):
        folder.mkdir()
        table(folder, {"vcr": values})
    whole, then = (listed(capsys, folder, "--as-of", "1985-12-31", "--replay") for folder in folders)
    assert whole == then


def test_only_the_series_that_are_asked_for(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = table(tmp_path, {"a": VCR, "b": VCR[::-1], "c": VCR})
    assert [one["series"] for one in listed(capsys, file, "--series", "c", "--series", "a")] == ["a", "c"]
    code, _, err = said(capsys, file, "--series", "d", "--series", "videos")
    assert code == 2
    assert "no series 'd' among the 3" in err
    assert "'videos'" in err


def test_options_reach_what_they_are_of(vcr: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (found,) = listed(capsys, vcr, "--market", "70000", "--rule", "penetration", "--unit", "thousand", "--seed", "5")
    assert found["takeoff"]["rule"] == "penetration"
    assert found["takeoff"]["date"] == found["rules"]["penetration"]["date"] is not None
    assert found["unit"] == "thousand"
    bass = next(fit for fit in found["fits"] if fit["model"] == "bass")
    assert bass["m"] <= 70000
    (other,) = listed(capsys, vcr, "--market", "70000", "--rule", "penetration", "--unit", "thousand", "--seed", "6")
    assert other["fits"][0]["low"] != found["fits"][0]["low"]
    (level,) = listed(capsys, vcr, "--kind", "level")
    assert level["kind"] == "level"


def test_a_replay_tells_of_each_day(vcr: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (found,) = listed(capsys, vcr, "--replay")
    days = [step["day"] for step in found["replay"]]
    assert days == sorted(days)
    assert days[-1] == "1988-12-31"
    assert all(list(step["rules"]) == list(RULES) for step in found["replay"])
    assert found["hindsight"].keys() == set(RULES)
    code, out, _ = said(capsys, vcr, *FAST, "--replay")
    assert code == 0
    assert catalogue("en")["report.takeoff.column.years_after"] in out


def test_a_report_is_written_where_it_is_asked_for(
    vcr: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "new" / "page.html"
    code, out, err = said(capsys, vcr, *FAST, "--as-of", "1986-03-01", "--replay", "--out", page, "--quiet")
    assert (code, out) == (0, f"{page}\n"), err
    written = page.read_text(encoding="utf-8")
    assert "1 March 1986" in written
    assert "series.csv" in written
    assert {path.name for path in (page.parent / "figures").iterdir()} == {
        f"series-1{part}.{kind}" for part in ("", "-replay") for kind in ("svg", "png")
    }
    assert [path.name for path in page.parent.iterdir() if path.name.startswith(".")] == []


def test_json_and_a_report_leave_stdout_to_the_list(
    vcr: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "page.html"
    code, out, err = said(capsys, vcr, *FAST, "--json", "--out", page)
    assert code == 0
    assert json.loads(out)[0]["series"] == "vcr"
    assert str(page) in err


def test_a_folder_stands_for_its_series(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = said(capsys, tmp_path)
    assert code == 2
    assert "series.csv, series.xlsx, series.parquet" in err
    table(tmp_path, {"vcr": VCR})
    assert listed(capsys, tmp_path)[0]["series"] == "vcr"
    (tmp_path / "series.xlsx").write_bytes(b"")
    code, _, err = said(capsys, tmp_path)
    assert code == 2
    assert "also in series.xlsx" in err


def test_what_cannot_be_written_is_said_before_the_work(
    vcr: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evidence, "_judged", lambda *_: pytest.fail("work was begun"))
    assert said(capsys, vcr, "--out", tmp_path)[0] == 2
    code, _, err = said(capsys, vcr, "--out", vcr / "report.html")
    assert code == 2
    assert "cannot write here" in err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--as-of", "2024-13-01"), "--as-of: '2024-13-01' is not a date"),
        (("--rule", "treshold"), "Did you mean 'threshold'?"),
        (("--kind", "levle"), "Did you mean 'level'?"),
        (("--market", "-3"), "-3"),
        (("--bootstrap", "-1"), "-1"),
        (("--as-of", "1950-01-01"), "no value was known on that day"),
    ],
)
def test_bad_options_are_problems(
    vcr: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], words: str
) -> None:
    code, out, err = said(capsys, vcr, *arguments)
    assert (code, out) == (2, "")
    assert words in err


def test_one_that_cannot_be_judged_has_its_reason_and_the_others_their_verdict(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = table(tmp_path, {"vcr": VCR, "one": VCR[:1], "same": [5.0] * 9})
    found = {one["series"]: one for one in listed(capsys, file)}
    assert found["vcr"]["stage"] is not None
    for key in ("one", "same"):
        assert found[key]["stage"] is None
        assert found[key]["reason"]
    code, out, _ = said(capsys, file, *FAST)
    assert code == 0
    assert found["same"]["reason"] in " ".join(out.split())


def test_of_many_series_the_rules_are_tallied_and_progress_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rng = np.random.default_rng(4)
    file = table(tmp_path, {f"s{number}": np.array(VCR) * rng.uniform(0.9, 1.1, 10) for number in range(20)})
    code, out, err = said(capsys, file, *FAST, "--replay")
    assert code == 0
    assert "of 20 series" in out
    assert "medians of the series" in out
    assert "replaying: 20 of 20 (100 %)" in err
    assert "fitting: " in err
    assert "left" in err
    assert "warnings on the series" in err


def test_progress_names_its_work_and_tells_the_time_left(capsys: pytest.CaptureFixture[str]) -> None:
    from majung.cli.said.speaker import console

    with progress.shown(console(to_stderr=True), "en", "cli.takeoff.replaying") as show:
        for step in range(1, 11):
            show(progress.Steps(step, 10))
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 10
    assert lines[4].startswith("replaying: 5 of 10 (50 %), 0:0")


def test_numbers_that_do_not_exist_are_null() -> None:
    found = as_json([verdict(), unsaid()], {"vcr": steps()}, "en")
    text = json.dumps(found, allow_nan=False)
    good, poor = found[0]["fits"]
    assert good["high"]["q"] is None
    assert poor["aicc"] is None
    assert found[0]["replay"][0]["day"] == "1981-12-31"
    assert found[1]["replay"] == []
    assert found[1]["peak"] is None
    assert "NaN" not in text


@pytest.mark.slow
@pytest.mark.parametrize("request_to_stop", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_stops_soon_and_leaves_no_report(tmp_path: Path, request_to_stop: signal.Signals) -> None:
    rng = np.random.default_rng(1)
    file = table(tmp_path, {f"s{number}": np.array(VCR) * rng.uniform(0.8, 1.2, 10) for number in range(400)})
    out = tmp_path / "out" / "report.html"
    command = [sys.executable, "-m", "majung", "takeoff", str(file), "--bootstrap", "2000", "--out", str(out)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        # By the first line on progress all is loaded, however busy the machine is.
        first = process.stderr.readline()
        assert process.poll() is None, first + process.stderr.read()
        process.send_signal(request_to_stop)
        asked = time.monotonic()
        printed, err = process.communicate(timeout=60)
    assert time.monotonic() - asked < 5
    assert process.returncode == 130
    assert "no report was written" in err
    assert not out.exists()
    assert printed == ""
