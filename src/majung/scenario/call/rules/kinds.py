"""Every kind of rule."""

from __future__ import annotations

from typing import Annotated, Final, TypeAlias

from pydantic import Field

from majung.scenario.call.rules.conditions import Documents, Earlier, ForceOut, Intensity, Once, Score, Size, Venture
from majung.scenario.call.rules.limits import Budget, Cap, Floor, ForceIn, Quota, Target, Winners
from majung.scenario.call.rules.rule import Rule

__all__ = ["KINDS", "AnyRule"]

AnyRule: TypeAlias = Annotated[
    Budget | Cap | Floor | Quota | Winners | ForceIn | ForceOut | Once | Documents | Size | Venture | Score | Earlier
    | Intensity | Target,
    Field(discriminator="kind"),
]  # fmt: skip
KINDS: Final[dict[str, type[Rule]]] = {
    model.model_fields["kind"].default: model
    for model in (
        *(Budget, Cap, Floor, Quota, Winners, ForceIn, ForceOut, Once, Documents, Size, Venture, Score, Earlier),
        *(Intensity, Target),
    )
}
