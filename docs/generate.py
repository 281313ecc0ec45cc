"""Write docs/reference/ from the code's own tables: parameters, columns, strategies, arrays, commands, Python names.

The build of the documentation calls this; the pages are not kept in the repository, so they cannot fall behind.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import majung
from majung import dims
from majung.cli.app import command
from majung.decision.claims.document import claims_listed, outcomes_listed
from majung.market import equations
from majung.messages import LANGUAGES
from majung.parameters import table as parameters_table
from majung.scenario import TABLES, Award, ClassWeights, Criteria, Mix, Strategy
from majung.scenario.call import KINDS, Applications, CallSettings, Law, Risk, Rule, packaged_law
from majung.scenario.call.rules.filters import Filter, Scope

REFERENCE: Final = Path(__file__).parent / "reference"
ENVIRONMENT: Final = {
    "MAJUNG_LANG": "Language of what is printed, `en` or `ko`; `--lang` goes before it, the locale after it.",
    "MAJUNG_NUM_THREADS": "Number of threads; `--threads` goes before it. Results do not depend on it.",
    "MAJUNG_STORE": "Folder for results, one inside it for each run; `--out` goes before it. By default `majung-runs`.",
}


def pages() -> dict[str, str]:
    """Return each page by its file's name."""
    return {
        "parameters.md": f"# Parameters\n\n{PARAMETERS}\n\n{parameters_table('en')}",
        "parameters-ko.md": f"# 매개변수\n\n{PARAMETERS_KO}\n\n{parameters_table('ko')}",
        "columns.md": columns(),
        "strategies.md": strategies(),
        "rules.md": rules(),
        "claims.md": claims(),
        "arrays.md": arrays(),
        "cli.md": commands(),
        "python.md": python(),
        "equations.md": equation_pages(),
    }


PARAMETERS: Final = """\
Every number of the model, from `src/majung/parameters/*.yaml`. A scenario changes one under `[parameters]`, a run with
`--set name=value`, a script with `scenario.with_parameters({...})`; what stands under "How observed series are read" is
of `majung takeoff`, and what stands under "When worlds speak for a claim" of `majung claims`, and not of a scenario.
Outside the plausible range a value is kept and pointed out; outside of the bounds of the model it is refused.

*Origin*: READ, the number was seen at the address; READ-2nd, a secondary page reports it; DERIVED, arithmetic on
numbers that were read; MEMORY, recalled and not checked; free, nobody has measured it. {doc}`parameters-ko` is the same
in Korean."""

PARAMETERS_KO: Final = """\
모형의 모든 수이며 `src/majung/parameters/*.yaml`에 있다. 시나리오에서는 `[parameters]` 아래에, 실행할 때는
`--set 이름=값`으로, 파이썬에서는 `scenario.with_parameters({...})`로 바꾼다. 관측 자료를 읽는 기준은 시나리오가
아니라 `majung takeoff`의 것이고, 세계들이 주장을 뒷받침한다고 보는 기준은 `majung claims`의 것이다. 타당한 범위를
벗어난 값은 쓰되 알려 주고, 모형이 성립하지 않는 값은 거절한다.

출처의 등급: READ는 적힌 주소에서 직접 본 수, READ-2nd는 다른 글이 옮긴 수, DERIVED는 읽은 수로 계산한 값, MEMORY는
기억한 값으로 확인하지 않은 것, '자유'는 아무도 재지 않은 값이다. 영어판은 {doc}`parameters`."""


def columns() -> str:
    """Return the page on the columns of a scenario's tables."""
    parts = [
        "# Tables and columns",
        "",
        "The tables of a scenario, each a csv, xlsx or parquet file. Amounts of money are in the scenario's unit where "
        "neither the header nor the cell names one ({doc}`../guide/amounts`). An unknown column is an error, with the "
        "nearest known name. *Other headers* are understood too; upper and lower case are the same, and so are a space "
        "and an underscore.",
        "",
    ]
    heads = ("column", "meaning", "뜻", "unit", "if empty", "bounds", "other headers")
    for table in (*TABLES, Applications):
        parts += [
            f"## {table.stem}",
            "",
            f"{(table.__doc__ or '').strip()}",
            "",
            *_table(heads, map(_column, table.columns())),
            "",
        ]
    return "\n".join(parts)


