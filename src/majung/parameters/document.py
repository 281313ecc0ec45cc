"""The table of parameters, for the documentation."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby

from majung.messages import Lang, text
from majung.parameters.load import ALL, load
from majung.parameters.model import Parameter, ParameterSet, Range

__all__ = ["table"]


def table(lang: Lang = "en", parameters: ParameterSet | None = None) -> str:
    """Return every parameter as Markdown: a heading and a table for each file, then the list of sources.

    Parameters
    ----------
    lang : {"en", "ko"}
        Language of labels and headings. Notes and citations are in English.
    parameters : ParameterSet, optional
        The package's own where left out.
    """
    whole = load(groups=ALL) if parameters is None else parameters
    parts = [
        section
        for group, members in groupby(whole.values(), lambda p: p.group)
        for section in _section(group, list(members), lang)
    ]
    cited = sorted({key for p in whole.values() for key in (p.source, *p.compare) if key is not None})
    parts += [f"## {text('parameter.table.sources', lang)}", ""]
    for key in cited:
        source = whole.sources[key]
        address = f" <{source.url}>" if source.url else ""
        note = f" {source.note}" if source.note else ""
        parts.append(f"- **{key}**: {source.citation()}{address} [{source.status}]{note}")
    return "\n".join([*parts, ""])


def _section(group: str, members: list[Parameter], lang: Lang) -> list[str]:
    heads = [text(f"parameter.table.{name}", lang) for name in ("name", "symbol", "value", "unit", "range", "origin")]
    lines = [f"## {text(f'parameter.group.{group}', lang)}", "", _row(heads), _row(["---"] * len(heads))]
    notes = []
    for p in members:
        name = f"`{p.name}`<br>{p.label.text(lang)}"
        lines.append(_row([name, p.symbol, _value(p), p.unit, _range(p), _origin(p, lang)]))
        if p.note:
            notes.append(f"- `{p.name}`: {p.note}")
    return [*lines, "", *([*notes, ""] if notes else [])]


def _row(cells: list[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _value(p: Parameter) -> str:
    if not isinstance(p.value, Mapping):
        return f"{p.value:g}"
    if len(set(p.value.values())) == 1:
        return f"{next(iter(p.value.values())):g}"
    return "<br>".join(f"{key} {value:g}" for key, value in p.value.items())


def _range(p: Parameter) -> str:
    def shown(pair: Range) -> str:
        return f"{pair[0]:g} … {pair[1]:g}"

    if isinstance(p.range, Mapping):
        return "<br>".join(f"{key} {shown(pair)}" for key, pair in p.range.items())
    return shown(p.range)


def _origin(p: Parameter, lang: Lang) -> str:
    origin = text("parameter.table.free", lang) if p.free else f"{p.source} [{p.status}]"
    return origin + (f"; {text('parameter.table.compare', lang)} {', '.join(p.compare)}" if p.compare else "")
