"""The report and the tables of the same result are the same bytes, whenever and by whatever process they are made."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import openpyxl
from tests.unit.report_data import Case, case

from majung.report import render, write_tables

ROOT = Path(__file__).parents[2]


def made() -> Case:
    return case(strategies=("hands-off", "blanket", "late"), technologies=("cloud", "hbm"), replications=6)


def write(folder: Path) -> None:
    """Write all that a run shows of its result."""
    one = made()
    for lang in ("en", "ko"):
        render(one.dataset, one.scenario, one.summaries, lang=lang, out=folder / lang / "report.html")
        write_tables(one.dataset, one.scenario, one.summaries, folder / lang / "tables", lang=lang)


def test_another_process_writes_the_same_bytes_some_seconds_later(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    write(first)
    # Times in a workbook are of two seconds.
    time.sleep(2.1)
    program = f"from pathlib import Path; from tests.unit.test_report_bytes import write; write(Path({str(second)!r}))"
    elsewhere = {**os.environ, "PYTHONHASHSEED": "12345", "TZ": "Asia/Seoul", "PYTHONPATH": str(ROOT)}
    subprocess.run([sys.executable, "-c", program], check=True, cwd=tmp_path, env=elsewhere)
    names = sorted(path.relative_to(first) for path in first.rglob("*") if path.is_file())
    assert names == sorted(path.relative_to(second) for path in second.rglob("*") if path.is_file())
    assert {name.suffix for name in names} == {".html", ".svg", ".png", ".csv", ".xlsx"}
    assert [name for name in names if (first / name).read_bytes() != (second / name).read_bytes()] == []


def test_a_workbook_has_no_dates_and_is_still_one(tmp_path: Path) -> None:
    one = made()
    content = write_tables(one.dataset, one.scenario, one.summaries, tmp_path)["xlsx"].read_bytes()
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        assert book.testzip() is None
        assert {entry.date_time for entry in book.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        core = book.read("docProps/core.xml")
    assert b"majung" in core
    assert b"dcterms:" not in core.replace(b"xmlns:dcterms=", b"")
    assert openpyxl.load_workbook(io.BytesIO(content)).properties.creator == "majung"