def _column(column: Any) -> Sequence[str]:
    if column.required:
        empty = "required"
    elif column.parameter is not None:
        empty = f"`{column.parameter}`"
    else:
        empty = "" if column.default is None else str(column.default).removesuffix(".0")
    english, korean = column.en, column.ko
    if column.choices:
        english += ": " + ", ".join(f"`{choice}`" for choice in column.choices)
    if column.numbered:
        english += " (as many columns as there are, told apart by a number)"
    if column.references:
        english += f" (an id of {column.references})"
    aliases = ", ".join(f"`{alias}`" for alias in dict.fromkeys(column.aliases))
    return f"`{column.name}`", english, korean, column.unit, empty, _bounds(column), aliases


def _bounds(column: Any) -> str:
    low = "" if column.lowest == -float("inf") else f"{'>' if column.above else '≥'} {column.lowest:g}"
    high = "" if column.highest == float("inf") else f"≤ {column.highest:g}"
    return ", ".join(bound for bound in (low, high) if bound)


def strategies() -> str:
    """Return the page on the keys of strategies.toml."""
    meaning = dict(_documented(Strategy))
    rows = [(f"`{name}`", _default(Strategy, name), meaning[name]) for name in Strategy.model_fields]
    parts = [
        "# Strategies",
        "",
        "The keys of a `[[strategy]]` in `strategies.toml`, and the arguments of `majung.Strategy`. What they do in "
        "the market is on the model page under *Support*; how to write one is in {doc}`../guide/strategies`.",
        "",
        *_table(("key", "if left out", "meaning"), rows),
        "",
        'In the file only: `after = "id"` copies another strategy, all keys that are given beside it replace the '
        "copy's, and `delay = 8` starts it that many quarters later, awards included.",
        "",
    ]
    for title, model in (("mix", Mix), ("class_weights", ClassWeights), ("criteria", Criteria)):
        names = ", ".join(f"`{name}`" for name in model.names)
        parts += [f"## {title}", "", f"{(model.__doc__ or '').strip()} {names}; 0 where left out.", ""]
    meaning = dict(_documented(Award))
    # One sentence stands for firm and technology.
    meaning.setdefault("technology", meaning["firm"].replace("`technology`", "`firm`"))
    rows = [(f"`{name}`", _default(Award, name), meaning[name]) for name in Award.model_fields]
    parts += [
        "## awards",
        "",
        (Award.__doc__ or "").split("\n", 1)[0],
        "",
        *_table(("key", "if left out", "meaning"), rows),
        "",
    ]
    return "\n".join(parts)


def rules() -> str:
    """Return the page on the keys of rules.toml and on the packaged law."""
    heads = ("key", "if left out", "meaning")
    parts = [
        "# Rules of a call",
        "",
        "The keys of `rules.toml`, and the law that comes with the package. How to write a call is in "
        "{doc}`../guide/call`. An unknown key is an error, with the nearest known one.",
        "",
        "## call",
        "",
        *_table(heads, _keys(CallSettings)),
        "",
        "`risk` has:",
        "",
        *_table(heads, _keys(Risk)),
        "",
        "## rule",
        "",
        "What every `[[rule]]` has. The keys of its kind come beside these.",
        "",
        *_table(heads, _keys(Rule)),
        "",
        "## Filters",
        "",
        "Most kinds are of a part of the applications or of the money. A value or a list; all where left out; of "
        "several keys all must hold. `quarter` and `year` are for rules on money and winners.",
        "",
        *_table(heads, (*_keys(Scope), *_keys(Filter, but=Scope))),
        "",
    ]
    for kind, model in KINDS.items():
        own = [*_keys(model, but=Rule, and_but=Filter)]
        doc = inspect.cleandoc(model.__doc__ or "").split("\n\n", 1)[0]
        has_filter = issubclass(model, Scope)
        filtered = "With a filter." if issubclass(model, Filter) else "With a filter, but for `quarter` and `year`."
        parts += [f"## {kind}", "", doc + (f" {filtered}" if has_filter else ""), ""]
        parts += [*_table(heads, own), ""] if own else []
    parts += ["## Packaged law", "", LAW, ""]
    rows = [row for law in packaged_law().values() for row in _law(law)]
    parts += [*_table(("law", "is", "from", "until", "clause", "status", "source", "remark"), rows), ""]
    parts += ["### Sales of Korean industries", "", INDUSTRIES, ""]
    for entry in packaged_law()["kr-sme-size"].entry:
        caps = [("medium", cap) for cap in entry.sales] + [("small", cap) for cap in entry.small]
        rows = [
            (kind, f"{cap.cap / 1e8:,.0f}", ", ".join(cap.industries), cap.status or entry.status) for kind, cap in caps
        ]
        heads_of_caps = ("up to", "mean sales (억원)", "industries", "status")
        parts += [f"From {entry.effective}:", "", *_table(heads_of_caps, rows), ""]
    return "\n".join(parts)


