"""Series taken from public files: AI companies' revenue, GPU clusters, electric cars, household technologies."""

from __future__ import annotations

import re
from datetime import date, timedelta
from itertools import groupby
from pathlib import Path

from ai_take_off.rows import Row, find, read

COMPANIES = {"OpenAI": "openai-revenue", "Anthropic": "anthropic-revenue"}
PARTIAL = 0.5
"""A report below half of an earlier one of its company is a year's total or one product's, not the company's rate."""
DECEMBER_2023 = date(2023, 12, 31)
"""OpenAI's rate of that month was reported twice: a revision, of which the second became known on this day."""
REVISED = date(2024, 2, 9)

CARS = {"China": "ev-china", "Europe": "ev-europe", "Korea": "ev-korea", "USA": "ev-usa"}
OUTLOOKS = {2022: date(2023, 4, 26), 2023: date(2024, 4, 23)}
"""Days of the yearly outlooks that were looked up, by the last year they cover."""

FIRST_QUARTER, LAST_QUARTER = (2010, 4), (2025, 2)
"""The clusters' first operational dates run from November 2010 to July 2025."""


def companies(folder: Path) -> list[Row]:
    """Annualised revenue of two AI companies, billion dollars."""
    entries = read(find(folder, "epoch_ai_companies_revenue_reports.csv"))
    reports = [
        (entry["Company"], _american(entry["Date"]), float(entry["Revenue amount (normalize to annual)"]) / 1e9)
        for entry in entries
        if entry["Company"] in COMPANIES
    ]
    rows: list[Row] = []
    for company, mine in groupby(sorted(reports), key=lambda report: report[0]):
        highest: dict[date, float] = {}
        for _, day, value in mine:
            highest[day] = max(value, highest.get(day, 0))
        rows += _company(company, highest)
    return sorted(rows, key=lambda row: list(COMPANIES.values()).index(row.id))


def _company(company: str, reports: dict[date, float]) -> list[Row]:
    rows: list[Row] = []
    peak = 0.0
    for day, value in reports.items():
        if value < PARTIAL * peak:
            continue
        peak = max(peak, value)
        ends, known, source = day, None, "epoch-companies"
        if company == "OpenAI" and (day.year, day.month) == (2023, 12):
            ends, known = DECEMBER_2023, DECEMBER_2023
            if day == DECEMBER_2023:
                known, source = REVISED, "openai-2024-02"
        rows.append(
            Row(COMPANIES[company], f"{company} revenue", ends, value, "USD bn a year", "rate", known, None, source)
        )
    return rows


def clusters(folder: Path) -> list[Row]:
    """Sum computing power of the GPU clusters at work at the end of each quarter, thousands of H100 equivalents.

    Existing clusters of Epoch's standard analysis; one that a later phase contains leaves when that phase starts.
    """
    entries = [
        entry
        for entry in read(find(folder, "epoch_gpu_clusters.csv"))
        if entry["Include in Standard Analysis"].lower() == "true"
        and entry["Status"] == "Existing"
        and entry["First Operational Date"]
        and entry["H100 equivalents"]
    ]
    # Several clusters are called "Anonymized Chinese System"; none of them is a later phase.
    phases = {entry["Name"]: _american(entry["First Operational Date"]) for entry in entries}
    spans = [
        (
            _american(entry["First Operational Date"]),
            phases.get(entry["Superseded by"], date.max),
            float(entry["H100 equivalents"]) / 1000,
        )
        for entry in entries
    ]
    return [
        Row(
            "ai-computing-power",
            "Installed AI computing power",
            day,
            sum(power for start, end, power in spans if start <= day < end),
            "thousand H100 equivalents",
            "level",
            None,
            None,
            "epoch-clusters",
        )
        for day in _quarter_ends()
    ]


def cars(folder: Path) -> list[Row]:
    """Electric cars' share of car sales by year, %; projections are left out."""
    return [
        Row(
            CARS[entry["region"]],
            f"Electric share of car sales, {entry['region']}",
            date(int(entry["year"]), 12, 31),
            float(entry["value"]),
            "%",
            "rate",
            OUTLOOKS.get(int(entry["year"]), date(int(entry["year"]) + 1, 6, 30)),
            100,
            "iea-2024",
        )
        for entry in read(find(folder, "iea_global_ev_data_2024.csv"))
        if entry["region"] in CARS
        and (entry["category"], entry["parameter"], entry["mode"]) == ("Historical", "EV sales share", "Cars")
    ]


def households(folder: Path) -> list[Row]:
    """Share of US households with a technology by year, %."""
    column = "Technology Diffusion (Comin and Hobijn (2004) and others)"
    return [
        Row(
            re.sub(r"[^a-z0-9]+", "-", entry["Entity"].lower()).strip("-"),
            entry["Entity"],
            date(int(entry["Year"]), 12, 31),
            float(entry[column]),
            "%",
            "level",
            None,
            100,
            "owid-technology",
        )
        for entry in read(find(folder, "owid_us_technology_adoption.csv"))
    ]


def _american(text: str) -> date:
    """Read month/day/year, or a day of ISO 8601."""
    if "/" not in text:
        return date.fromisoformat(text)
    month, day, year = (int(part) for part in text.split("/"))
    return date(year, month, day)


def _quarter_ends() -> list[date]:
    (first, start), (last, stop) = FIRST_QUARTER, LAST_QUARTER
    numbers = range(4 * first + start, 4 * last + stop + 1)
    return [date((n - 1) // 4 + (n % 4 == 0), n % 4 * 3 + 1, 1) - timedelta(days=1) for n in numbers]
