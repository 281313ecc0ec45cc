"""The tables of ``examples/was-ai-taking-off``: figures as looked up, when they became known, how they are made."""

from __future__ import annotations

import csv
import importlib
import sys
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path
from types import ModuleType

import pytest

from majung.evidence.series import read_series

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "examples" / "was-ai-taking-off"
GENERATORS = ROOT / "examples" / "generators"
THE_DAY = "2024-04-29"
TABLES = ("series.csv", "household.csv")
FISCAL = {
    2022: [2.05, 2.37, 2.94, 3.26],
    2023: [3.75, 3.81, 3.83, 3.62],
    2024: [4.28, 10.32, 14.51, 18.40],
    2025: [22.6, 26.3, 30.8, 35.6],
    2026: [39.1, 41.1, 51.2, 62.3],
}
CARS = {
    "ev-china": [5.7, 16, 29, 38],
    "ev-europe": [10, 17, 20, 21],
    "ev-korea": [2.4, 5.8, 8.5, 7.9],
    "ev-usa": [2.3, 4.7, 7.4, 9.5],
}


@cache
def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def of(series: str, name: str = "series.csv") -> list[dict[str, str]]:
    return [row for row in table(EXAMPLE / name) if row["id"] == series]


def values(series: str, day: str = "9999-12-31") -> dict[str, float]:
    """Return what is known of a series on a day by date, the latest figure of each."""
    known = [row for row in of(series) if (row["published"] or row["date"]) <= day]
    known.sort(key=lambda row: (row["date"], row["published"]))
    return {row["date"]: float(row["value"]) for row in known}


@pytest.fixture(scope="module")
def generator() -> Iterator[ModuleType]:
    before = list(sys.path)
    sys.path.insert(0, str(GENERATORS))
    yield importlib.import_module("was_ai_taking_off")
    sys.path[:] = before


# Figures as they were looked up


@pytest.mark.parametrize("year", FISCAL)
def test_nvidia_by_fiscal_quarter(year: int) -> None:
    ends = [f"{year - 1}-0{month}" for month in (4, 7)] + [f"{year - 1}-10", f"{year}-01"]
    late = {"2021-05-02": "2021-04", "2021-08-01": "2021-07", "2022-05-01": "2022-04"}
    found = {late.get(day, day[:7]): value for day, value in values("nvidia-data-centre").items()}
    places = 1 if year > 2024 else 2
    assert [found[end] for end in ends] == pytest.approx(FISCAL[year], abs=0.51 * 10**-places)