LAW: Final = """\
Each law is dated: what is in force on the call's day holds. A rule `law = "…"` takes kind, clause, source, dates and
status from it; what is written beside it goes before. *Status*: READ, the rule was read at the source; READ-2nd, a
secondary page reports it; DERIVED, arithmetic; MEMORY, recalled and not checked. Check what is not READ before you rely
on it."""

INDUSTRIES: Final = """\
Sections and divisions of KSIC. For the day of an entry that lacks an industry, the cap of the entry before is used, and
every finding that rests on it says that it could not be verified."""


def _keys(model: Any, *, but: Any = None, and_but: Any = None) -> Iterator[tuple[str, str, str]]:
    """Yield the keys of a model with what they are if left out and what they mean."""
    meaning: dict[str, str] = {}
    for owner in reversed(model.__mro__):
        if "Parameters\n" in (owner.__doc__ or "") and hasattr(owner, "model_fields"):
            meaning |= dict(_documented(owner))
    known = {*getattr(but, "model_fields", ()), *getattr(and_but, "model_fields", ())}
    for name, field in model.model_fields.items():
        if name in known and not (but is Rule and name == "instrument" and field.default):
            continue
        key = field.alias or name
        if field.is_required():
            default = "required"
        elif field.default in (None, "", ()) or name in ("title", "reason", "exchange", "among", "risk"):
            default = ""
        elif isinstance(field.default, tuple):
            default = ", ".join(f"`{item}`" for item in field.default)
        else:
            default = f"`{str(field.default).lower() if isinstance(field.default, bool) else field.default}`"
        yield f"`{key}`", default, meaning[key]


def _law(law: Law) -> Iterator[Sequence[str]]:
    for entry in law.entry:
        dates = (str(day or "") for day in (entry.effective, entry.until))
        source = f"<{entry.source}>" if entry.source.startswith("http") else entry.source
        yield f"`{law.id}`", f"{law.title.en} · {law.title.ko}", *dates, entry.clause, entry.status, source, entry.note


def _documented(thing: object) -> Iterator[tuple[str, str]]:
    """Yield the parameters that a numpy docstring describes, with their type and meaning."""
    body = inspect.cleandoc(getattr(thing, "__doc__", "") or "").split("Parameters\n----------\n", 1)[1]
    for entry in re.split(r"\n(?=\S)", body):
        head, _, rest = entry.partition("\n")
        names, _, kind = head.partition(" : ")
        for name in names.split(", "):
            yield name, f"{' '.join(rest.split())} *{kind.strip()}*".replace("*`", "*").strip()


def _default(model: Any, name: str) -> str:
    field = model.model_fields[name]
    if field.is_required():
        return "required"
    default = field.default
    if default is None:
        return "all" if name == "technologies" else ""
    if name == "title":
        return "the id"
    if isinstance(default, Mix | ClassWeights | Criteria) or default == ():
        return "none"
    if isinstance(default, tuple):
        return ", ".join(f"`{item}`" for item in default)
    return f"`{str(default).lower() if isinstance(default, bool) else default}`"


CLAIMS: Final = """\
# Claims and outcomes

What `majung claims` puts to the test where no folder is given, and what claims and explorations can be about. How
claims are judged, and how to write one, is in {doc}`../guide/claims`. The programmes, the settings and every number
here are in `src/majung/decision/claims/packaged/`; all of them are free: they say what is asked, not what is."""


