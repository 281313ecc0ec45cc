"""What is wrong with a command line, in majung's words: the parser's own are English only."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final, get_args

from typer.exceptions import TyperException

from majung.errors import Problem, nearest
from majung.messages import Lang, text

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["asked_language", "said"]

_QUOTED: Final = re.compile(r"'([^']*)'")
_BRACKETED: Final = re.compile(r"\(([^()]*)\)$")
_KINDS: Final[dict[Any, str]] = {int: "cli.usage.whole_number", float: "cli.usage.number"}


def asked_language(arguments: Sequence[str]) -> Lang | None:
    """Return what ``--lang`` asks for, before the command line is understood; None where it asks for nothing known."""
    asked = None
    for place, argument in enumerate(arguments):
        name, equals, value = argument.partition("=")
        if name == "--lang":
            asked = value if equals else next(iter(arguments[place + 1 :]), None)
    return next((lang for lang in get_args(Lang) if lang == asked), None)


def said(error: TyperException, lang: Lang) -> str:
    """Return what is wrong, and how to find out what is right."""
    context = getattr(error, "ctx", None)
    program = "majung" if context is None else context.command_path
    return f"{_what(error, context, lang)}\n{text('cli.usage.help', lang, program=program)}"


def _what(error: Any, context: Any, lang: Lang) -> str:
    name, message = type(error).__name__, str(error.format_message())
    if name == "MissingParameter" and error.param is not None:
        return text("cli.usage.missing", lang, name=_name(error.param))
    if name == "NoSuchOption":
        known = [] if context is None else [name for parameter in context.command.params for name in parameter.opts]
        return _unknown("cli.usage.no_option", error.option_name, known, lang)
    if name == "BadOptionUsage":
        return text("cli.usage.no_value", lang, name=error.option_name)
    if name == "BadParameter" and error.param is not None:
        kind = getattr(getattr(error.param, "type_descriptor", None), "annotation", None)
        if choices := get_args(kind):
            return text("cli.usage.choice", lang, name=_name(error.param), choices=choices)
        if kind in _KINDS:
            return text(_KINDS[kind], lang, name=_name(error.param))
    if message == "Missing command.":
        return text("cli.usage.missing_command", lang)
    if message.startswith("No such command") and (found := _QUOTED.search(message)):
        return _unknown("cli.usage.no_command", found[1], getattr(context.command, "commands", ()), lang)
    if message.startswith("Got unexpected extra argument") and (found := _BRACKETED.search(message)):
        return text("cli.usage.too_many", lang, found=found[1])
    return message


def _unknown(key: str, found: str, known: Iterable[str], lang: Lang) -> str:
    return Problem(key=key, found=found, suggestion=nearest(found, known)).text(lang)


def _name(parameter: Any) -> str:
    """Return how a reader knows a parameter: the long option, or the argument as help writes it."""
    return max(parameter.opts, key=len) if parameter.param_type_name == "option" else str(parameter.metavar)
