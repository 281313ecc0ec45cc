"""A made-up run for the tests of the report: random numbers of the right shape, not results of the model."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from types import SimpleNamespace
from typing import Any

import numpy as np
import xarray as xr

from majung import dims, parameters
from majung.decision import StrategySummary, summarise
from majung.money import Quarter
from majung.parameters import LocalText
from majung.scenario import Scenario, SourceNote, Strategy

TITLES = {
    "hands-off": LocalText(ko="무개입", en="Hands-off"),
    "blanket": LocalText(ko="일괄 보조금", en="Blanket subsidy"),
    "champions": LocalText(ko="대기업 우선 국가대표 육성", en="National champions, large firms first"),
    "selective": LocalText(ko="선별 보조금", en="Selective subsidy"),
    "first-buyer": LocalText(ko="첫 구매자(공공구매만)", en="First buyer, purchase only"),
    "small-first": LocalText(ko="중소·벤처 우선 선별 혼합", en="Selective mix, small firms first"),
    "late": LocalText(ko="중소·벤처 우선 선별 혼합을 여덟 분기 늦게", en="The same mix, eight quarters late"),
    "matching": LocalText(ko="민간 투자 매칭", en="Matching of private money"),
}
TECHNOLOGIES = {
    "content": ("AI 콘텐츠", "AI content"),
    "software": ("AI 소프트웨어", "AI software"),
    "foundation": ("파운데이션 모델", "Foundation models"),
    "cloud": ("클라우드", "Cloud"),
    "accelerator": ("AI 가속기", "Accelerators"),
    "hbm": ("고대역폭 메모리", "High-bandwidth memory"),
    "services": ("IT 서비스", "IT services"),
}
CHAIN = [("content", "software"), ("software", "foundation"), ("services", "foundation"), ("foundation", "cloud")]
CHAIN += [("cloud", "accelerator"), ("accelerator", "hbm")]


@dataclass(frozen=True)
class Case:
    """What `render` takes."""

    dataset: xr.Dataset
    scenario: Any
    summaries: tuple[StrategySummary, ...]


@dataclass(frozen=True)
class Shape:
    strategies: Sequence[str] = tuple(TITLES)
    technologies: Sequence[str] = tuple(TECHNOLOGIES)
    replications: int = 60
    quarters: int = 40
    firms: int = 60
    effects: Mapping[str, float] = field(
        default_factory=lambda: {
            "hands-off": 0.0,
            "blanket": 0.035,
            "champions": 0.03,
            "selective": 0.075,
            "first-buyer": 0.1,
            "small-first": 0.16,
            "late": 0.06,
            "matching": 0.085,
        }
    )
    titles: Mapping[str, LocalText] = field(default_factory=lambda: TITLES)
    seed: int = 7


def case(shape: Shape | None = None, **changes: Any) -> Case:
    """Make a run; `changes` are fields of `Shape`."""
    shape = replace(shape or Shape(), **changes)
    dataset = _dataset(shape)
    scenario = _scenario(shape)
    return Case(dataset, scenario, summarise(dataset))


def _dataset(shape: Shape) -> xr.Dataset:
    rng = np.random.default_rng(shape.seed)
    n, t, k = shape.replications, shape.quarters, len(shape.technologies)
    time = np.arange(t)[:, None]
    size = 40_000 * np.exp(rng.normal(0, 0.8, k))
    curve = size / (1 + np.exp(-(time - rng.uniform(8, 26, k)) / 5)) + 0.05 * size
    luck = np.exp(np.cumsum(rng.normal(0, 0.05, (n, t, k)), axis=1))
    base = curve * luck
    data: dict[str, Any] = {a.name: [] for a in dims.PATH_ARRAYS + dims.ACCOUNT_ARRAYS + dims.FIRM_ARRAYS}
    classes = np.arange(shape.firms) % len(dims.CLASSES)
    for strategy in shape.strategies:
        effect = shape.effects.get(strategy, 0.0)
        start = 8 if strategy == "late" else 0
        active = ((time >= start) & (time < start + 16)).astype(float)
        pull = 1 / (1 + np.exp(-(time - start - 6) / 3))
        lift = 1 + effect * pull * np.exp(rng.normal(0, 0.3, (n, 1, k)))
        sales = base * lift
        public = active * (0 if strategy == "hands-off" else 15_000.0) * np.ones((n, t, k)) / k
        upstream = np.arange(k) / max(k - 1, 1)
        paid = {"subsidy": 0.5, "purchase": 0.3, "matching": 0.15}
        if strategy in ("blanket", "champions", "selective"):
            paid = {"subsidy": 1.0, "purchase": 0.0, "matching": 0.0}
        if strategy == "first-buyer":
            paid = {"subsidy": 0.0, "purchase": 0.9, "matching": 0.0}
        if strategy == "matching":
            paid = {"subsidy": 0.0, "purchase": 0.0, "matching": 0.6}
        ventures = (60 + 2.0 * time) * np.exp(rng.normal(0, 0.05, (n, t, k))) * (1 + effect) / k
        whole = {
            "private_final_sales": sales * (1 - 0.6 * upstream),
            "private_derived_sales": sales * 0.6 * upstream,
            "induced_sales": paid["purchase"] * public * 0.3 * upstream,
            "ordinary_public_sales": base * 0.1,
            "exports": sales * 0.2,
            "imports": base * 0.7 * np.exp(-0.01 * time),
            "home_sales": base * 1.5,
            "market_value": sales * 2,
            "sme_sales": sales * 0.35,
            "sme_derived_sales": sales * 0.2 * upstream,
            "adopters": np.cumsum(base, axis=1) / 1e4,
            "best_quality": np.full((n, t, k), 0.8),
            "frontier": np.exp(0.025 * time) * np.ones((n, t, k)),
            "price": np.exp(-0.02 * time) * np.ones((n, t, k)),
            "live_ventures": np.round(ventures),
            "founding_lines": np.round(ventures * 0.96**time * 0.8),
            "entries": rng.poisson(1.2, (n, t, k)).astype(float),
            "exits": rng.poisson(1.0, (n, t, k)).astype(float),
            "hhi": np.full((n, t, k), 0.2),
            "leader": _leader(shape, rng),
            "hype": np.full((n, t, k), 0.05),
            "private_raised": base * 0.05 * (1 + 3 * effect),
            "supported": active * (strategy != "hands-off") * 6.0 * np.ones((n, t, k)),
        }
        whole |= {name: share * public for name, share in paid.items()}
        spent = sum(whole[name] for name in paid).sum(-1)
        budget = public.sum(-1)
        parts = {"venture": 0.4, "sme": 0.3, "mid": 0.2, "large": 0.1}
        account = {"budget": budget, "returned": budget - spent}
        account |= {f"public_to_{name}": part * spent for name, part in parts.items()}
        alive = np.clip(np.array([0.4, 0.7, 0.9, 1.0, 1.0])[classes] + effect, 0, 1)
        received = budget.sum() / max(n, 1) * rng.dirichlet(np.full(shape.firms, 0.2))
        firm = {"survived": alive, "final_sales": 100 * (1 + classes), "total_private_sales": 4000 * (1 + classes)}
        firm |= {"public_received": received}
        for name, rows in data.items():
            fallback = np.zeros((n, t))
            rows.append(whole.get(name, account.get(name, firm.get(name, fallback))))
    coords = {
        "strategy": list(shape.strategies),
        "replication": np.arange(n),
        "quarter": [str(Quarter(2024, 2) + step) for step in range(t)],
        "technology": list(shape.technologies),
        "firm": [f"f{number:04d}" for number in range(shape.firms)],
        "firm_class": ("firm", np.array([dims.CLASSES[code] for code in classes], dtype=object)),
        "line": _lines(shape),
        "line_technology": ("line", np.array(shape.technologies, dtype=object)[_technology_of_line(shape)]),
        "home_potential": ("technology", 1.2 * _most(data["adopters"])),
        "home_adopters_at_start": ("technology", np.zeros(k)),
        "founding_lines_at_start": ("technology", np.full(k, 60)),
        "growth_before_start": ("technology", np.full(k, 0.3)),
    }
    variables = {}
    for array in dims.PATH_ARRAYS + dims.ACCOUNT_ARRAYS:
        variables[array.name] = (("strategy", "replication", *array.dims), np.array(data[array.name], dtype=float))
    for array in dims.FIRM_ARRAYS:
        variables[array.name] = (("strategy", *array.dims), np.array(data[array.name], dtype=float))
    titles = {name: {"en": title.en, "ko": title.ko} for name, title in shape.titles.items()}
    values = parameters.load()
    weights = ("marginal_cost_of_public_funds", "confidence", *(name for name in values if name.startswith("takeoff_")))
    attrs = {
        "title": "A made-up case for tests",
        "strategies": json.dumps(titles),
        "parameters": json.dumps({name: values.value(name) for name in weights}),
        "parameters_hash": "ef" * 32,
        "unit": "million KRW",
        "currency": "KRW",
        "failed": 0,
        "run_id": "testdata0123456789abcdef",
        "majung_version": "0.1.0",
        "scenario_id": "made-up",
        "scenario_hash": "ab" * 32,
        "result_hash": "cd" * 32,
        "seed": shape.seed,
        "baseline": "hands-off",
        "calibration": json.dumps(
            [{"technology": "cloud", "region": "home", "observed": 900_000.0, "difference": -120_000.0}]
        ),
    }
    return xr.Dataset(variables, coords, attrs)


def _most(adopters: list[np.ndarray]) -> np.ndarray:
    return np.max(adopters, axis=(0, 1, 2))


def _scenario(shape: Shape) -> Scenario:
    index = {name: row for row, name in enumerate(shape.technologies)}
    pairs = [(index[user], index[maker]) for user, maker in CHAIN if user in index and maker in index]
    firm = np.arange(shape.firms)
    names = np.array([f"Firm {number}" if number % 5 > 1 else "" for number in firm], dtype=object)
    strategies = tuple(_strategy(name, shape.titles[name]) for name in shape.strategies)
    technologies = [TECHNOLOGIES.get(name, (name, name)) for name in shape.technologies]
    return Scenario(
        id="made-up",
        title=LocalText(ko="시험용으로 지어낸 사례", en="A made-up case for tests"),
        description=LocalText(ko="모든 수는 난수입니다.", en="All numbers are random."),
        as_of=date(2024, 4, 29),
        start=Quarter(2024, 2),
        quarters=shape.quarters,
        currency="KRW",
        unit="million KRW",
        seed=shape.seed,
        replications=shape.replications,
        parameters=parameters.load().override({"quality_weight": 4.0}),
        segments=_table(),
        technologies=_table(
            id=np.array(list(shape.technologies), dtype=object),
            name_ko=np.array([ko for ko, _ in technologies], dtype=object),
            name_en=np.array([en for _, en in technologies], dtype=object),
        ),
        inputs=_table(
            technology=np.array([user for user, _ in pairs], dtype=int),
            input=np.array([maker for _, maker in pairs], dtype=int),
            share=np.full(len(pairs), 0.3),
        ),
        firms=_table(
            id=np.array([f"f{number:04d}" for number in firm], dtype=object),
            name_ko=np.array([f"기업 {number}" if name else "" for number, name in enumerate(names)], dtype=object),
            name_en=names,
            size_class=(firm % len(dims.CLASSES)).astype(np.int8),
        ),
        lines=_table(id=_lines(shape), firm=firm),
        strategies=strategies,
        sources=(
            SourceNote(
                title="Survey of the AI industry (made up)",
                url="https://example.org/survey",
                status="READ",
                used_for=LocalText(ko="구매자별 매출, 직원 수", en="sales by buyer, staff"),
            ),
        ),
        real=LocalText(
            ko="산업 총계: 국내 기업 2,354개의 매출, 인력, 수출은 실태조사의 공표값입니다.",
            en="Industry totals: sales, staff and exports of 2,354 domestic firms are published survey totals.",
        ),
        reconstructed=LocalText(
            ko="개별 벤처는 총계와 맞도록 만든 것입니다. 실제 기업이 아닙니다.",
            en="Single ventures are generated so that they add up to those totals. They are no real firms.",
        ),
    )


def _strategy(name: str, title: LocalText) -> Strategy:
    if name == "hands-off":
        return Strategy(id=name, title=title)
    return Strategy(
        id=name,
        title=title,
        start=8 if name == "late" else 0,
        quarters=16,
        budget=15_000.0,
        mix={"subsidy": 0.5, "purchase": 0.3, "matching": 0.2},
        classes=("venture", "sme"),
        class_weights={"venture": 0.3},
        criteria={"quality": 1.0, "opening": 0.5},
        noise=0.2,
        winners=0 if name == "blanket" else 24,
        spread="score",
        gate=True,
        small_firm_floor=0.5,
        min_quality=0.3,
    )


def _lines(shape: Shape) -> np.ndarray:
    return np.array([f"f{number:04d}/line" for number in range(shape.firms)], dtype=object)


def _technology_of_line(shape: Shape) -> np.ndarray:
    return np.arange(shape.firms) * len(shape.technologies) // max(shape.firms, len(shape.technologies))


def _leader(shape: Shape, rng: np.random.Generator) -> np.ndarray:
    """One of the first three lines of a technology leads it, or none does; another one every sixteen quarters."""
    n, t, k = shape.replications, shape.quarters, len(shape.technologies)
    of_line = _technology_of_line(shape)
    first, count = np.searchsorted(of_line, np.arange(k)), np.bincount(of_line, minlength=k)
    chosen = rng.integers(-1, np.minimum(count, 3), (n, -(-t // 16), k))
    return np.repeat(np.where(chosen < 0, -1, first + chosen), 16, axis=1)[:, :t]


def _table(**columns: Any) -> Any:
    """Stand in for a table of a scenario: the columns that the report reads."""
    return SimpleNamespace(**columns)
