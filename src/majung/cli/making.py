"""Commands that make runs, with their options."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from majung.cli.options import (
    BudgetOption,
    BudgetsOption,
    ClaimsOption,
    ClusterOption,
    DebugOption,
    FromOption,
    JsonOption,
    LangOption,
    LuckOption,
    MaxReplicationsOption,
    MoreLuckOption,
    ObjectiveOption,
    OneStrategyOption,
    OutcomeOption,
    OutOption,
    PathsOption,
    PlausibleOption,
    PrecisionOption,
    QuietOption,
    ReplicationsOption,
    RunArgument,
    ScenarioArgument,
    SeedOption,
    SetOption,
    StoreOption,
    StrategyOption,
    ThreadsOption,
    TrialsOption,
    WorldsOption,
)

if TYPE_CHECKING:
    from majung.cli.commands.conducting import How

__all__ = ["allocate", "claims", "explore", "rerun", "run", "search"]


def run(
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
    """Simulate, compare, write a report."""
    from majung.cli.commands import running

    asked = running.Asked(
        directory=directory,
        strategies=strategy or None,
        replications=replications,
        precision=precision,
        max_replications=max_replications,
        seed=seed,
        overrides={},
        paths=paths,
        out=out,
    )
    running.run(asked, set_ or [], _how(settings, store, threads, cluster, json, quiet))


def allocate(
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
    """Decide a call."""
    from majung.cli.commands import awards

    asked = awards.Asked(directory=directory, budget=budget, seed=seed, worlds=worlds, out=out)
    awards.allocate(asked, _how(settings, store, threads, cluster, json, quiet))


def claims(
    settings: typer.Context,
    directory: ScenarioArgument,
    claims: ClaimsOption = None,
    from_: FromOption = None,
    worlds: PlausibleOption = None,
    replications: LuckOption = None,
    max_replications: MoreLuckOption = None,
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
    """Put claims to the test."""
    from majung.cli.commands.studies import claims as study
    from majung.cli.commands.studies.lists import listed

    asked = study.Asked(
        directory=directory,
        claims=listed(claims, "--claims"),
        folder=from_,
        worlds=worlds,
        replications=replications,
        max_replications=max_replications,
        seed=seed,
        out=out,
    )
    study.claims(asked, _how(settings, store, threads, cluster, json, quiet))


def explore(
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
    """Find out what an outcome hangs on."""
    from majung.cli.commands.studies import explore as study

    asked = study.Asked(directory=directory, outcome=outcome, strategy=strategy, seed=seed, out=out)
    study.explore(asked, _how(settings, store, threads, cluster, json, quiet))


def search(
    settings: typer.Context,
    directory: ScenarioArgument,
    budgets: BudgetsOption = None,
    objective: ObjectiveOption = None,
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
    """Search the best strategy of each budget."""
    from majung.cli.commands.studies import search as study
    from majung.cli.commands.studies.lists import amounts_listed

    asked = study.Asked(
        directory=directory, budgets=amounts_listed(budgets), objective=objective, trials=trials, seed=seed, out=out
    )
    study.search(asked, _how(settings, store, threads, cluster, json, quiet))


def rerun(
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
    """Go on with a run, or reproduce it."""
    from majung.cli.commands import running

    running.rerun(run, _how(settings, store, threads, cluster, json, quiet))


def _how(
    settings: typer.Context, store: Path | None, threads: int | None, cluster: str | None, json: bool, quiet: bool
) -> How:
    from majung.cli.commands.conducting import How

    return How(store=store, threads=threads, cluster=cluster, json=json, quiet=quiet, lang=settings.obj.lang)
