"""The parts of the command line that need no process of their own."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from typing import Any

import pytest
from rich.cells import cell_len
from rich.console import Console
from tests.unit.fake_market import market, small_scenario

from majung.cli.app import command
from majung.cli.commands.gathering import Gathering
from majung.cli.commands.running import read_settings
from majung.cli.said.progress import shown
from majung.cli.said.show import as_json, dumped, heading, ranking, table
from majung.cli.said.speaker import Speaker
from majung.decision import compare, summarise
from majung.ensemble import Progress, design
from majung.errors import InputError
from majung.messages import LANGUAGES, Lang
from majung.parameters import LocalText
from majung.report.page.sentences import headline
from majung.report.series import Results

INTERVAL = {"mean", "low", "high"}


@pytest.fixture(scope="module")
def dataset() -> Any:
    scenario = small_scenario()
    return compare(scenario, 20, paths=False, market=market(design(scenario).strategies))


@pytest.fixture(scope="module")
def one_world() -> Any:
    scenario = small_scenario()
    return compare(scenario, 1, paths=False, market=market(design(scenario).strategies))


def printed(content: object, width: int = 150) -> str:
    stream = io.StringIO()
    Console(file=stream, width=width).print(content)
    return stream.getvalue()


def results_of(dataset: Any) -> Results:
    return Results(dataset, small_scenario(), summarise(dataset))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_table_has_a_row_a_strategy_in_the_readers_language(dataset: Any, lang: Lang) -> None:
    summaries = summarise(dataset)
    shown_table = printed(table(results_of(dataset), lang))
    for summary in summaries:
        assert summary.title.text(lang) in shown_table
    assert ("기대 후회" in shown_table) == (lang == "ko")
    assert "시드" in heading(dataset, "억원", "ko")
    assert "20 paired worlds" in heading(dataset, "million KRW", "en")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_table_fits_a_narrow_terminal(dataset: Any, lang: Lang) -> None:
    lines = printed(table(results_of(dataset), lang), width=80).splitlines()
    assert max(map(cell_len, lines)) <= 80
    assert not [line for line in lines if "…" in line]


@pytest.mark.parametrize("width", [60, 80, 150])
@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_width_takes_the_intervals_away_and_the_headline_stands_above_them(
    dataset: Any, lang: Lang, width: int
) -> None:
    results = results_of(dataset)
    first, verdict, shown_table, note = ranking(results, lang, width)
    assert verdict == headline(results, lang).sentence + "."
    assert "20" in str(first)
    rows = printed(shown_table, width=width)
    assert rows.count("±") == 2 * (len(results.strategies) - 1)
    for word in ("net gain", "best in", "regret") if lang == "en" else ("순이득", "최선일 확률", "기대 후회"):
        in_table = all(part in rows for part in word.split())
        assert in_table == (word in str(note).lower()), word


def test_rows_are_in_the_order_of_the_net_gain_that_they_show(dataset: Any) -> None:
    results = results_of(dataset)
    gains = [row[1].plain.split(" ")[0].replace("−", "-").replace(",", "") for row in table(results, "en").rows]
    assert [float(gain) for gain in gains] == sorted(map(float, gains), reverse=True)
    assert gains[results.strategies.index(results.baseline)] == "0"


def test_a_comparison_without_intervals_prints(one_world: Any) -> None:
    said = [part if isinstance(part, str) else printed(part) for part in ranking(results_of(one_world), "en", 150)]
    assert "nan" not in "".join(said)
    assert "±" not in "".join(said)
    assert "a single world" in said[0]


def test_the_object_for_machines_has_the_promised_names(dataset: Any) -> None:
    seconds = {"load": 0.1, "compile": 0.0, "simulate": 1.23456, "report": 2.0}
    files = {"report": "r", "data": "d", "tables": "t"}
    result = as_json(dataset, summarise(dataset), lang="ko", workers=3, seconds=seconds, files=files)
    assert result["threads"] == 3
    assert list(result) == [
        "run_id", "majung_version", "scenario", "seed", "replications", "quarters", "lines", "threads", "seconds",
        "line_steps", "result_hash", "strategies", "files",
    ]  # fmt: skip
    assert result["scenario"] == {"id": "small", "title": "작은 보기"}
    assert result["line_steps"] == 30 * 24 * 20 * 5
    assert result["seconds"]["simulate"] == 1.235
    assert result["files"] == files
    nothing, *others = result["strategies"]
    assert nothing["additionality"] is None
    for strategy in (nothing, *others):
        assert list(strategy) == [
            "id", "title", "public_spent", "returned", "additionality", "private_domestic_sales", "difference",
            "probability_best", "expected_regret", "sme_share", "domestic_share", "live_ventures", "takeoff_quarter",
        ]  # fmt: skip
        assert strategy["difference"].keys() == strategy["private_domestic_sales"].keys() == INTERVAL
        assert strategy["takeoff_quarter"].keys() == {"service", "model", "chip"}
    assert all(strategy["additionality"].keys() == INTERVAL for strategy in others)
    json.dumps(result, allow_nan=False)


def test_what_does_not_exist_is_null_for_machines(one_world: Any) -> None:
    result = as_json(one_world, summarise(one_world), lang="en", workers=1, seconds={}, files={})
    assert result["strategies"][1]["difference"]["low"] is None


def test_settings_are_read_with_all_their_problems() -> None:
    gathering = Gathering()
    assert read_settings(["quality_weight=2.2", " markup.large = 0.4 "], gathering) == {
        "quality_weight": 2.2,
        "markup.large": 0.4,
    }
    assert gathering.problems == []
    assert read_settings(["quality_weight", "a=b", "c=1", "c=2", "=3"], gathering) == {"c": 1}
    assert [problem.key for problem in gathering.problems] == [
        "cli.set_form", "cli.set_number", "cli.set_twice", "cli.set_form",
    ]  # fmt: skip
    with pytest.raises(InputError):
        gathering.settle()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_command_and_option_is_explained_in_both_languages(lang: Lang) -> None:
    group = command(lang)
    for part in (group, *group.commands.values()):
        assert part.help
        assert not part.help.startswith("cli.")
        assert part.epilog
        for parameter in part.params:
            assert parameter.help, parameter.name
            assert not parameter.help.startswith("cli.")
    assert group.commands.keys() == {
        "new", "check", "run", "allocate", "claims", "explore", "search", "runs", "rerun", "verify", "rm", "export",
        "import", "takeoff", "learning",
    }  # fmt: skip


def test_progress_without_a_terminal_is_a_line_for_each_tenth() -> None:
    stream = io.StringIO()
    with shown(Console(file=stream, width=150), "en") as show:
        for done in range(1, 101):
            show(Progress(done, 100))
    lines = stream.getvalue().splitlines()
    assert len(lines) == 10
    assert lines[0].startswith("simulating: 10 of 100 (10 %), 0:")
    assert lines[-1].endswith("(100 %), 0:00 left")


def test_time_left_is_reckoned_from_what_was_simulated(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter([0.0, 10.0])
    monkeypatch.setattr("majung.cli.said.progress.time.monotonic", lambda: next(clock))
    stream = io.StringIO()
    with shown(Console(file=stream, width=150), "en") as show:
        # Ten in ten seconds; the eighty before them were in the store.
        show(Progress(90, 100, reused=80))
    assert stream.getvalue().strip().endswith("(90 %), 0:10 left")


def test_progress_goes_on_when_more_is_added() -> None:
    stream = io.StringIO()
    with shown(Console(file=stream, width=150), "en") as show:
        for done, total in ((64, 64), (80, 128), (128, 128)):
            show(Progress(done, total))
    assert [line.partition(",")[0] for line in stream.getvalue().splitlines()] == [
        "simulating: 64 of 64 (100 %)", "simulating: 80 of 128 (62 %)", "simulating: 128 of 128 (100 %)",
    ]  # fmt: skip


def said_of(so_far: Progress, dataset: Any, capsys: pytest.CaptureFixture[str], *, quiet: bool = False) -> str:
    Speaker("en", quiet=quiet, for_machines=False).simulated(dataset, so_far)
    captured = capsys.readouterr()
    assert captured.out == ""
    return captured.err


def test_what_the_store_had_is_said_and_damage_even_to_those_who_want_quiet(
    dataset: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    assert said_of(Progress(100, 100), dataset, capsys) == ""
    found = said_of(Progress(2_000, 2_000, reused=1_200, damaged=2), dataset, capsys)
    assert "1,200 of 2,000 replications were in the store" in found
    assert "computed again: 2" in found
    quiet = said_of(Progress(2_000, 2_000, reused=1_200, damaged=2), dataset, capsys, quiet=True)
    assert "computed again: 2" in quiet
    assert "were in the store" not in quiet


def test_progress_in_a_terminal_is_a_bar() -> None:
    stream = io.StringIO()
    with shown(Console(file=stream, width=100, force_terminal=True), "ko") as show:
        show(Progress(50, 100))
    assert "모의실험" in stream.getvalue()


def test_a_title_in_one_language_is_used_in_both() -> None:
    scenario = replace(small_scenario(), title=LocalText(ko="작은 보기"))
    dataset = compare(scenario, 20, paths=False, market=market(design(scenario).strategies))
    assert heading(dataset, "million KRW", "en").startswith("작은 보기, ")
    result = as_json(dataset, summarise(dataset), lang="en", workers=1, seconds={}, files={})
    assert result["scenario"]["title"] == "작은 보기"


def test_a_reader_that_leaves_the_table_is_told_apart_from_a_bug(dataset: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    class Left(io.StringIO):
        def write(self, _: str) -> int:
            raise BrokenPipeError

    monkeypatch.setattr("sys.stdout", Left())
    said = ranking(results_of(dataset), "en", 150)
    with pytest.raises(BrokenPipeError):
        Speaker("en", quiet=False, for_machines=False).done(said, "report.html")


@pytest.mark.parametrize(("encoding", "kept"), [("utf-8", True), ("UTF8", True), (None, True), ("euc-kr", False)])
def test_json_is_escaped_where_the_stream_is_not_in_utf8(encoding: str | None, kept: bool) -> None:
    printed = dumped({"title": "전략 – 😀"}, encoding)
    assert json.loads(printed) == {"title": "전략 – 😀"}
    assert printed.isascii() != kept
