"""Write the applications, and the READMEs' lists of published figures and free choices."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

from first_buyer.call import Application, Call, choices

MARKS = {"known": "published figures", "free": "free choices"}
HEADS = {
    ("known", "en"): "| name | value | unit | what | status, source |",
    ("known", "ko"): "| 이름 | 값 | 단위 | 내용 | 확인 상태, 출처 |",
    ("free", "en"): "| name | value | unit | reason |",
    ("free", "ko"): "| 이름 | 값 | 단위 | 이유 |",
}


def write_applications(call: Call, path: Path) -> None:
    """Write applications in the order of receipt, as UTF-8 with Unix line ends; amounts in million won."""
    evaluators = [f"score {number}" for number in range(1, call.choice["evaluators"] + 1)]
    head = ["id", "firm", "technology", "purpose", "instrument", "amount", "minimum", *evaluators]
    head += ["documents", "funded", "earlier", "region", "research", "project_cost", "product", "industry"]
    head += ["average_sales", "assets", "staff", "independent", "founded", "venture", "venture_until"]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(head)
        for number, application in enumerate(call.applications, start=1):
            writer.writerow([_shown(cell) for cell in _row(f"A{number:03d}", application)])


def _row(name: str, a: Application) -> list[object]:
    of, firm = a.company, a.company.firm
    asked: list[object] = [name, firm.id, a.line.technology, a.purpose, a.instruments, a.amount, a.minimum, *a.scores]
    asked += [a.documents, a.funded, of.earlier, of.region, a.research, a.project_cost, a.product, of.industry]
    law: list[object] = [of.average_sales, of.assets, firm.staff, of.independent, of.founded]
    return [*asked, *law, of.venture, of.venture_until]


def _shown(cell: object) -> object:
    if cell is None:
        return ""
    return "; ".join(cell) if isinstance(cell, tuple) else cell


def table(which: str, lang: str) -> str:
    """Return the table of published figures (``known``) or of free choices (``free``) between its marks."""
    rows = [
        [name, _plain(c["value"]), c["unit"], c[lang], *([f"{c['status']}, {c['source']}"] if "source" in c else [])]
        for name, c in choices().items()
        if ("source" in c) == (which == "known")
    ]
    head = HEADS[which, lang]
    begin, end = _marks(which)
    return "\n".join(
        [begin, "", head, "|---" * (head.count("|") - 1) + "|", *(f"| {' | '.join(row)} |" for row in rows), "", end]
    )


def _marks(which: str) -> tuple[str, str]:
    return f"<!-- {MARKS[which]}: begin -->", f"<!-- {MARKS[which]}: end -->"


def _plain(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False).replace('"', "").replace("{", "").replace("}", "")


def refresh_readme(path: Path, lang: str) -> None:
    """Put the tables into a README."""
    text = path.read_text("utf-8")
    for which in MARKS:
        begin, end = _marks(which)
        before, rest = text.split(begin)
        text = before + table(which, lang) + rest.split(end)[1]
    path.write_text(text, "utf-8", newline="\n")
