"""Commands. Help texts are keys of the catalogue that are put into words at the start; options are in `options`."""

from __future__ import annotations

from typing import Any, Final

import typer

from majung.cli import making
from majung.cli.help import Command, Group, put_into_words
from majung.cli.options import (
    AsOfOption,
    BootstrapOption,
    CostsArgument,
    DebugOption,
    DrawsSeedOption,
    FileArgument,
    FileOption,
    IntoOption,
    JsonOption,
    KindOption,
    LangOption,
    ListOption,
    MarketOption,
    NewArgument,
    PageOption,
    QuietOption,
    ReplayOption,
    RuleOption,
    RunArgument,
    RunsArgument,
    ScenarioArgument,
    SeriesArgument,
    SeriesOption,
    Settings,
    StoreOption,
    TerseOption,
    ThreadsOption,
    UnitOption,
    VersionOption,
)
from majung.messages import Lang

__all__ = ["Settings", "command"]

_CONTEXT = {"help_option_names": ["--help", "-h"], "max_content_width": 100}


def _majung(version: VersionOption = False, lang: LangOption = None, debug: DebugOption = False) -> None:
    """Hold what stands before a command."""


def _new(settings: typer.Context, directory: NewArgument, lang: LangOption = None, debug: DebugOption = False) -> None:
    from majung.cli.commands import scenarios

    scenarios.new(directory, settings.obj.lang)


def _check(
    settings: typer.Context, directory: ScenarioArgument, lang: LangOption = None, debug: DebugOption = False
) -> None:
    from majung.cli.commands import scenarios

    scenarios.check(directory, settings.obj.lang)


def _runs(
    settings: typer.Context,
    store: StoreOption = None,
    json: JsonOption = False,
    lang: LangOption = None,
    debug: DebugOption = False,
) -> None:
    from majung.cli.commands import stored

    stored.runs(store, settings.obj.lang, json=json)


def _rm(
    settings: typer.Context,
    runs: RunsArgument,
    store: StoreOption = None,
    lang: LangOption = None,
    debug: DebugOption = False,
) -> None:
    from majung.cli.commands import stored

    stored.remove(runs, store, settings.obj.lang)


def _verify(
    settings: typer.Context,
    run: RunArgument,
    store: StoreOption = None,
    json: JsonOption = False,
    lang: LangOption = None,
    debug: DebugOption = False,
) -> None:
    from majung.cli.commands import stored

    stored.verify(run, store, settings.obj.lang, json=json)


def _export(
    settings: typer.Context,
    run: RunArgument,
    out: FileOption = None,
    store: StoreOption = None,
    lang: LangOption = None,
    debug: DebugOption = False,
) -> None:
    from majung.cli.commands import stored

    stored.export(run, out, store, settings.obj.lang)


def _import(
    settings: typer.Context,
    file: FileArgument,
    store: StoreOption = None,
    lang: LangOption = None,
    debug: DebugOption = False,
) -> None:
    from majung.cli.commands import stored

    stored.import_(file, store, settings.obj.lang)


def _takeoff(
    settings: typer.Context,
    table: SeriesArgument,
    as_of: AsOfOption = None,
    market: MarketOption = None,
    kind: KindOption = None,
    unit: UnitOption = None,
    series: SeriesOption = None,
    rule: RuleOption = None,
    replay: ReplayOption = False,
    bootstrap: BootstrapOption = None,
    seed: DrawsSeedOption = None,
    out: PageOption = None,
    threads: ThreadsOption = None,
    json: ListOption = False,
    quiet: QuietOption = False,
    lang: LangOption = None,
    debug: DebugOption = False,
) -> None:
    from majung.cli.commands import evidence

    evidence.takeoff(
        evidence.Asked(
            table=table,
            as_of=as_of,
            market=market,
            kind=kind,
            unit=unit,
            series=series or (),
            rule=rule,
            replay=replay,
            bootstrap=bootstrap,
            seed=seed,
            threads=threads,
            out=out,
            json=json,
            quiet=quiet,
            lang=settings.obj.lang,
        )
    )


def _learning(
    settings: typer.Context,
    table: CostsArgument,
    as_of: AsOfOption = None,
    into: IntoOption = None,
    json: ListOption = False,
    quiet: TerseOption = False,
    lang: LangOption = None,
    debug: DebugOption = False,
) -> None:
    from majung.cli.commands import learning

    learning.learning(
        learning.Asked(table=table, as_of=as_of, into=into, json=json, quiet=quiet, lang=settings.obj.lang)
    )


_COMMANDS: Final = (
    ("new", _new),
    ("check", _check),
    ("run", making.run),
    ("allocate", making.allocate),
    ("claims", making.claims),
    ("explore", making.explore),
    ("search", making.search),
    ("runs", _runs),
    ("rerun", making.rerun),
    ("verify", _verify),
    ("rm", _rm),
    ("export", _export),
    ("import", _import),
    ("takeoff", _takeoff),
    ("learning", _learning),
)


def command(lang: Lang) -> Any:
    """Return the command line with its help in one language."""
    app = typer.Typer(
        cls=Group,
        add_completion=False,
        rich_markup_mode=None,
        context_settings=_CONTEXT,
        help="cli.majung.help",
    )
    app.callback(epilog="cli.majung.examples")(_majung)
    for name, function in _COMMANDS:
        app.command(
            name, cls=Command, help=f"cli.{name}.help", epilog=f"cli.{name}.examples", context_settings=_CONTEXT
        )(function)
    group = typer.main.get_command(app)
    put_into_words(group, lang)
    return group
