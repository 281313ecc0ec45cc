"""Makers of memory, foreign leaders, and the other foreign supply as one firm a technology."""

from __future__ import annotations

from korea_ai.build import SURVEYED, TECHNOLOGIES, Build, Firm, Line
from majung.evidence import fact

NAMES = {
    "openai": ("오픈AI", "OpenAI"),
    "anthropic": ("앤트로픽", "Anthropic"),
    "nvidia": ("엔비디아", "Nvidia"),
    "aws": ("아마존웹서비스", "Amazon Web Services"),
    "microsoft": ("마이크로소프트", "Microsoft"),
    "micron": ("마이크론", "Micron"),
}


def make_memory(build: Build) -> None:
    """Make the two Korean makers of memory, whose sales stand outside the survey."""
    home = build.free["hbm_home_share"]
    for firm, names, key in (
        ("sk-hynix", ("SK하이닉스", "SK hynix"), "skhynix"),
        ("samsung-electronics", ("삼성전자", "Samsung Electronics"), "samsung"),
    ):
        share = fact(f"hbm-share-{key}-2023").value
        sales, profit = memory_market(build) * share, fact(f"{key}-operating-profit-2022").value
        line = Line(
            "hbm", sales * home, sales * (1 - home), quality=build.free["memory_quality"][firm], reach=100 * share
        )
        maker = Firm("large", [line], firm, names, origin="real", cash=profit, legacy=profit)
        maker.captive = build.free["captive"][firm]
        build.named.append(maker)


def make_foreign(build: Build) -> None:
    """Make the foreign firms; a buyer at home meets them as often as their share of sales."""
    reach = {k: _reach(build, k) / build.market(k, "home", "domestic") for k in TECHNOLOGIES}
    for firm, technology, home, world in supply(build):
        line = Line(
            technology, home, world, quality=build.free["foreign_quality"][firm], reach=reach[technology] * home
        )
        korean, english = TECHNOLOGIES[technology]
        names = NAMES.get(firm, (f"기타 외국 {korean}", f"Other foreign {english}"))
        build.named.append(Firm("foreign", [line], firm, names, "world", "real" if firm in NAMES else "reconstructed"))


def memory_market(build: Build) -> float:
    """Derive the market for high-bandwidth memory from its part of memory revenue."""
    return fact("hbm-share-of-dram-2023").value * fact("dram-revenue-2023").value * 1e3 * build.dollar


def supply(build: Build) -> list[tuple[str, str, float, float]]:
    """List foreign firms with their technology and a year's sales at home and in the world."""
    million = 1e3 * build.dollar
    korea, memory_home = build.free["korea_in_world"], build.free["hbm_home_share"]
    micron = memory_market(build) * fact("hbm-share-micron-2023").value
    rows = [
        ("openai", "foundation-model", *_split(fact("openai-revenue-2023-12").value * million, korea)),
        ("anthropic", "foundation-model", *_split(fact("anthropic-revenue-2024-01").value * million, korea)),
        ("nvidia", "accelerator", *_split(fact("nvidia-data-centre-fy2024").value * million, korea)),
        ("micron", "hbm", *_split(micron, memory_home)),
    ]
    growth = 1 + fact("world-ai-spending-growth").value
    spending = fact("world-ai-spending-2022").value * growth * million
    world = {k: spending * share for k, share in build.free["world_split"].items()}
    home = {k: build.market(k, "home", "domestic") for k in SURVEYED}
    imports = {k: home[k] * share / (1 - share) for k, share in build.free["import_share"].items()}

    shares = {name: fact(f"kr-cloud-share-{name}-2021").value for name in ("aws", "microsoft")}
    shares["other-cloud"] = build.free["other_foreign_cloud_share"]
    abroad = {name: build.free[f"{name}_cloud_share"] for name in ("aws", "microsoft")}
    abroad["other-cloud"] = 1 - sum(abroad.values())
    clouds = home["cloud"] / (1 - sum(shares.values()))
    rows += [(name, "cloud", clouds * shares[name], world["cloud"] * abroad[name]) for name in shares]

    models = [row for row in rows if row[1] == "foundation-model"]
    imports["foundation-model"] -= sum(row[2] for row in models)
    world["foundation-model"] -= sum(row[3] for row in models)
    nvidia = next(row for row in rows if row[0] == "nvidia")
    imports["accelerator"], world["accelerator"] = (build.free["other_accelerators"] * amount for amount in nvidia[2:])
    return rows + [(f"other-{k}", k, imports[k], world[k]) for k in SURVEYED if k != "cloud"]


def _split(sales: float, home: float) -> tuple[float, float]:
    return sales * home, sales * (1 - home)


def _reach(build: Build, technology: str) -> float:
    lines = [(f, line) for f in build.firms for line in f.lines if line.technology == technology]
    return sum(f.staff * line.effort if line.reach is None else line.reach for f, line in lines)
