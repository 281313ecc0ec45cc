"""What an allocation is asked for, checked before anything is simulated."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from importlib.metadata import version
from numbers import Integral
from typing import TYPE_CHECKING, Final

from majung.decision.awards.case import Case
from majung.decision.awards.objectives import OBJECTIVES, Objective
from majung.decision.portfolio import Infeasible, Risk, check
from majung.ensemble import BLOCK, RunRecord
from majung.ensemble.release import release
from majung.errors import InputError, Problem, not_a_choice
from majung.messages import Phrase
from majung.money import parse_amount, parse_unit
from majung.scenario.settings import LARGEST_SEED

if TYPE_CHECKING:
    from majung.scenario import Scenario
    from majung.scenario.call import Call

__all__ = ["WORLDS", "AllocationPlan", "Effort", "planned_allocation"]

WORLDS: Final = BLOCK
"""Worlds in which every option is looked at, where nothing else is asked for."""
_SHORT: Final = 12
_MANY: Final = 16_384
"""Worlds of all options in company above which half of them must do."""


@dataclass(frozen=True)
class Effort:
    """How many worlds each stage of an allocation may take.

    Parameters
    ----------
    worlds : int
        In which every option is looked at: whole blocks. All else is in proportion to it.
    """

    worlds: int

    @property
    def screen(self) -> int:
        """Worlds in which every option is looked at in company."""
        return 2 * self.worlds

    def refine(self, options: int) -> int:
        """Return the worlds to be spent, on all options together, where the choice is in doubt."""
        return options * self.worlds

    @property
    def improve(self) -> int:
        """Worlds in which portfolios are compared."""
        return 4 * self.worlds

    @property
    def tries(self) -> int:
        """Portfolios that are tried."""
        return 24

    @property
    def judge(self) -> int:
        """Fresh worlds for the portfolio and the practices beside it."""
        return 8 * self.worlds

    @property
    def gap(self) -> int:
        """Fresh worlds of every option alone, for what a better choice could bring, where company does not tell."""
        return 2 * self.worlds

    def company(self, sets: int) -> int:
        """Return the fresh worlds of so many sets of options in company: fewer where they are many, to a half."""
        return self.judge if sets * self.judge <= _MANY else self.judge // 2

    @property
    def tell(self) -> int:
        """Fresh worlds of each award and near miss."""
        return 4 * self.worlds


@dataclass(frozen=True, eq=False)
class AllocationPlan:
    """An allocation that can be run.

    Parameters
    ----------
    case : Case
    objective : Objective
    seed : int
    effort : Effort
    """

    case: Case
    objective: Objective
    seed: int
    effort: Effort

    @property
    def scenario(self) -> Scenario:
        """The scenario, with the call as it is decided."""
        return self.case.scenario

    @property
    def call(self) -> Call:
        """The call as it is decided."""
        return self.case.call

    @property
    def risk(self) -> Risk | None:
        """How far the worst worlds count, as the programme has it; None where the mean alone does."""
        asked = self.call.risk.measured()
        return None if asked is None else Risk.of(asked)

    @property
    def run_id(self) -> str:
        """Short hash of all that the result depends on."""
        content = [
            "allocate",
            self.scenario.world_hash,
            self.call.hash,
            self.seed,
            self.effort.worlds,
            release("decision"),
        ]
        text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()[:_SHORT]

    def record(self, kind: str, request: Mapping[str, object]) -> RunRecord:
        """Return what a store notes of it; see `majung.ensemble.Design.record`."""
        identity = {
            "version": version("majung"),
            "release": release("decision"),
            "scenario_id": self.scenario.id,
            "scenario_hash": self.scenario.hash,
            "world_hash": self.scenario.world_hash,
            "parameters_hash": self.scenario.parameters.hash,
            "call_id": self.call.id,
            "call_hash": self.call.hash,
            "seed": self.seed,
            "worlds": self.effort.worlds,
        }
        return RunRecord(run_id=self.run_id, kind=kind, title=self.call.title, request=dict(request), identity=identity)


def planned_allocation(
    scenario: Scenario,
    *,
    rules: Call | None = None,
    budget: str | float | None = None,
    seed: int | None = None,
    worlds: int | None = None,
) -> AllocationPlan:
    """Check what is asked for: that there is a call, and that its rules can be kept together.

    Parameters
    ----------
    scenario : Scenario
        With a call for applications.
    rules : Call, optional
        Instead of the scenario's own call.
    budget : float or str, optional
        Instead of the call's: an amount in the scenario's unit, or as people write it (``30억``).
    seed : int, optional
        The scenario's own by default.
    worlds : int, optional
        In which every option is looked at; `WORLDS` by default, rounded up to whole blocks.

    Raises
    ------
    InputError
        With everything that is wrong; where rules clash, with a smallest set of rules that cannot be kept together.
    """
    problems: list[Problem] = []
    call = scenario.call if rules is None else rules
    if call is None:
        problems.append(Problem(key="decision.awards.no_call", found=scenario.id))
    elif call.objective not in OBJECTIVES:
        problems.append(
            not_a_choice(call.objective, OBJECTIVES, Phrase("decision.awards.an_objective")).at(column="objective")
        )
    elif budget is not None:
        try:
            unit = parse_unit(scenario.unit)
            amount = float(parse_amount(budget, unit)) if isinstance(budget, str) else float(budget)
            call = call.with_budget(amount)
        except InputError as error:
            problems += [problem.at(column=problem.column or "budget") for problem in error.problems]
    seed = scenario.seed if seed is None else seed
    if not _is_whole(seed) or not 0 <= seed <= LARGEST_SEED:
        problems.append(Problem(key="ensemble.seed", found=str(seed), values={"largest": LARGEST_SEED}))
    if worlds is None:
        worlds = WORLDS if call is None or call.worlds is None else call.worlds
    if not _is_whole(worlds) or worlds < 1:
        problems.append(Problem(key="decision.awards.worlds", found=str(worlds)))
    if problems or call is None:
        raise InputError(problems)
    case = Case.of(replace(scenario, call=call), call)
    try:
        check(case.options.application, case.rows)
    except Infeasible as clash:
        # As the call has them, and as they are found in the file.
        titled = case.titles(clash.rules, "decision.awards.rule_with_id")
        raise InputError(replace(problem, values={"rules": titled}) for problem in clash.problems) from clash
    effort = Effort(-(-worlds // BLOCK) * BLOCK)
    return AllocationPlan(case, Objective.of(scenario, call.objective, call.discount), int(seed), effort)


def _is_whole(number: object) -> bool:
    return isinstance(number, Integral) and not isinstance(number, bool)
