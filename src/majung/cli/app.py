"""Commands and their options. Help texts stand here as keys of the catalogue and are put into words at the start."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, TypeAlias

import typer

from majung.messages import Lang, text

if TYPE_CHECKING:
    from majung.cli.commands.conducting import How

__all__ = ["Settings", "command"]


@dataclass
class Settings:
    """What holds for every command.

    Parameters
    ----------
    lang : {"en", "ko"}
        The language of all that is printed.
    debug : bool
        Whether a bug shows its traceback.
    """

    lang: Lang
    debug: bool = False


def _set_lang(context: typer.Context, value: Lang | None) -> Lang | None:
    if value is not None:
        context.obj.lang = value
    return value


def _set_debug(context: typer.Context, value: bool) -> bool:
    context.obj.debug = context.obj.debug or value
    return value


def _show_version(value: bool) -> None:
    if value:
        from importlib.metadata import version

        print(f"majung {version('majung')}")
        raise typer.Exit


LangOption: TypeAlias = Annotated[
    Lang | None, typer.Option("--lang", help="cli.option.lang", callback=_set_lang, is_eager=True)
]
DebugOption: TypeAlias = Annotated[
    bool, typer.Option("--debug", help="cli.option.debug", callback=_set_debug, is_eager=True)
]
VersionOption: TypeAlias = Annotated[
    bool, typer.Option("--version", help="cli.option.version", callback=_show_version, is_eager=True)
]
JsonOption: TypeAlias = Annotated[bool, typer.Option("--json", help="cli.option.json")]
QuietOption: TypeAlias = Annotated[bool, typer.Option("--quiet", "-q", help="cli.option.quiet")]
ScenarioArgument: TypeAlias = Annotated[Path, typer.Argument(metavar="DIR", help="cli.argument.scenario")]
NewArgument: TypeAlias = Annotated[Path, typer.Argument(metavar="DIR", help="cli.argument.new")]
StrategyOption: TypeAlias = Annotated[
    list[str] | None, typer.Option("--strategy", "-s", metavar="ID", help="cli.option.strategy")
]
ReplicationsOption: TypeAlias = Annotated[
    int | None, typer.Option("--replications", "-n", metavar="N", help="cli.option.replications")
]
PrecisionOption: TypeAlias = Annotated[
    float | None, typer.Option("--precision", metavar="P", help="cli.option.precision")
]
MaxReplicationsOption: TypeAlias = Annotated[
    int | None, typer.Option("--max-replications", metavar="N", help="cli.option.max_replications")
]
SeedOption: TypeAlias = Annotated[int | None, typer.Option("--seed", metavar="S", help="cli.option.seed")]
OutOption: TypeAlias = Annotated[Path | None, typer.Option("--out", "-o", metavar="DIR", help="cli.option.out")]
ThreadsOption: TypeAlias = Annotated[int | None, typer.Option("--threads", metavar="N", help="cli.option.threads")]
SetOption: TypeAlias = Annotated[list[str] | None, typer.Option("--set", metavar="NAME=VALUE", help="cli.option.set")]
PathsOption: TypeAlias = Annotated[bool, typer.Option("--paths", help="cli.option.paths")]
ClusterOption: TypeAlias = Annotated[
    str | None, typer.Option("--cluster", metavar="ADDRESS", help="cli.option.cluster")
]
StoreOption: TypeAlias = Annotated[Path | None, typer.Option("--store", metavar="DIR", help="cli.option.store")]
FileOption: TypeAlias = Annotated[Path | None, typer.Option("--out", "-o", metavar="FILE", help="cli.option.file")]
RunArgument: TypeAlias = Annotated[str, typer.Argument(metavar="ID", help="cli.argument.run")]
RunsArgument: TypeAlias = Annotated[list[str], typer.Argument(metavar="ID", help="cli.argument.runs")]
SeriesArgument: TypeAlias = Annotated[Path, typer.Argument(metavar="FILE", help="cli.takeoff.argument")]
AsOfOption: TypeAlias = Annotated[str | None, typer.Option("--as-of", metavar="DAY", help="cli.takeoff.option.as_of")]
MarketOption: TypeAlias = Annotated[
    float | None, typer.Option("--market", metavar="M", help="cli.takeoff.option.market")
]
KindOption: TypeAlias = Annotated[str | None, typer.Option("--kind", metavar="K", help="cli.takeoff.option.kind")]
UnitOption: TypeAlias = Annotated[str | None, typer.Option("--unit", metavar="U", help="cli.takeoff.option.unit")]
SeriesOption: TypeAlias = Annotated[
    list[str] | None, typer.Option("--series", metavar="ID", help="cli.takeoff.option.series")
]
RuleOption: TypeAlias = Annotated[str | None, typer.Option("--rule", metavar="R", help="cli.takeoff.option.rule")]
ReplayOption: TypeAlias = Annotated[bool, typer.Option("--replay", help="cli.takeoff.option.replay")]
BootstrapOption: TypeAlias = Annotated[
    int | None, typer.Option("--bootstrap", metavar="N", help="cli.takeoff.option.bootstrap")
]
DrawsSeedOption: TypeAlias = Annotated[int | None, typer.Option("--seed", metavar="S", help="cli.takeoff.option.seed")]
PageOption: TypeAlias = Annotated[
    Path | None, typer.Option("--out", "-o", metavar="FILE", help="cli.takeoff.option.out")
]
ListOption: TypeAlias = Annotated[bool, typer.Option("--json", help="cli.takeoff.option.json")]
CostsArgument: TypeAlias = Annotated[Path, typer.Argument(metavar="FILE", help="cli.learning.argument")]
IntoOption: TypeAlias = Annotated[Path | None, typer.Option("--into", metavar="DIR", help="cli.learning.option.into")]
TerseOption: TypeAlias = Annotated[bool, typer.Option("--quiet", "-q", help="cli.learning.option.quiet")]
FileArgument: TypeAlias = Annotated[Path, typer.Argument(metavar="FILE", help="cli.argument.file")]
BudgetOption: TypeAlias = Annotated[
    str | None, typer.Option("--budget", metavar="M", help="cli.allocate.option.budget")
]
WorldsOption: TypeAlias = Annotated[
    int | None, typer.Option("--worlds", metavar="N", help="cli.allocate.option.worlds")
]

_CONTEXT = {"help_option_names": ["--help", "-h"], "max_content_width": 100}


def _majung(version: VersionOption = False) -> None:
    """Hold what stands before a command."""


def _new(settings: typer.Context, directory: NewArgument, lang: LangOption = None, debug: DebugOption = False) -> None:
    from majung.cli.commands import scenarios

    scenarios.new(directory, settings.obj.lang)


def _check(
    settings: typer.Context, directory: ScenarioArgument, lang: LangOption = None, debug: DebugOption = False
) -> None:
    from majung.cli.commands import scenarios

    scenarios.check(directory, settings.obj.lang)


def _run(
    settings: typer.Context,
    directory: ScenarioArgument,
    strategy: StrategyOption = None,
    replications: ReplicationsOption = None,
    precision: PrecisionOption = None,
    max_replications: MaxReplicationsOption = None,
    seed: SeedOption = None,
    set_: SetOption = None,
    out: OutOption = None,
    paths: PathsOption = False,
    store: StoreOption = None,
    threads: ThreadsOption = None,
    cluster: ClusterOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
    lang: LangOption = None,
    debug: DebugOption = False,
) -> None:
    from majung.cli.commands import running

    asked = running.Asked(
        directory=directory,
        strategies=strategy or None,
        replications=replications,
        precision=precision,
        max_replications=max_replications,
        seed=seed,
        overrides=running.read_settings(set_ or []),
        paths=paths,
        out=out,
    )
    running.run(asked, _how(settings, store, threads, cluster, json, quiet))


def _rerun(
    settings: typer.Context,
    run: RunArgument,
    store: StoreOption = None,
    threads: ThreadsOption = None,
    cluster: ClusterOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
    lang: LangOption = None,
    debug: DebugOption = False,
) -> None:
    from majung.cli.commands import running

    running.rerun(run, _how(settings, store, threads, cluster, json, quiet))


def _how(
    settings: typer.Context, store: Path | None, threads: int | None, cluster: str | None, json: bool, quiet: bool
) -> How:
    from majung.cli.commands.conducting import How

    return How(store=store, threads=threads, cluster=cluster, json=json, quiet=quiet, lang=settings.obj.lang)


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


def _allocate(
    settings: typer.Context,
    directory: ScenarioArgument,
    budget: BudgetOption = None,
    worlds: WorldsOption = None,
    seed: SeedOption = None,
    out: OutOption = None,
    store: StoreOption = None,
    threads: ThreadsOption = None,
    cluster: ClusterOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
    lang: LangOption = None,
    debug: DebugOption = False,
) -> None:
    from majung.cli.commands import awards

    asked = awards.Asked(directory=directory, budget=budget, seed=seed, worlds=worlds, out=out)
    awards.allocate(asked, _how(settings, store, threads, cluster, json, quiet))


_COMMANDS: Final = (
    ("new", _new),
    ("check", _check),
    ("run", _run),
    ("allocate", _allocate),
    ("runs", _runs),
    ("rerun", _rerun),
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
        add_completion=False,
        rich_markup_mode=None,
        context_settings=_CONTEXT,
        help="cli.majung.help",
    )
    app.callback(epilog="cli.majung.examples")(_majung)
    for name, function in _COMMANDS:
        app.command(name, help=f"cli.{name}.help", epilog=f"cli.{name}.examples", context_settings=_CONTEXT)(function)
    group = typer.main.get_command(app)
    _put_into_words(group, lang)
    for inner in group.commands.values():  # type: ignore[attr-defined]
        _put_into_words(inner, lang)
    return group


def _put_into_words(part: Any, lang: Lang) -> None:
    """Render the keys of a command, its examples and its options; what is not a key is left as it is."""
    part.help = _words(part.help, lang)
    part.epilog = _words(part.epilog, lang)
    for parameter in part.params:
        parameter.help = _words(parameter.help, lang)


def _words(key: str | None, lang: Lang) -> str | None:
    return text(key, lang) if key is not None and key.startswith("cli.") else key
