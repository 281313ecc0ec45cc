"""What could be awarded, and the rules as linear constraints on it."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from tests.unit.call_cases import APPLICATIONS, CALL, adding, call_of, laid_out, scenario_of

from majung.scenario.call import Options, Row, options_of
from majung.scenario.call.judging.judge import judge

ONE = '[call]\ntitle = "c"\nquarters = ["2024Q3"]\nsteps = [1.0]\n'


def rule(kind: str, keys: str = "", *, id: str = "r") -> str:
    return f'[[rule]]\nid = "{id}"\nkind = "{kind}"\n{keys}\n'


def rows(path: Path, rules: str, applications: str = APPLICATIONS, call: str = ONE) -> tuple[Options, list[Row]]:
    options, found = laid_out(scenario_of(path, rules, applications, call=call))
    return options, [row for row in found if row.rule != "budget"]


def test_options_are_steps_by_instrument_and_quarter(tmp_path: Path) -> None:
    options, _ = laid_out(scenario_of(tmp_path))
    first = options.application == 0
    assert list(zip(options.instrument[first], options.amount[first], options.quarter[first], strict=True)) == [
        (instrument, amount, quarter) for instrument in (0, 1) for amount in (100, 250, 400) for quarter in (1, 2)
    ]
    assert options.amount[options.application == 1].tolist() == [300, 300]
    assert not options.amount.flags.writeable


def test_options_are_cut_to_the_ceiling_and_in_whole_won(tmp_path: Path) -> None:
    options, _ = laid_out(scenario_of(tmp_path, rule("cap", 'per = "award"\namount = "2.5억"')))
    assert sorted(set(options.amount[options.application == 0].tolist())) == [100, 250]
    text = APPLICATIONS.replace("4,1,80,70", '"4.00000001","1.00000000",80,70')
    odd, _ = laid_out(scenario_of(tmp_path, "", text, call=ONE.replace("[1.0]", "[0.0, 0.333, 1.0]")))
    assert odd.amount[odd.application == 0].tolist() == [100, 199.9, 400.000001] * 2


def test_options_do_not_depend_on_the_order_of_rows(tmp_path: Path) -> None:
    header, *lines = APPLICATIONS.splitlines()
    one = scenario_of(tmp_path)
    other = scenario_of(tmp_path, "", "\n".join([header, *lines[::-1]]))
    a, b = (options_of(call_of(s), judge(call_of(s), s)) for s in (one, other))
    ids = [call_of(s).applications.id[o.application].tolist() for s, o in ((one, a), (other, b))]
    assert ids[0] == ids[1]
    np.testing.assert_array_equal(a.amount, b.amount)


def test_an_application_that_is_not_eligible_changes_nothing(tmp_path: Path) -> None:
    rules = (
        rule("score", "least = 50", id="score")
        + rule("floor", 'share = 0.5\nclass = "small"', id="floor")
        + rule("quota", 'most_share = 0.5\nregion = "Seoul"', id="quota")
        + rule("cap", 'per = "firm"\namount = "3억"', id="cap")
        + rule("once", "most = 1", id="once")
    )
    options, without = rows(tmp_path, rules)
    more, beside = rows(tmp_path, rules, APPLICATIONS + "a7,s2,service,purchase,5,1,10,20,Seoul,plan,J58,,\n")
    np.testing.assert_array_equal(more.application, options.application)
    for one, other in zip(without, beside, strict=True):
        assert (one.rule, one.low, one.high) == (other.rule, other.low, other.high)
        np.testing.assert_array_equal(one.coefficients, other.coefficients)


def test_nobody_eligible_leaves_nothing(tmp_path: Path) -> None:
    options, found = laid_out(scenario_of(tmp_path, rule("score", "least = 100")))
    assert (len(options), found) == (0, ())


def test_budgets(tmp_path: Path) -> None:
    part = rule("budget", 'amount = "5억"\ninstrument = "purchase"\nyear = 2024')
    late = rule("budget", 'amount = "7억"\nquarter = "2025Q1"', id="late")
    options, found = rows(tmp_path, part + late, call=ONE.replace('"2024Q3"', '"2024Q3", "2025Q1"'))
    (first, second) = found
    np.testing.assert_array_equal(
        first.coefficients, np.where((options.instrument == 1) & (options.quarter == 1), options.amount, 0)
    )
    assert (first.low, first.high, first.measure) == (-math.inf, 500, "money")
    np.testing.assert_array_equal(second.coefficients > 0, options.quarter == 3)


def test_rules_that_no_option_can_touch_have_no_row(tmp_path: Path) -> None:
    untouched = rule("budget", 'amount = "5억"\nquarter = "2025Q1"') + rule(
        "winners", 'max = 1\nregion = "Jeju"', id="w"
    )
    assert rows(tmp_path, untouched)[1] == []
    demanded = rule("quota", 'least = 1\nregion = "Jeju"')
    (row,) = rows(tmp_path, demanded)[1]
    assert (row.coefficients.any(), row.low) == (False, 1)


def test_caps_have_a_row_for_each_that_could_go_beyond(tmp_path: Path) -> None:
    text = APPLICATIONS.replace("a2,v2,service", "a2,l1,service").replace("a3,v4,model", "a3,l1,model")
    options, found = rows(tmp_path, rule("cap", 'per = "firm"\namount = "10억"'), text)
    (row,) = found
    np.testing.assert_array_equal(row.coefficients > 0, np.isin(options.application, [1, 2, 5]))
    _, regions = rows(tmp_path, rule("cap", 'per = "region"\nshare = 0.5\nof = "budget"'))
    assert [row.high for row in regions] == [1000]
    _, technologies = rows(tmp_path, rule("cap", 'per = "technology"\nshare = 0.4'))
    assert len(technologies) == 3
    assert {row.high for row in technologies} == {0}
    (service,) = (row for row in technologies if row.coefficients[0] > 0)
    assert service.coefficients[0] == pytest.approx(400 * 0.6)
    assert service.coefficients[-1] == pytest.approx(-900 * 0.4)


def test_floors_and_quotas(tmp_path: Path) -> None:
    options, (row,) = rows(tmp_path, rule("floor", 'share = 0.6\nclass = "sme"\namong = {instrument = "purchase"}'))
    small = np.isin(options.application, [0, 1, 2, 3])
    bought = options.instrument == 1
    np.testing.assert_allclose(row.coefficients, np.where(bought, options.amount * (small - 0.6), 0))
    assert (row.low, row.high, row.measure) == (0, math.inf, "money")
    _, (least,) = rows(tmp_path, rule("floor", 'amount = "3억"\nregion = "Busan"'))
    assert (least.low, least.measure) == (300, "money")
    _, (winners,) = rows(tmp_path, rule("floor", 'share = 0.5\nmeasure = "winners"\nregion = "Busan"'))
    assert set(winners.coefficients) == {0.5, -0.5}
    assert winners.measure == "count"
    _, quotas = rows(tmp_path, rule("quota", 'least = 1\nmost = 2\nmost_share = 0.5\nregion = "Seoul"'))
    assert [(row.low, row.high) for row in quotas] == [(1, 2), (-math.inf, 0)]


def test_forced_in(tmp_path: Path) -> None:
    options, found = rows(tmp_path, rule("force_in", 'applications = ["a1"]\nfirms = ["l1"]\nreason = "pledge"'))
    assert [row.low for row in found] == [1, 1]
    np.testing.assert_array_equal(found[1].coefficients > 0, options.application == 5)
    turned_down = rule("force_in", 'applications = "a1"') + rule("force_out", 'applications = "a1"', id="out")
    (row,) = rows(tmp_path, turned_down)[1]
    assert not row.coefficients.any()


def test_once(tmp_path: Path) -> None:
    text = adding("purpose", a1="voice", a2="voice", a3="sight").replace("a2,v2,service", "a2,l1,service")
    text = text.replace("a3,v4,model", "a3,l1,model").replace(
        "a6,l1,chip,subsidy,9,9,99,98,Seoul,plan,,,,", "a6,l1,chip,subsidy,9,9,99,98,Seoul,plan,,,,voice"
    )
    options, found = rows(tmp_path, rule("once", "most = 2"), text)
    assert [row.high for row in found] == [1, 2]
    np.testing.assert_array_equal(found[0].coefficients > 0, np.isin(options.application, [1, 5]))
    np.testing.assert_array_equal(found[1].coefficients > 0, np.isin(options.application, [1, 2, 5]))


def test_purchase_targets_have_their_own_denominators(tmp_path: Path) -> None:
    text = adding("product", a1="goods; technology", a2="goods", a5="goods")
    rules = (
        '[[rule]]\nlaw = "kr-purchase-sme"\nother = "100억"\nother_counted = "45억"\n'
        '[[rule]]\nlaw = "kr-purchase-technology"\n'
        '[[rule]]\nlaw = "kr-purchase-startup"\n'
    )
    options, found = rows(tmp_path, rules, text)
    sme, technology, startup = found
    bought = options.instrument == 1
    small = np.isin(options.application, [0, 1])
    np.testing.assert_allclose(sme.coefficients, np.where(bought, options.amount * (small - 0.5), 0))
    assert sme.low == 500
    goods = bought & small
    np.testing.assert_allclose(
        technology.coefficients, np.where(goods, options.amount * ((options.application == 0) - 0.1), 0)
    )
    np.testing.assert_allclose(startup.coefficients, np.where(bought, -0.08 * options.amount, 0))
    assert CALL.startswith("[call]")
