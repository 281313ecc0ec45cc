"""A choice keeps every row exactly where a plain check of the rules, written apart from them, says that it may."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from majung.dims import INSTRUMENTS
from majung.scenario import Scenario, load, skeleton
from majung.scenario.call import judge, options_of, rows_of

FIRMS = {
    # id: class, lines, region
    "v1": ("sme", ("service",), "north"),
    "v2": ("sme", ("service",), "south"),
    "v4": ("sme", ("model",), "north"),
    "m1": ("mid", ("service",), "south"),
    "l1": ("large", ("service", "model", "chip"), "east"),
}
PAIRS = [(firm, technology) for firm, (_, lines, _) in FIRMS.items() for technology in lines]
SMALL = {"sme": {"sme"}, "mid": {"mid"}, "large": {"large"}}


@dataclass(frozen=True)
class Award:
    application: str
    firm: str
    technology: str
    region: str
    size: str
    purpose: str
    instrument: str
    amount: float
    year: int


amounts = st.integers(1, 9)
filters = st.fixed_dictionaries(
    {},
    optional={
        "instrument": st.lists(st.sampled_from(INSTRUMENTS), min_size=1, max_size=2, unique=True),
        "technology": st.lists(st.sampled_from(["service", "model", "chip"]), min_size=1, max_size=2, unique=True),
        "class": st.lists(st.sampled_from(["sme", "mid", "large"]), min_size=1, max_size=2, unique=True),
        "region": st.lists(st.sampled_from(["north", "south", "east"]), min_size=1, max_size=2, unique=True),
        "year": st.lists(st.sampled_from([2024, 2025]), min_size=1, max_size=1),
    },
)
# Eighths, so that no sum of shares is rounded.
shares = st.integers(0, 8).map(lambda eighths: eighths / 8)


def with_filter(kind: str, **keys: Any) -> st.SearchStrategy[dict[str, Any]]:
    return st.builds(lambda own, part: {"kind": kind, **part, **own}, st.fixed_dictionaries(keys), filters)


def ordered(low: str, high: str, values: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.tuples(values, values).map(lambda pair: {low: min(pair), high: max(pair)})


rules = st.one_of(
    with_filter("budget", amount=st.integers(0, 30)),
    with_filter("cap", per=st.sampled_from(["firm", "technology", "region"]), amount=st.integers(0, 15)),
    with_filter("cap", per=st.sampled_from(["firm", "technology", "region"]), share=shares),
    with_filter(
        "cap", per=st.sampled_from(["firm", "technology", "region"]), share=shares, of=st.just("budget")
    ),
    with_filter("floor", amount=st.integers(0, 10)),
    with_filter("floor", share=shares, measure=st.sampled_from(["money", "winners"]), among=filters),
    st.builds(lambda part, own: {"kind": "quota", **part, **own}, filters, ordered("least", "most", st.integers(0, 3))),
    st.builds(
        lambda part, own, measure, among: {"kind": "quota", **part, **own, "measure": measure, "among": among},
        filters, ordered("least_share", "most_share", shares), st.sampled_from(["money", "winners"]), filters,
    ),
    st.builds(lambda part, own: {"kind": "winners", **part, **own}, filters, ordered("min", "max", st.integers(0, 4))),
    st.fixed_dictionaries({"kind": st.just("once"), "purpose": st.booleans(), "most": st.integers(1, 3)}),
    st.fixed_dictionaries({"kind": st.just("force_in"), "firms": st.just(["l1"])}),
    st.builds(
        lambda share, other, counted: {
            "kind": "target", "class": ["sme"], "share": share, "other": other, "other_counted": min(other, counted),
        },
        shares, st.integers(0, 20), st.integers(0, 20),
    ),
)  # fmt: skip


@st.composite
def cases(draw: st.DrawFn) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    pairs = draw(st.lists(st.sampled_from(PAIRS), min_size=1, max_size=4, unique=True))
    applications = [
        {
            "id": f"a{place}",
            "firm": firm,
            "technology": technology,
            "instrument": draw(st.lists(st.sampled_from(INSTRUMENTS), min_size=1, max_size=2, unique=True)),
            "amount": draw(amounts),
            "purpose": draw(st.sampled_from(["p", "q"])),
        }
        for place, (firm, technology) in enumerate(pairs)
    ]
    return applications, draw(st.lists(rules, min_size=1, max_size=3))


def toml(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {toml(part)}" for key, part in value.items()) + "}"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    return f'"{value}"' if isinstance(value, str) else repr(value)


@pytest.fixture(scope="module")
def market(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("call") / "scenario"
    skeleton.write(path)
    (path / "strategies.toml").unlink()
    firms = "".join(f"{id},{size},100,10,20,{region}\n" for id, (size, _, region) in FIRMS.items())
    (path / "firms.csv").write_text(f"id,class,cash,overhead,staff,region\n{firms}", encoding="utf-8")
    lines = "".join(f"{firm},{technology},0.5,10\n" for firm, technology in PAIRS)
    (path / "lines.csv").write_text(f"firm,technology,quality,home_sales\n{lines}", encoding="utf-8")
    return path


def written(path: Path, applications: list[dict[str, Any]], rules: list[dict[str, Any]]) -> Scenario:
    rows = "".join(
        f"{a['id']},{a['firm']},{a['technology']},{';'.join(a['instrument'])},{a['amount']},50,{a['purpose']}\n"
        for a in applications
    )
    header = "id,firm,technology,instrument,amount,score,purpose\n"
    (path / "applications.csv").write_text(header + rows, encoding="utf-8")
    text = '[call]\ntitle = "c"\nquarters = ["2024Q4", "2025Q1"]\nsteps = [1.0]\n'
    entries = [{"kind": "budget", "amount": 20}, *rules]
    for place, entry in enumerate(entries):
        text += "[[rule]]\n" + "".join(
            f"{key} = {toml(value)}\n" for key, value in {"id": f"r{place}", **entry}.items()
        )
    (path / "rules.toml").write_text(text, encoding="utf-8")
    return load(path)


def names(part: dict[str, Any], award: Award) -> bool:
    return all(
        (
            award.instrument in part.get("instrument", [award.instrument]),
            award.technology in part.get("technology", [award.technology]),
            not part.get("class") or bool(SMALL[award.size] & set(part["class"])),
            award.region in part.get("region", [award.region]),
            award.year in part.get("year", [award.year]),
        )
    )


def money(awards: list[Award]) -> float:
    return sum(award.amount for award in awards)


def part_of(awards: list[Award], measure: str) -> float:
    return money(awards) if measure == "money" else len(awards)


def kept(rule: dict[str, Any], awards: list[Award], could_buy: bool, budget: float) -> bool:
    """Say whether awards keep a rule, as one would say it aloud."""
    named = [award for award in awards if names(rule, award)]
    kind = rule["kind"]
    if kind == "budget":
        return money(named) <= rule["amount"]
    if kind == "cap":
        limit = rule.get("amount")
        if limit is None:
            limit = rule["share"] * (budget if rule.get("of") == "budget" else money(named))
        groups = {getattr(award, rule["per"]) for award in named}
        return all(money([a for a in named if getattr(a, rule["per"]) == group]) <= limit for group in groups)
    if kind == "floor" and "amount" in rule:
        return money(named) >= rule["amount"]
    if kind == "winners":
        return rule["min"] <= len(named) <= rule["max"]
    if kind == "once":
        fine = True
        for firm in {award.firm for award in awards}:
            own = [award for award in awards if award.firm == firm]
            fine &= len(own) <= rule["most"]
            fine &= not rule["purpose"] or len({award.purpose for award in own}) == len(own)
        return fine
    if kind == "force_in":
        return any(award.firm == "l1" for award in awards)
    if kind == "target":
        bought = [award for award in awards if award.instrument == "purchase"]
        small = [award for award in bought if award.size == "sme"]
        enough = rule["other_counted"] + money(small) >= rule["share"] * (rule["other"] + money(bought))
        return enough or not could_buy
    if "least" in rule:
        return rule["least"] <= len(named) <= rule["most"]
    among = [award for award in awards if names(rule.get("among", {}), award)]
    inside = [award for award in among if names(rule, award)]
    measure = rule.get("measure", "money")
    part, whole = part_of(inside, measure), part_of(among, measure)
    if kind == "floor":
        return part >= rule["share"] * whole
    return rule["least_share"] * whole <= part <= rule["most_share"] * whole


@settings(max_examples=40, deadline=None)
@given(case=cases())
def test_rows_say_what_the_rules_say(market: Path, case: tuple[list[dict[str, Any]], list[dict[str, Any]]]) -> None:
    applications, entries = case
    scenario = written(market, applications, entries)
    call = scenario.call
    assert call is not None
    judgements = judge(call, scenario)
    options = options_of(call, judgements)
    rows = rows_of(call, scenario, judgements, options)
    awards = [
        Award(
            application=(a := applications[int(options.application[place])])["id"],
            firm=a["firm"],
            technology=a["technology"],
            region=FIRMS[a["firm"]][2],
            size=FIRMS[a["firm"]][0],
            purpose=a["purpose"],
            instrument=INSTRUMENTS[options.instrument[place]],
            amount=float(options.amount[place]),
            year=2024 if options.quarter[place] == 2 else 2025,
        )
        for place in range(len(options))
    ]
    of = [np.flatnonzero(options.application == place) for place in range(len(applications))]
    assert all(len(places) == 2 * len(a["instrument"]) for a, places in zip(applications, of, strict=True))
    sizes = [1 + len(places) for places in of]
    every = itertools.product(*map(range, sizes))
    for choice in itertools.islice(every, 200):
        chosen = np.zeros(len(options))
        chosen[[places[pick - 1] for places, pick in zip(of, choice, strict=True) if pick]] = 1
        taken = [awards[place] for place in np.flatnonzero(chosen)]
        for place, entry in enumerate([{"kind": "budget", "amount": 20}, *entries]):
            own = [row for row in rows if row.rule == f"r{place}"]
            by_rows = all(row.low <= row.coefficients @ chosen <= row.high for row in own)
            # A target that nothing in the call can change, because nothing of it is weighed, is no row of it.
            could_buy = bool(own) or entry["kind"] != "target"
            assert by_rows == kept(entry, taken, could_buy, call.budget()), (entry, taken)