def claims() -> str:
    """Return the page on majung's own claims and on outcomes."""
    scenario = majung.load(Path(__file__).parents[1] / "examples" / "korea-ai-2024")
    return "\n".join([CLAIMS, "", claims_listed(scenario), "## Outcomes", "", outcomes_listed(), ""])


def arrays() -> str:
    """Return the page on the result's dimensions and arrays."""
    units = {
        "money": "the scenario's unit of money, undiscounted; per quarter where there is a quarter",
        "1": "a share or another pure number",
        "index": "an index; quality is 1 at the world frontier of the first quarter",
        "log": "a difference of logarithms",
        "firms": "a number of firms",
        "lines": "a number of product lines",
        "adopters": "a number of adopters",
        "quarter": "a quarter",
        "mixed": "that of the outcome, which the coordinate `outcome_unit` gives",
    }
    parts = [
        "# Result arrays",
        "",
        "What `majung.compare` returns and `majung run` writes: an `xarray.Dataset`. Each array also carries its unit "
        "and names as attributes; the dataset carries where it comes from (`result.attrs`). *Domestic* lines are those "
        "of domestic firms; *private* sales exclude ordinary public buyers, programme orders and what programme orders "
        "induced upstream.",
        "",
        "## Dimensions",
        "",
        *_table(("dimension", "meaning", "뜻"), ((f"`{d.name}`", d.meaning_en, d.meaning_ko) for d in dims.DIMENSIONS)),
        "",
    ]
    groups = (
        ("By quarter and technology", "strategy, replication", dims.PATH_ARRAYS),
        ("By quarter", "strategy, replication", dims.ACCOUNT_ARRAYS),
        ("By firm", "strategy", dims.FIRM_ARRAYS),
    )
    for title, before, group in groups:
        rows = ((f"`{a.name}`", a.unit, a.meaning_en, a.meaning_ko) for a in group)
        shape = ", ".join([before, *group[0].dims])
        parts += [f"## {title}", "", f"Dimensions: {shape}.", "", *_table(("array", "unit", "meaning", "뜻"), rows), ""]
    parts += [
        "## Statistics",
        "",
        "`majung.compare(..., paths=False)` keeps no single world, so that its memory does not depend on their number. "
        "The arrays by quarter then have the dimension `statistic` (mean and sample variance over the worlds that did "
        "not fail) in place of `replication`, there is no `leader`, and these are with them. Everything that reads a "
        "result takes either kind. Quantiles are of the first 1,024 worlds, which are kept in the arrays that begin "
        "with `sample`: worlds are independent and alike, so the first ones are a fair sample.",
        "",
        *_table(
            ("array", "dimensions", "unit", "meaning", "뜻"),
            (
                (f"`{a.name}`", ", ".join(["strategy", *a.dims]), a.unit, a.meaning_en, a.meaning_ko)
                for a in dims.STATISTICS
            ),
        ),
        "",
        "## Outcomes",
        "",
        "What a world came to: labels of the dimension `outcome`. One that is named as an array above is its sum over "
        "all quarters and technologies; `live_ventures` is at the end.",
        "",
        *_table(
            ("outcome", "unit", "meaning", "뜻"),
            ((f"`{a.name}`", a.unit, a.meaning_en, a.meaning_ko) for a in dims.OUTCOMES),
        ),
        "",
    ]
    every = (*dims.PATH_ARRAYS, *dims.ACCOUNT_ARRAYS, *dims.FIRM_ARRAYS, *dims.STATISTICS, *dims.OUTCOMES)
    used = {a.unit for a in every}
    parts += [
        "## Units",
        "",
        *_table(("unit", "is"), ((name, says) for name, says in units.items() if name in used)),
        "",
    ]
    return "\n".join(parts)


