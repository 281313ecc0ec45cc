"""Commands whose help is in the reader's language throughout: the parser's own words are English only."""

from __future__ import annotations

import re
from typing import Any, Final

from typer.core import TyperCommand, TyperGroup

from majung.messages import Lang, text

__all__ = ["Command", "Group", "put_into_words"]

_EXTRAS: Final = re.compile(r"\[(?P<default>default: )?(?P<value>[^\[\];]*?)(?:; )?(?P<required>required)?\]$")
"""What the parser appends to the help of an option or argument."""
_SENTENCE: Final = re.compile(r"(?<=\.)\s")


class _InWords:
    """What commands and groups of them have in common."""

    lang: Lang = "en"

    def format_usage(self, context: Any, formatter: Any) -> None:
        """Write the usage line."""
        pieces = " ".join(self.collect_usage_pieces(context))  # type: ignore[attr-defined]
        formatter.write_usage(context.command_path, pieces, prefix=f"{text('cli.help.usage', self.lang)} ")

    def _format_parameters(self, context: Any, formatter: Any) -> None:
        """Write arguments and options."""
        parameters = self.get_params(context)  # type: ignore[attr-defined]
        for kind in ("argument", "option"):
            of_kind = (parameter for parameter in parameters if parameter.param_type_name == kind)
            records = [record for parameter in of_kind if (record := parameter.get_help_record(context)) is not None]
            if records:
                with formatter.section(text(f"cli.help.{kind}s", self.lang)):
                    formatter.write_dl([(name, _extras(said, self.lang)) for name, said in records])


class Command(_InWords, TyperCommand):
    """A command."""

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write arguments and options."""
        self._format_parameters(ctx, formatter)


class Group(_InWords, TyperGroup):
    """The commands together."""

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write options and commands."""
        self._format_parameters(ctx, formatter)
        self.format_commands(ctx, formatter)

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Write each command with the whole first sentence of its help."""
        rows = [(name, _SENTENCE.split(self.commands[name].help or "")[0]) for name in self.list_commands(ctx)]
        with formatter.section(text("cli.help.commands", self.lang)):
            formatter.write_dl(rows)


def put_into_words(part: Any, lang: Lang) -> None:
    """Render the keys of a command, its examples and its options; what is not a key is left as it is."""
    part.lang = lang
    part.help, part.epilog = _words(part.help, lang), _words(part.epilog, lang)
    part.options_metavar = text("cli.help.options_metavar", lang)
    for parameter in part.params:
        parameter.help = _words(parameter.help, lang)
    if isinstance(part, Group):
        part.subcommand_metavar = text("cli.help.command_metavar", lang)
        for inner in part.commands.values():
            put_into_words(inner, lang)


def _words(key: str | None, lang: Lang) -> str | None:
    return text(key, lang) if key is not None and key.startswith("cli.") else key


def _extras(said: str, lang: Lang) -> str:
    """Put what the parser appended, and its help of ``--help``, into words."""
    if said == "Show this message and exit.":
        return text("cli.help.help", lang)
    found = _EXTRAS.search(said)
    if found is None or not (found["default"] or found["required"]):
        return said
    parts = [text("cli.help.default", lang, value=found["value"])] if found["default"] else []
    parts += [text("cli.help.required", lang)] if found["required"] else []
    return f"{said[: found.start()]}[{', '.join(parts)}]"
