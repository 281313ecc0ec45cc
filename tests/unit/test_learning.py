"""Learning curves: from a table of costs and output to rates in a scenario."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from majung.cli.main import exit_code
from majung.errors import InputError
from majung.evidence.learning import learning_curve, learning_curves, learning_rate, scenario_rates, write_rates
from majung.evidence.learning.curve import decimal_years
from majung.messages import LANGUAGES, Lang
from majung.scenario import load

HEADER = "id,date,cost,cumulative_output,published\n"


def costs(rate: float, periods: int = 20, noise: float = 0.02, seed: int = 1, growth: float = 0.4) -> pd.DataFrame:
    """Costs along a learning curve, with shocks that stay."""
    rng = np.random.default_rng(seed)
    output = np.exp(np.cumsum(rng.uniform(0.5, 1.5, periods) * growth))
    cost = 100 * output ** np.log2(1 - rate) * np.exp(np.cumsum(noise * rng.standard_normal(periods)))
    return pd.DataFrame({"id": "cells", "year": 2000 + np.arange(periods), "cost": cost, "cumulative_output": output})


def table(folder: Path, text: str, name: str = "costs.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def problems_of(folder: Path, text: str) -> str:
    with pytest.raises(InputError) as caught:
        learning_curves(table(folder, text))
    assert caught.value.text("en") != caught.value.text("ko")
    return caught.value.text("en")


def test_a_rate_is_the_fall_at_a_doubling() -> None:
    assert learning_rate(np.log2(1 / 0.8)) == pytest.approx(0.2)


def test_without_noise_the_rate_is_the_true_one() -> None:
    (curve,) = learning_curves(costs(0.2, noise=0.0))
    assert curve.rate is not None
    assert curve.rate.estimate == pytest.approx(0.2, abs=1e-6)
    assert curve.rate.high - curve.rate.low < 1e-6


def test_scale_and_unit_do_not_matter() -> None:
    frame = costs(0.2)
    (plain,) = learning_curves(frame)
    (scaled,) = learning_curves(frame.assign(cost=frame.cost * 1e-6, cumulative_output=frame.cumulative_output * 1e9))
    assert plain.rate is not None
    assert scaled.rate is not None
    assert scaled.rate.estimate == pytest.approx(plain.rate.estimate, abs=1e-9)


def test_a_break_is_found_and_dated() -> None:
    first = costs(0.02, periods=15, noise=0.01)
    later = costs(0.3, periods=15, noise=0.01, seed=2)
    output = np.concatenate([first.cumulative_output, first.cumulative_output.iloc[-1] * later.cumulative_output])
    cost = np.concatenate([first.cost, first.cost.iloc[-1] * later.cost / 100])
    frame = pd.DataFrame({"year": 1990 + np.arange(30), "cost": cost, "cumulative_output": output})
    (curve,) = learning_curves(frame)
    assert curve.breaks is not None
    assert curve.breaks.probability > 0.95
    before, after = curve.regimes
    assert before.end.year == pytest.approx(2004, abs=1)
    assert before.rate.high < after.rate.low
    assert any("bends" in str(warning) for warning in curve.warnings)


def test_output_of_periods_is_added_up_from_what_was_made_before() -> None:
    made = 10 * 1.25 ** np.arange(15)
    earlier = 10 / 0.25
    total = earlier + np.cumsum(made)
    frame = pd.DataFrame({"year": 2000 + np.arange(15), "cost": total ** np.log2(0.8), "output": made})
    (curve,) = learning_curves(frame)
    assert curve.rate is not None
    assert curve.rate.estimate == pytest.approx(0.2, abs=1e-6)
    assert curve.earlier_output is not None
    assert curve.earlier_output.amount == pytest.approx(earlier)
    assert curve.earlier_output.rate_if_half < 0.2 < curve.earlier_output.rate_if_double
    assert "with half of it" in str(curve.warnings[0])
    (given,) = learning_curves(frame.assign(earlier_output=earlier))
    assert given.earlier_output is None
    assert given.output == pytest.approx(curve.output)


def test_a_missing_period_counts_as_the_mean_of_its_neighbours() -> None:
    frame = pd.DataFrame({"year": 2000 + np.arange(8), "cost": np.geomspace(9, 3, 8), "output": np.arange(1.0, 9.0)})
    whole, (gap,) = learning_curves(frame), learning_curves(frame.drop(index=4))
    assert gap.output == pytest.approx(np.delete(whole[0].output, 4))
    assert [str(w) for w in gap.warnings if "missing around 2004" in str(w)]


def test_output_that_does_not_grow_needs_what_was_made_before() -> None:
    frame = pd.DataFrame({"year": 2000 + np.arange(8), "cost": np.geomspace(9, 3, 8), "output": 5.0})
    (curve,) = learning_curves(frame)
    assert curve.rate is None
    assert "earlier_output" in str(curve.reason)
    (given,) = learning_curves(frame.assign(earlier_output=20.0))
    assert given.rate is not None


def test_what_became_known_later_plays_no_part() -> None:
    frame = costs(0.2).assign(published=[f"{2001 + k}-03-01" for k in range(20)])
    revised = frame.iloc[[5]].assign(cost=1e3, published="2030-01-01")
    (then,) = learning_curves(pd.concat([frame, revised]).sort_values(["year", "published"]), "2012-06-30")
    (plain,) = learning_curves(frame.iloc[:12])
    assert then.rate == plain.rate
    assert any("9 figures were not known on 2012-06-30" in str(warning) for warning in then.warnings)
    (now,) = learning_curves(pd.concat([frame, revised]).sort_values(["year", "published"]))
    assert any("revised" in str(warning) for warning in now.warnings)
    assert now.cost[5] == 1e3


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("a,2020,5,1\n", "1 observations; a learning rate needs 4"),
        ("a,2020,5,1\na,2021,5,2\na,2022,5,3\na,2023,5,4\n", "unit cost is 5 in every period"),
        ("a,2020,5,1\na,2021,4,1\na,2022,3,1\na,2023,2,1\n", "cumulative output does not grow"),
    ],
)
def test_where_nothing_can_be_said_the_reason_is(tmp_path: Path, rows: str, said: str) -> None:
    (curve,) = learning_curves(table(tmp_path, HEADER + rows.replace("\n", ",\n")))
    assert curve.rate is None
    assert said in str(curve.reason)
    with pytest.raises(ValueError, match="a: "):
        curve.forecast([5.0], ["2030-12-31"])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (HEADER + "a,2021,5,1,\na,2020,4,2,\n", "row 3, column date: 2020 comes after 2021"),
        (HEADER + "a,2020,5,1,\na,2020,4,2,\n", "row 3, column date: the series 'a' already has 2020"),
        (HEADER + "a,2020,many,1,\n", "row 2, column cost: 'many' is not a number"),
        (HEADER + "a,2020,0,1,\n", "row 2, column cost: '0' is not a unit cost above 0"),
        (HEADER + "a,2020,5,-1,\n", "row 2, column cumulative_output: '-1' is not a cumulative output above 0"),
        (HEADER + "a,2020,5,3,\na,2021,4,2,\n", "row 3, column cumulative_output: cumulative output cannot fall"),
        ("date,cost,output\n2020,5,-1\n", "row 2, column output: '-1' is negative"),
        ("date,cost\n2020,5\n", "needs one column of output"),
        ("date,cost,output,cumulative_output\n2020,5,1,1\n", "needs one column of output"),
        ("date,output\n2020,5\n", "the column 'cost' is missing"),
        ("date,cost,output,publishd\n2020,5,1,\n", "Did you mean 'published'?"),
        ("date,cost,price,output\n2020,5,1,1\n", "both mean 'cost'"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(tmp_path: Path, text: str, said: str) -> None:
    assert said in problems_of(tmp_path, text)


def test_everything_wrong_is_said_at_once(tmp_path: Path) -> None:
    said = problems_of(tmp_path, HEADER + "a,2020,x,1,\na,2019,4,0,\nb,20-20,4,0,\n")
    assert len(said.splitlines()) == 6


def test_arrays_must_be_alike_and_positive() -> None:
    ends = np.array(["2020-12-31", "2021-12-31"], dtype="datetime64[D]")
    with pytest.raises(ValueError, match="must be alike"):
        learning_curve([1.0], [1.0, 2.0], ends)
    with pytest.raises(ValueError, match="above 0"):
        learning_curve([1.0, -1.0], [1.0, 2.0], ends)
    with pytest.raises(ValueError, match="must not fall"):
        learning_curve([1.0, 1.0], [2.0, 1.0], ends)


def test_forecasts_follow_the_curve_and_widen() -> None:
    (curve,) = learning_curves(costs(0.2, noise=0.05))
    last = curve.output[-1]
    ahead = curve.forecast([2 * last, 4 * last], ["2022-12-31", "2025-12-31"])
    middle = ahead.cost[2] / curve.cost[-1]
    assert middle == pytest.approx([0.8, 0.64], rel=0.12)
    spread = np.log(ahead.cost[4] / ahead.cost[0])
    assert spread[1] > spread[0]
    doubled = curve.next_doubling()
    assert doubled is not None
    assert doubled.output[0] == pytest.approx(2 * last)
    assert decimal_years(doubled.ends)[0] > curve.years[-1]
    with pytest.raises(ValueError, match="at least the last observation"):
        curve.forecast([last / 2], ["2025-12-31"])


def scenario(folder: Path) -> Path:
    assert exit_code(["new", str(folder / "mine")]) == 0
    return folder / "mine"


def test_rates_go_into_a_scenario_and_nothing_else_changes(tmp_path: Path) -> None:
    place = scenario(tmp_path)
    before = load(place).technologies
    (curve,) = learning_curves(costs(0.31).assign(id="service"))
    written = write_rates([curve], place / "technologies.csv")
    after = load(place).technologies
    assert curve.rate is not None
    assert written == scenario_rates([curve]) == {"service": round(curve.rate.estimate, 3)}
    here = list(after.id).index("service")
    assert after.learning_rate[here] == pytest.approx(written["service"])
    assert np.delete(after.learning_rate, here) == pytest.approx(np.delete(before.learning_rate, here))
    assert list(after.research_cost) == list(before.research_cost)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp949"])
def test_a_table_keeps_its_encoding_ends_of_lines_and_unit(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "technologies.csv"
    path.write_bytes('식별자,이름,학습률 [%]\r\ncells,"전지, 셀",\r\nrest,나머지,12\r\n'.encode(encoding))
    (curve,) = learning_curves(costs(0.2, noise=0.0))
    write_rates([curve], path)
    assert path.read_bytes() == '식별자,이름,학습률 [%]\r\ncells,"전지, 셀",20\r\nrest,나머지,12\r\n'.encode(encoding)


def test_a_table_without_the_column_gets_one(tmp_path: Path) -> None:
    path = table(tmp_path, "id,name_en\ncells,Cells\nrest,Rest\n", "technologies.csv")
    write_rates(learning_curves(costs(0.2, noise=0.0)), path)
    assert path.read_text(encoding="utf-8") == "id,name_en,learning_rate\ncells,Cells,0.2\nrest,Rest,\n"


def test_costs_that_rise_give_no_rate_to_a_scenario(tmp_path: Path) -> None:
    curves = learning_curves(costs(-0.2))
    assert scenario_rates(curves) == {}
    path = table(tmp_path, "id\ncells\n", "technologies.csv")
    with pytest.raises(InputError, match="none of the technologies"):
        write_rates(curves, path)
    assert path.read_text(encoding="utf-8") == "id\ncells\n"
    for wrong in (tmp_path / "none.csv", table(tmp_path, "name\ncells\n", "nameless.csv")):
        with pytest.raises(InputError):
            write_rates(curves, wrong)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_command_says_rates_and_writes_them(tmp_path: Path, capsys: pytest.CaptureFixture[str], lang: Lang) -> None:
    place = scenario(tmp_path)
    path = tmp_path / "costs.csv"
    pd.concat([costs(0.2, noise=0.0).assign(id="service"), costs(0.2, periods=2)]).to_csv(path, index=False)
    capsys.readouterr()
    assert exit_code(["learning", str(path), "--into", str(place), "--lang", lang]) == 0
    out, err = capsys.readouterr()
    assert "20.0\N{NO-BREAK SPACE}%" in out
    assert "service 0.2" in out
    assert "cells" in err
    assert exit_code(["learning", str(path), "--as-of", "2010-06-30", "--json", "--lang", lang]) == 0
    first, second = json.loads(capsys.readouterr().out)
    assert (first["technology"], first["n"], first["as_of"]) == ("service", 10, "2010-06-30")
    assert first["learning_rate"] == pytest.approx(0.2)
    assert set(first["rate"]) == {"estimate", "low", "high"}
    assert first["next_doubling"]["p05"] <= first["next_doubling"]["p95"]
    assert second["rate"] is None
    assert second["reason"]


def test_the_command_refuses_a_day_that_is_none(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = table(tmp_path, HEADER + "a,2020,5,1,\n")
    assert exit_code(["learning", str(path), "--as-of", "soon"]) == 2
    assert "--as-of" in capsys.readouterr().err