def commands() -> str:
    """Return the page on the command line, in English, with the Korean help beneath."""
    parts = ["# Command line", ""]
    english, korean = (command(lang) for lang in LANGUAGES)
    parts += [english.help, "", korean.help, "", *_options(english, korean)]
    for name, inner in english.commands.items():
        arguments = [p.metavar for p in inner.params if not p.opts[0].startswith("-")]
        parts += [
            f"## majung {name}",
            "",
            inner.help,
            "",
            korean.commands[name].help,
            "",
            "```sh",
            " ".join(["majung", name, *arguments, "[options]"]),
            "```",
            "",
            *_options(inner, korean.commands[name]),
            *_examples(inner.epilog),
        ]
    parts += [
        "## Environment",
        "",
        *_table(("variable", "meaning"), ((f"`{name}`", says) for name, says in ENVIRONMENT.items())),
        "",
        "## Exit codes",
        "",
        *_table(
            ("code", "meaning"),
            (
                ("0", "done"),
                ("1", "a bug in majung; `--debug` shows where"),
                ("2", "bad input; every problem is listed"),
                ("3", "results cannot be stored or read"),
                ("130", "interrupted"),
            ),
        ),
        "",
    ]
    return "\n".join(parts)


def _options(english: Any, korean: Any) -> list[str]:
    rows = []
    for one, other in zip(english.params, korean.params, strict=True):
        shown = ", ".join(f"`{option}`" for option in one.opts if option.startswith("-")) or f"`{one.metavar}`"
        if one.metavar and one.opts[0].startswith("-"):
            shown += f" {one.metavar}"
        rows.append((shown, as_code(one.help), as_code(other.help)))
    return [*_table(("option", "meaning", "뜻"), rows), ""]


def as_code(words: str) -> str:
    """Return a help text with its options and variables set as code, or typography would make dashes of them."""
    return re.sub(r"(?<![\w`-])(--?[a-z][a-z-]*|\$[A-Z_]+)", r"`\1`", words)


def _examples(epilog: str) -> list[str]:
    lines = [line.strip() for line in epilog.splitlines() if line.startswith("  ")]
    return ["```sh", *(re.sub(r" {2,}(?=\S)", "    # ", line) for line in lines), "```", ""] if lines else []


def python() -> str:
    """Return the page on the public Python names."""
    parts = [
        "# Python",
        "",
        "`import majung as mj` and nothing else is needed; the names below are all that is public. "
        "How to use them is in {doc}`../guide/python`.",
        "",
    ]
    for name in majung.__all__:
        thing = getattr(majung, name)
        kind = "autoclass" if inspect.isclass(thing) else "autofunction"
        parts += [f"## majung.{name}", "", "```{eval-rst}", f".. {kind}:: majung.{name}"]
        if kind == "autoclass" and not issubclass(thing, BaseException) and name not in _PLAIN:
            parts += ["   :members:"]
        if kind == "autoclass" and name in ("Strategy",):
            parts += ["   :exclude-members: model_config"]
        if thing.__module__ == "majung.errors":
            # Indexed where the module is described.
            parts += ["   :no-index:"]
        parts += ["```", ""]
    return "\n".join(parts)


_PLAIN: Final = ("Progress", "StrategySummary")


def equation_pages() -> str:
    """Return the page on the model's equations."""
    return "\n".join(
        [
            "# Equations",
            "",
            "The functions that the kernel is built of, one an equation, in `majung.market.equations`. The numbers in "
            "the text are those of {doc}`../model`.",
            "",
            *(
                line
                for name, function in vars(equations).items()
                if not name.startswith("_") and callable(function) and hasattr(function, "py_func")
                if function.__module__ == equations.__name__
                for line in (
                    f"## {name}",
                    "",
                    f"`{name}{_signature(function.py_func)}`",
                    "",
                    inspect.cleandoc(function.__doc__ or ""),
                    "",
                )
            ),
        ]
    )


def _signature(function: Any) -> str:
    return str(inspect.signature(function)).replace("'", "")


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    lines = [" | ".join(heads), " | ".join(["---"] * len(heads))]
    lines += [" | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in row) for row in rows]
    return [f"| {line} |" for line in lines]


def main() -> None:
    """Write the pages, but touch no file that is right already, so that a build stays short."""
    REFERENCE.mkdir(exist_ok=True)
    for name, content in pages().items():
        path = REFERENCE / name
        whole = content.rstrip() + "\n"
        if not path.exists() or path.read_text(encoding="utf-8") != whole:
            path.write_text(whole, encoding="utf-8")


if __name__ == "__main__":
    main()
