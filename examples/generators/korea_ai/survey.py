"""The 2,354 firms of the survey: sales, technologies, size classes, lines, exports, staff."""

from __future__ import annotations

import math

from korea_ai.build import SURVEYED, Build, Firm, Line, apportion
from majung.evidence import fact


def sales_by_technology(build: Build) -> dict[str, float]:
    """Split the sales of 2023 as the survey's categories of 2022, and those as chosen."""
    total = sum(fact(f"kr-ai-sales-{buyer}-2023").value for buyer in ("private", "public", "consumers"))
    whole = fact("kr-ai-sales-survey-2022").value
    application = fact("kr-ai-application-software-2022").value / whole
    services = fact("kr-ai-information-services-2022").value / whole
    content, cloud = build.free["content_in_application_software"], build.free["cloud_in_information_services"]
    chips = build.free["accelerator_in_rest"]
    shares = {
        "content": application * content,
        "software": application * (1 - content),
        "it-services": services * (1 - cloud),
        "foundation-model": (1 - application - services) * (1 - chips),
        "cloud": services * cloud,
        "accelerator": (1 - application - services) * chips,
    }
    return {technology: total * share for technology, share in shares.items()}


def make_firms(build: Build) -> None:
    """Draw sales from a Pareto tail (Axtell 2001) and give each firm its main technology."""
    count = round(fact("kr-ai-firms-2023").value)
    silent = round(fact("kr-ai-without-sales-2023").value * count)
    target, firms = sales_by_technology(build), build.free["firms"]
    odds = [firms[k] * build.free["firms_without_sales_weight"][k] for k in SURVEYED]
    without = dict(zip(SURVEYED, apportion(odds, silent), strict=True))
    places = {k: firms[k] - without[k] for k in SURVEYED}
    exponent = fact("firm-size-exponent").value
    # The rank of the largest is not drawn: its size would be all of the market in a lucky seed.
    drawn = [(rank - (build.uniform() if rank > 1 else 0)) ** (-1 / exponent) for rank in range(1, count - silent + 1)]
    sizes = [size * sum(target.values()) / sum(drawn) for size in sorted(drawn, reverse=True)]
    head, tail = sizes[:150], sizes[150:]
    mean_tail = sum(tail) / len(tail)
    missing = {k: target[k] - places[k] * mean_tail for k in SURVEYED}
    for size in head:
        k = max(missing, key=lambda k: missing[k])
        missing[k] -= size - mean_tail
        places[k] -= 1
        build.survey.append(Firm("", [Line(k, size)]))
    rest = [k for k in SURVEYED for _ in range(places[k])]
    order = build.weighted([1.0] * len(rest), len(rest))
    build.survey += [Firm("", [Line(rest[i], size)]) for i, size in zip(order, tail, strict=True)]
    build.survey += [Firm("", [Line(k)]) for k in SURVEYED for _ in range(without[k])]


def make_classes(build: Build) -> None:
    """Give size classes: by AI sales and noise, as the whole firm is not its AI business."""
    spread, wanted = build.free["class_mixing"], build.free["size_classes"]
    # 80 billion won is the law's upper bound of a small or medium firm in information and communication.
    standing = [math.log(max(f.sales, 100.0)) + spread * build.normal() + 99 * (f.sales > 80_000) for f in build.survey]
    for size in ("large", "mid", "sme"):
        left = sorted((i for i, f in enumerate(build.survey) if not f.size), key=lambda i: -standing[i])
        for i in left[: wanted[size]]:
            build.survey[i].size = size
        standing = [place + build.normal() for place in standing]
    counts = dict.fromkeys(("large", "mid", "sme", "venture"), 0)
    for firm in build.survey:
        firm.size = firm.size or "venture"
        counts[firm.size] += 1
        firm.id = f"{firm.size[0].upper()}{counts[firm.size]:04d}"


def make_lines(build: Build) -> None:
    """Give larger firms further lines, some firms exports; then scale lines to the sales by technology."""
    target, part = sales_by_technology(build), build.free["extra_line_sales"]
    for firm in build.survey:
        main, mean_extra = firm.lines[0], build.free["extra_lines"].get(firm.size, 0)
        extra = int(mean_extra) + (build.uniform() < mean_extra % 1)
        others = [k for k in SURVEYED if k != main.technology]
        sales = firm.sales
        firm.lines += [Line(others[i], part * sales) for i in build.weighted([target[k] for k in others], extra)]
        main.home -= sum(line.home for line in firm.lines[1:])
    exporters = round(fact("kr-ai-exporting-2023").value * len(build.survey))
    for i in build.weighted([math.sqrt(f.sales) for f in build.survey], exporters):
        line = build.survey[i].lines[0]
        share = build.uniform(*build.free["export_share"])
        line.home, line.world = line.home * (1 - share), line.home * share
    for k in SURVEYED:
        lines = [line for firm in build.survey for line in firm.lines if line.technology == k]
        scale = target[k] / sum(line.sales for line in lines)
        for line in lines:
            line.home, line.world = round(line.home * scale, 1), round(line.world * scale, 1)
    for firm in build.survey:
        split_effort(firm)


def split_effort(firm: Firm) -> None:
    """Split a firm's attention half as its sales, half evenly."""
    n = len(firm.lines)
    for line in firm.lines:
        line.effort = round(0.5 / n + 0.5 * (line.sales / firm.sales if firm.sales else 1 / n), 4)
    firm.lines[0].effort += 1 - sum(line.effort for line in firm.lines)


def make_staff(build: Build) -> None:
    """Split the survey's staff over its firms."""
    elasticity, spread = build.free["staff_elasticity"], build.free["staff_spread"]
    floor = build.free["staff_floor"]
    weights = [(f.sales + floor) ** elasticity * math.exp(spread * build.normal()) for f in build.survey]
    staff = apportion(weights, round(fact("kr-ai-staff-2023").value), least=2)
    for firm, heads in zip(build.survey, staff, strict=True):
        firm.staff = heads
        firm.overhead = round(heads * build.free["overhead_per_head"][firm.size], 1)