def test_nvidia_by_year() -> None:
    by_year: dict[int, float] = {}
    for number, value in enumerate(values("nvidia-data-centre").values()):
        by_year[2016 + number // 4] = by_year.get(2016 + number // 4, 0) + value
    assert by_year[2018] == pytest.approx(1.93, abs=0.005)
    assert by_year[2020] == pytest.approx(2.983, abs=1e-9)
    assert by_year[2024] == pytest.approx(47.5, abs=0.05)
    assert by_year[2026] == pytest.approx(193.7, abs=0.05)
    assert by_year[2026] / by_year[2025] == pytest.approx(1.68, abs=0.005)
    assert 12.5 < by_year[2026] / by_year[2023] < 13


def test_growth_that_was_read_between_quarters() -> None:
    quarters = list(values("nvidia-data-centre").values())
    grown = {
        (2017, 1): 0.63,
        (2017, 3): 1.93,
        (2018, 2): 1.75,
        (2018, 3): 1.09,
        (2018, 4): 1.05,
        (2019, 1): 0.71,
        (2019, 2): 0.83,
        (2019, 3): 0.58,
        (2020, 2): -0.14,
        (2020, 4): 0.43,
        (2024, 3): 2.79,
        (2024, 4): 4.09,
        (2025, 1): 4.27,
        (2025, 3): 1.12,
        (2026, 4): 0.75,
    }
    for (year, quarter), growth in grown.items():
        now = 4 * (year - 2016) + quarter - 1
        assert quarters[now] / quarters[now - 4] - 1 == pytest.approx(growth, abs=0.0052), (year, quarter)


@pytest.mark.parametrize("region", CARS)
def test_electric_cars(region: str) -> None:
    assert list(values(region).values())[-4:] == CARS[region]
    assert list(values(region)) == [f"{year}-12-31" for year in range(2010, 2024)]


def test_korean_firms_are_two_series_as_the_questionnaire_was_redesigned() -> None:
    assert values("kr-firms-ai") == {"2019-12-31": 2.5, "2020-12-31": 2.7, "2021-12-31": 2.7}
    assert values("kr-firms-ai-kinds") == {"2022-12-31": 28}


def test_there_are_45_household_technologies_of_shares() -> None:
    rows = table(EXAMPLE / "household.csv")
    assert len({row["id"] for row in rows}) == 45
    assert len(rows) == 1395
    assert all(0 <= float(row["value"]) <= 100 and row["market"] == "100" for row in rows)
    assert len({(row["id"], row["date"]) for row in rows}) == len(rows)


# What was known when


def test_the_quarter_that_ended_the_day_before_was_not_known() -> None:
    known = values("nvidia-data-centre", THE_DAY)
    assert "2024-04-28" in values("nvidia-data-centre")
    assert max(known) == "2024-01-28"
    assert "2024-04-28" in values("nvidia-data-centre", "2024-05-22")
    assert "2024-04-28" not in values("nvidia-data-centre", "2024-05-21")


def test_openai_was_revised() -> None:
    december = "2023-12-31"
    assert values("openai-revenue", "2024-02-08")[december] == 1.6
    assert values("openai-revenue", "2024-02-09")[december] == 2


def test_the_last_electric_year_came_out_six_days_before() -> None:
    assert max(values("ev-korea", "2024-04-22")) == "2022-12-31"
    assert max(values("ev-korea", THE_DAY)) == "2023-12-31"


def test_nothing_is_known_before_its_period_ends() -> None:
    for name in TABLES:
        for row in table(EXAMPLE / name):
            assert not row["published"] or row["published"] >= row["date"], row


@pytest.mark.parametrize("readme", ["README.md", "README.ko.md"])
def test_the_readme_counts_what_was_known(readme: str) -> None:
    cells = {}
    for line in (EXAMPLE / readme).read_text("utf-8").splitlines():
        parts = [part.strip() for part in line.strip("|").split("|")]
        if len(parts) == 6:
            cells[parts[0]] = parts[3:5]
    for series in dict.fromkeys(row["id"] for row in table(EXAMPLE / "series.csv")):
        known, every = values(series, THE_DAY), values(series)
        counted = {f"{len(known)} of {len(every)}", f"{len(every)}개 중 {len(known)}"}
        assert cells[series][0] in counted, series
        assert float(cells[series][1].split(" ")[0]) == known[max(known)], series


# As the package reads them


def test_the_tables_read_as_they_are_and_as_of_the_day() -> None:
    read = {series.id: series for series in read_series(EXAMPLE / "series.csv")}
    assert list(read) == list(dict.fromkeys(row["id"] for row in table(EXAMPLE / "series.csv")))
    for name, series in read.items():
        known = series.as_of(date.fromisoformat(THE_DAY))
        assert dict(zip(known.ends.astype(str).tolist(), known.values.tolist(), strict=True)) == values(name, THE_DAY)
        assert series.name == of(name)[0]["name"]
        assert series.unit == of(name)[0]["unit"]
    frequencies = {name: series.frequency for name, series in read.items()}
    assert frequencies["nvidia-data-centre"] == frequencies["ai-computing-power"] == "quarter"
    assert {frequencies[name] for name in CARS} == {"year"}
    assert frequencies["openai-revenue"] == "irregular"
    assert {name for name, series in read.items() if series.kind == "per_period"} == {"nvidia-data-centre"}


def test_household_technologies_read_as_levels_of_shares() -> None:
    read = read_series(EXAMPLE / "household.csv")
    assert len(read) == 45
    assert {(series.kind, series.unit, series.market) for series in read} == {("level", "%", 100.0)}
    # Some are known by the decade only.
    assert {series.frequency for series in read} == {"year", "irregular"}


# Sources


def test_every_source_is_used_and_described() -> None:
    sources = {row["source"]: row for row in table(EXAMPLE / "sources.csv")}
    assert set(sources) == {row["source"] for name in TABLES for row in table(EXAMPLE / name)}
    for row in sources.values():
        assert row["title"]
        assert row["status"] in ("READ", "DERIVED", "MEMORY*")
        assert row["status"] == "MEMORY*" or row["url"].startswith("https://") or row["url"].startswith("http://")


@pytest.mark.parametrize("readme", ["README.md", "README.ko.md"])
def test_the_readme_counts_what_was_not_read(readme: str) -> None:
    status = {row["source"]: row["status"] for row in table(EXAMPLE / "sources.csv")}
    of_figures = [status[row["source"]] for row in of("nvidia-data-centre")]
    assert (of_figures.count("READ"), of_figures.count("DERIVED"), of_figures.count("MEMORY*")) == (37, 3, 4)
    of_days = [row for row in table(GENERATORS / "ai_take_off" / "nvidia.csv") if row["published_status"] == "MEMORY"]
    assert len(of_days) == 15
    assert not [row for row in of_days if "2023-05-29" < row["published"] < THE_DAY]
    text = (EXAMPLE / readme).read_text("utf-8")
    assert "37" in text
    assert "15" in text or "Fifteen" in text


# How the tables are made


def test_what_was_looked_up_is_what_is_in_the_table(generator: ModuleType) -> None:
    quoted = importlib.import_module("ai_take_off.quoted")
    for made in [*quoted.nvidia(), *quoted.korean_firms()]:
        row = next(row for row in of(made.id) if row["date"] == made.date.isoformat())
        assert float(row["value"]) == made.value
        assert (row["published"], row["source"]) == (made.published.isoformat(), made.source)


def test_fiscal_quarters_end_on_sundays(generator: ModuleType) -> None:
    quoted = importlib.import_module("ai_take_off.quoted")
    looked_up = {
        (2016, 4): date(2016, 1, 31),
        (2017, 2): date(2016, 7, 31),
        (2020, 2): date(2019, 7, 28),
        (2021, 4): date(2021, 1, 31),
        (2024, 2): date(2023, 7, 30),
        (2025, 1): date(2024, 4, 28),
        (2026, 4): date(2026, 1, 25),
    }
    for (year, quarter), day in looked_up.items():
        assert quoted.quarter_end(year, quarter) == day


RAW = {
    "epoch_ai_companies_revenue_reports.csv": """\
Company,Date,Revenue amount (normalize to annual),,,
OpenAI,12/30/2023,1600000000,,,
OpenAI,12/31/2023,2000000000,,,
OpenAI,12/31/2023,700000000,,,
xAI,11/20/2024,100000000,,,
Anthropic,12/31/2024,1000000000,,,
Anthropic,1/31/2025,900000000,,,
Anthropic,2/28/2025,400000000,,,
""",
    "epoch_gpu_clusters.csv": """\
Name,Status,H100 equivalents,First Operational Date,Superseded by,Include in Standard Analysis
one Phase 1,Existing,1000,6/1/2020,one Phase 2,TRUE
one Phase 2,Existing,3000,8/1/2021,,TRUE
Anonymized,Existing,200,6/1/2020,,TRUE
Anonymized,Existing,200,6/1/2020,,TRUE
later,Planned,90000,6/1/2020,,TRUE
other,Existing,5000,6/1/2020,,
""",
    "iea_global_ev_data_2024.csv": """\
region,category,parameter,mode,powertrain,year,unit,value
Korea,Historical,EV sales share,Cars,EV,2022,percent,8.5
Korea,Projection-STEPS,EV sales share,Cars,EV,2025,percent,20
Korea,Historical,EV sales share,Buses,EV,2022,percent,30
Norway,Historical,EV sales share,Cars,EV,2022,percent,88
""",
    "owid_us_technology_adoption.csv": """\
Entity,Year,Technology Diffusion (Comin and Hobijn (2004) and others)
Home air conditioning,1957,10
""",
}


def test_tables_from_raw_files(generator: ModuleType, tmp_path: Path) -> None:
    raw = tmp_path / "raw" / "inside"
    raw.mkdir(parents=True)
    for name, text in RAW.items():
        (raw / name).write_text(text, "utf-8")
    generator.generate(tmp_path / "raw", tmp_path)
    rows = table(tmp_path / "series.csv")

    def made(series: str) -> list[tuple[str, str, str]]:
        return [(row["date"], row["value"], row["published"]) for row in rows if row["id"] == series]

    assert made("openai-revenue") == [("2023-12-31", "1.6", "2023-12-31"), ("2023-12-31", "2", "2024-02-09")]
    assert made("anthropic-revenue") == [("2024-12-31", "1", ""), ("2025-01-31", "0.9", "")]
    power = {day: float(value) for day, value, _ in made("ai-computing-power")}
    assert power["2020-03-31"] == 0
    assert power["2020-06-30"] == power["2021-06-30"] == pytest.approx(1.4)
    assert power["2021-09-30"] == pytest.approx(3.4)
    assert (min(power), max(power)) == ("2010-12-31", "2025-06-30")
    assert made("ev-korea") == [("2022-12-31", "8.5", "2023-04-26")]
    assert {row["id"] for row in rows if row["id"].startswith("ev-")} == {"ev-korea"}
    assert [row["id"] for row in table(tmp_path / "household.csv")] == ["home-air-conditioning"]


def test_a_folder_without_the_raw_files_is_refused(generator: ModuleType, tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match=r"epoch_ai_companies_revenue_reports\.csv is neither here"):
        generator.generate(tmp_path, tmp_path)
