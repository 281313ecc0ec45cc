"""What every command understands, and the options that commands share or have. Help texts are keys of the catalogue."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, TypeAlias

import typer

from majung.messages import Lang

__all__ = [
    "AsOfOption",
    "BootstrapOption",
    "BudgetOption",
    "BudgetsOption",
    "ClaimsOption",
    "ClusterOption",
    "CostsArgument",
    "DebugOption",
    "DrawsSeedOption",
    "FileArgument",
    "FileOption",
    "FromOption",
    "IntoOption",
    "JsonOption",
    "KindOption",
    "LangOption",
    "ListOption",
    "LuckOption",
    "MarketOption",
    "MaxReplicationsOption",
    "MoreLuckOption",
    "NewArgument",
    "ObjectiveOption",
    "OneStrategyOption",
    "OutOption",
    "OutcomeOption",
    "PageOption",
    "PathsOption",
    "PlausibleOption",
    "PrecisionOption",
    "QuietOption",
    "ReplayOption",
    "ReplicationsOption",
    "RuleOption",
    "RunArgument",
    "RunsArgument",
    "ScenarioArgument",
    "SeedOption",
    "SeriesArgument",
    "SeriesOption",
    "SetOption",
    "Settings",
    "StoreOption",
    "StrategyOption",
    "TerseOption",
    "ThreadsOption",
    "TrialsOption",
    "UnitOption",
    "VersionOption",
    "WorldsOption",
]


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
ClaimsOption: TypeAlias = Annotated[
    list[str] | None, typer.Option("--claims", "-c", metavar="ID,...", help="cli.claims.option.claims")
]
FromOption: TypeAlias = Annotated[Path | None, typer.Option("--from", metavar="DIR", help="cli.claims.option.from")]
PlausibleOption: TypeAlias = Annotated[
    int | None, typer.Option("--worlds", "-w", metavar="N", help="cli.claims.option.worlds")
]
LuckOption: TypeAlias = Annotated[
    int | None, typer.Option("--replications", "-n", metavar="N", help="cli.claims.option.replications")
]
MoreLuckOption: TypeAlias = Annotated[
    int | None, typer.Option("--max-replications", metavar="N", help="cli.claims.option.max_replications")
]
OutcomeOption: TypeAlias = Annotated[
    str | None, typer.Option("--outcome", metavar="NAME", help="cli.explore.option.outcome")
]
OneStrategyOption: TypeAlias = Annotated[
    str | None, typer.Option("--strategy", "-s", metavar="ID", help="cli.explore.option.strategy")
]
BudgetsOption: TypeAlias = Annotated[
    list[str] | None, typer.Option("--budgets", "-b", metavar="M,...", help="cli.search.option.budgets")
]
ObjectiveOption: TypeAlias = Annotated[
    str | None, typer.Option("--objective", metavar="NAME", help="cli.search.option.objective")
]
TrialsOption: TypeAlias = Annotated[int | None, typer.Option("--trials", metavar="N", help="cli.search.option.trials")]
