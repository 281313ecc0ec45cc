"""Commands. Help texts are keys of the catalogue that are put into words at the start; options are in `options`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import typer

from majung.cli.options import (
    AsOfOption,
    BootstrapOption,
    BudgetOption,
    BudgetsOption,
    ClaimsOption,
    ClusterOption,
    CostsArgument,
    DebugOption,
    DrawsSeedOption,
    FileArgument,
    FileOption,
    FromOption,
    IntoOption,
    JsonOption,
    KindOption,
    LangOption,
    ListOption,
    LuckOption,
    MarketOption,
    MaxReplicationsOption,
    NewArgument,
    OneStrategyOption,
    OutcomeOption,
    OutOption,
    PageOption,
    PathsOption,
    PlausibleOption,
    PrecisionOption,
    QuietOption,
    ReplayOption,
    ReplicationsOption,
    RuleOption,
    RunArgument,
    RunsArgument,
    ScenarioArgument,
    SeedOption,
    SeriesArgument,
    SeriesOption,
    SetOption,
    Settings,
    StoreOption,
    StrategyOption,
    TerseOption,
    ThreadsOption,
    TrialsOption,
    UnitOption,
    VersionOption,
    WorldsOption,
)
from majung.messages import Lang, text

if TYPE_CHECKING:
    from majung.cli.commands.conducting import How

__all__ = ["Settings", "command"]

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


def _claims(
    settings: typer.Context,
    directory: ScenarioArgument,
    claims: ClaimsOption = None,
    from_: FromOption = None,
    worlds: PlausibleOption = None,
    replications: LuckOption = None,
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
    from majung.cli.commands.studies import claims as study
    from majung.cli.commands.studies.lists import listed

    asked = study.Asked(
        directory=directory,
        claims=listed(claims, "--claims"),
        folder=from_,
        worlds=worlds,
        replications=replications,
        seed=seed,
        out=out,
    )
    study.claims(asked, _how(settings, store, threads, cluster, json, quiet))


def _explore(
    settings: typer.Context,
    directory: ScenarioArgument,
    outcome: OutcomeOption = None,
    strategy: OneStrategyOption = None,
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
    from majung.cli.commands.studies import explore as study

    asked = study.Asked(directory=directory, outcome=outcome, strategy=strategy, seed=seed, out=out)
    study.explore(asked, _how(settings, store, threads, cluster, json, quiet))


def _search(
    settings: typer.Context,
    directory: ScenarioArgument,
    budgets: BudgetsOption = None,
    trials: TrialsOption = None,
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
    from majung.cli.commands.studies import search as study
    from majung.cli.commands.studies.lists import amounts_listed

    asked = study.Asked(directory=directory, budgets=amounts_listed(budgets), trials=trials, seed=seed, out=out)
    study.search(asked, _how(settings, store, threads, cluster, json, quiet))


_COMMANDS: Final = (
    ("new", _new),
    ("check", _check),
    ("run", _run),
    ("allocate", _allocate),
    ("claims", _claims),
    ("explore", _explore),
    ("search", _search),
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
