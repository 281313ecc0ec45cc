"""Read a folder of claims: a file a claim, the programmes that they contrast, and the settings that they ask in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from importlib.resources import as_file, files
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

from majung.decision.claims.formula import Formula
from majung.decision.claims.model import DIRECTIONS, Claim, Direction
from majung.decision.worlds.measures import MEASURES
from majung.decision.worlds.panel import Arm, Setting
from majung.errors import InputError, Problem, nearest, not_a_choice
from majung.messages import LANGUAGES, Phrase
from majung.money import parse_unit
from majung.parameters import NO_TEXT, LocalText
from majung.scenario.programmes import check_strategies, strategies_of
from majung.scenario.settings import read_toml
from majung.scenario.varying import Change, Entry, read_change
from majung.tables.problems import Problems

if TYPE_CHECKING:
    from majung.scenario import Scenario, Strategy

__all__ = ["PROGRAMMES", "SETTINGS", "Folder", "claim_files", "read_claims"]

PROGRAMMES: Final = "programmes.toml"
SETTINGS: Final = "settings.toml"
_KEYS: Final = (
    "id", "idea", "sentence", "question", "outcome", "effect", "direction", "smallest", "unit", "percent", "where",
    "arms", "source", "free", "note",
)  # fmt: skip
_ARM_KEYS: Final = ("strategy", "setting", "title")
_UNITS: Final = ("money", "1", "share", "lines", "firms", "quarter")


@dataclass(frozen=True)
class Folder:
    """Claims that were read, and why others do not fit the scenario.

    Parameters
    ----------
    claims : tuple of Claim
    unfit : mapping of str to tuple of Problem
        By claim.
    files : tuple of Path
        All that was read; of the package's own, none.
    """

    claims: tuple[Claim, ...]
    unfit: Mapping[str, tuple[Problem, ...]]
    files: tuple[Path, ...] = ()


def claim_files(folder: Path) -> tuple[Path, ...]:
    """Return the TOML files of a folder of claims.

    Raises
    ------
    InputError
        When it is no folder, or has none.
    """
    if not folder.is_dir():
        near = (
            nearest(folder.name, [entry.name for entry in folder.parent.iterdir()]) if folder.parent.is_dir() else None
        )
        suggestion = None if near is None else str(folder.parent / near)
        raise InputError([Problem(key="folder.missing", file=str(folder), suggestion=suggestion)])
    found = tuple(sorted(path for path in folder.iterdir() if path.suffix == ".toml" and path.is_file()))
    if not {path.name for path in found} - {PROGRAMMES, SETTINGS}:
        raise InputError([Problem(key="decision.claims.empty_folder", file=str(folder))])
    return found


def read_claims(scenario: Scenario, folder: Path | None = None) -> Folder:
    """Read the claims of a folder as they are put to a scenario.

    Parameters
    ----------
    scenario : Scenario
    folder : Path, optional
        The package's own claims by default: the thirteen ideas that majung was made from.

    Raises
    ------
    InputError
        With everything that is wrong in the files, whatever the scenario is. What does not fit the scenario alone is in
        `Folder.unfit`.
    """
    if folder is not None:
        return _read(scenario, claim_files(folder), folder)
    with as_file(files("majung.decision.claims") / "packaged") as packaged:
        return replace(_read(scenario, claim_files(packaged), packaged), files=())


def _read(scenario: Scenario, paths: Sequence[Path], folder: Path) -> Folder:
    problems = Problems()
    programmes, written = (
        _programmes(folder / PROGRAMMES, scenario, problems) if folder / PROGRAMMES in paths else ({}, ())
    )
    settings, unfit_settings = (
        _settings(folder / SETTINGS, scenario, problems) if folder / SETTINGS in paths else ({}, {})
    )
    # A programme that is wrong has a name all the same: what names it is not wrong too.
    known: dict[str, Strategy | None] = {strategy.id: strategy for strategy in scenario.strategies}
    known |= dict.fromkeys(written) | programmes
    claims: dict[str, Claim] = {}
    for path in paths:
        if path.name in (PROGRAMMES, SETTINGS):
            continue
        claim = _claim(path, known, settings, problems)
        if claim is None:
            continue
        if claim.id in claims:
            problems.add(Problem(key="decision.claims.twice", file=path.name, column="id", found=claim.id))
        claims[claim.id] = claim
    problems.refuse([path.name for path in paths])
    unfit = {claim.id: _unfit(claim, scenario, unfit_settings) for claim in claims.values()}
    return Folder(
        tuple(sorted(claims.values(), key=lambda claim: _natural(claim.id))),
        {name: found for name, found in unfit.items() if found},
        tuple(paths),
    )


def _natural(name: str) -> tuple[int, int, str]:
    """Sort M2 before M10, and M7 before M7-crowding."""
    number = "".join(letter for letter in name.partition("-")[0] if letter.isdigit())
    return (int(number) if number else 10**6, len(name.partition("-")[2]), name)


@dataclass(frozen=True)
class _Programme:
    """The budget a quarter and the length that programmes take over from the scenario."""

    budget: float
    quarters: int

    @classmethod
    def of(cls, scenario: Scenario) -> _Programme | None:
        """Return what most of the scenario's programmes have, the first of several that are as many."""
        found = Counter((one.budget, one.quarters) for one in scenario.strategies if one.budget)
        return cls(*found.most_common(1)[0][0]) if found else None


def _programmes(path: Path, scenario: Scenario, problems: Problems) -> tuple[dict[str, Strategy], tuple[str, ...]]:
    """Return the programmes that claims contrast, and the ids of all that are written.

    They are written as in strategies.toml, and have the scenario's budget where none is given.
    """
    found = read_toml(path, problems)
    if found is None:
        return {}, ()

    def note(problem: Problem) -> None:
        problems.add(problem.at(file=path.name))

    file = Entry(found, note)
    file.only(("strategy",))
    own = _Programme.of(scenario)
    entries = [dict(entry.found) for entry in file.tables("strategy")]

    def complete(entry: dict[str, Any], note: Any) -> dict[str, Any]:
        whole = dict(entry)
        times = whole.pop("budget_times", 1)
        if isinstance(times, bool) or not isinstance(times, int | float) or not times >= 0:
            note(Problem(key="problem.unexpected", column="budget_times", found=str(times), expected=_FACTOR))
            times = 1
        if "mix" in whole and "budget" not in whole:
            if own is None:
                note(Problem(key="decision.claims.no_programme", found=scenario.id))
            else:
                whole |= {"budget": own.budget * times}
                whole.setdefault("quarters", own.quarters)
        elif times != 1:
            note(Problem(key="decision.claims.budget_and_times", column="budget_times"))
        return whole

    made = strategies_of(entries, parse_unit(scenario.unit), scenario.start, note, complete)
    written = tuple(str(entry["id"]) for entry in entries if "id" in entry)
    return {strategy.id: strategy for strategy in made}, written


_LONGEST: Final = 100
"""Quarters by which a setting may be longer: a slip would take all memory."""
_FACTOR: Final = Phrase("bounds.from", lowest=0)


def _settings(
    path: Path, scenario: Scenario, problems: Problems
) -> tuple[dict[str, Setting], dict[str, tuple[Problem, ...]]]:
    """Return settings by id, and why some do not fit this scenario."""
    found = read_toml(path, problems)
    if found is None:
        return {}, {}

    def note(problem: Problem) -> None:
        problems.add(problem.at(file=path.name))

    file = Entry(found, note)
    file.only(("setting",))
    settings: dict[str, Setting] = {}
    unfit: dict[str, tuple[Problem, ...]] = {}
    for entry in file.tables("setting"):
        entry.only(("id", "title", "change", "longer", "note"))
        name = entry.name("id")
        wrong: list[Problem] = []
        changes: list[tuple[Change, float]] = []
        for one in entry.tables("change"):
            one.only(("parameter", "table", "column", "where", "times", "plus", "set"))
            inner = Entry(one.found, partial(_kept_apart, wrong, note), one.place)
            read = read_change(inner, scenario)
            if read is None:
                continue
            change, value = read
            if isinstance(value, bool) or not isinstance(value, int | float):
                one.unexpected(change.how, Phrase("expected.number"))
                continue
            changes.append((change, float(value)))
        longer = _quarters(entry)
        if "change" not in entry.found and "longer" not in entry.found:
            entry.missing("change", Phrase("scenario.varying.tables", name="setting.change"))
        if name in settings:
            entry.note(Problem(key="decision.claims.setting_twice", found=name), "id")
        settings[name] = Setting(name, tuple(changes), longer, entry.local("title"))
        if wrong:
            unfit[name] = tuple(wrong)
    return settings, unfit


def _quarters(entry: Entry) -> int:
    """Return by how many quarters a setting is longer."""
    found = entry.found.get("longer", 0)
    if (
        isinstance(found, int)
        and not isinstance(found, bool)
        and ("longer" not in entry.found or 1 <= found <= _LONGEST)
    ):
        return found
    entry.unexpected("longer", Phrase("bounds.from", lowest=1))
    return 0


def _kept_apart(unfit: list[Problem], note: Callable[[Problem], None], problem: Problem) -> None:
    """Keep apart what depends on the scenario alone: which rows there are."""
    (unfit.append if problem.key == "scenario.varying.no_rows" else note)(problem)


def _claim(
    path: Path,
    strategies: Mapping[str, Strategy | None],
    settings: Mapping[str, Setting],
    problems: Problems,
) -> Claim | None:
    found = read_toml(path, problems)
    if found is None:
        return None
    wrong: list[Problem] = []
    entry = Entry(found, lambda problem: wrong.append(problem.at(file=path.name)))
    entry.only(_KEYS)
    name = entry.name("id")
    sentence = entry.local("sentence", needed=True)
    outcome = entry.choice("outcome", tuple(MEASURES), Phrase("decision.claims.an_outcome"))
    direction = entry.choice("direction", DIRECTIONS, Phrase("decision.claims.a_direction"), "greater")
    smallest = entry.number("smallest", lowest=0)
    if "smallest" not in found:
        entry.missing("smallest", Phrase("expected.number"))
    source, free = entry.words("source", ""), entry.flag("free")
    if bool(source) == free:
        entry.note(Problem(key="decision.claims.source_or_free"))
    arms, titles = _arms(entry, strategies, settings)
    effect = _formula(entry, "effect", arms, condition=False)
    where = _formula(entry, "where", arms, condition=True) if "where" in found else None
    unit = entry.local("unit") if "unit" in found else _unit(outcome)
    whole = outcome in MEASURES and MEASURES[outcome].unit == "share" and "unit" not in found
    others = {key: entry.local(key) for key in ("question", "note")}
    idea = entry.words("idea", "")
    problems.extend(wrong)
    if wrong or effect is None:
        return None
    return Claim(
        id=name,
        sentence=sentence,
        outcome=outcome,
        effect=effect,
        direction=cast("Direction", direction),
        smallest=smallest,
        unit=unit,
        percent=entry.flag("percent") or whole,
        arms=arms,
        titles=titles,
        where=where,
        idea=idea or name,
        source=source or "free",
        **others,
    )


def _arms(
    entry: Entry, strategies: Mapping[str, Strategy | None], settings: Mapping[str, Setting]
) -> tuple[dict[str, Arm], dict[str, LocalText]]:
    found = entry.table("arms")
    if found is None:
        if "arms" not in entry.found:
            entry.missing("arms", Phrase("decision.claims.arms"))
        return {}, {}
    arms: dict[str, Arm] = {}
    titles: dict[str, LocalText] = {}
    for name, one in found.inner_tables():
        one.only(_ARM_KEYS)
        if not name.isidentifier():
            one.note(Problem(key="decision.claims.arm_name", found=name))
        wanted = one.name("strategy")
        setting = Setting()
        if "setting" in one.found:
            named = one.name("setting")
            if named and named not in settings:
                one.note(_unknown(named, settings, "decision.claims.a_setting"), "setting")
            setting = settings.get(named, setting)
        if wanted and wanted not in strategies:
            one.note(_unknown(wanted, strategies, "noun.strategy"), "strategy")
        if (strategy := strategies.get(wanted)) is not None:
            arms[name] = Arm(strategy, setting)
            titles[name] = one.local("title") if "title" in one.found else _titled(strategy, setting)
    return arms, titles


def _titled(strategy: Strategy, setting: Setting) -> LocalText:
    """Return what a strategy in a setting is called, so that the same strategy in two settings is told apart."""
    if not setting.id:
        return strategy.title
    asked = setting.title if setting.title != NO_TEXT else LocalText(ko=setting.id, en=setting.id)
    names = {lang: strategy.title.text(lang) or strategy.id for lang in LANGUAGES}
    return LocalText(**{lang: f"{name} ({asked.text(lang)})" for lang, name in names.items()})


def _unknown(found: str, known: Mapping[str, object], noun: str) -> Problem:
    return Problem(
        key="decision.claims.unknown",
        found=found,
        expected=Phrase(noun),
        suggestion=nearest(found, known),
        values={"choices": tuple(known)},
    )


def _formula(entry: Entry, key: str, arms: Mapping[str, Arm], *, condition: bool) -> Formula | None:
    text = entry.words(key)
    if not text:
        return None
    try:
        formula = Formula(text)
    except InputError as error:
        for problem in error.problems:
            entry.note(problem, key)
        return None
    if formula.condition != condition:
        entry.note(Problem(key="decision.claims.condition" if condition else "decision.claims.no_condition"), key)
    named = entry.found.get("arms")
    written = named if isinstance(named, Mapping) else arms
    for term in dict.fromkeys(formula.terms()):
        if term.arm not in written:
            entry.note(_unknown(term.arm, written, "decision.claims.an_arm"), key)
        if term.measure and term.measure not in MEASURES:
            entry.note(not_a_choice(term.measure, tuple(MEASURES), Phrase("decision.claims.an_outcome")), key)
    return formula


def _unit(outcome: str) -> LocalText:
    """Return the unit of an outcome, for an effect that is a difference of it."""
    if outcome not in MEASURES:
        return NO_TEXT
    key = f"decision.claims.unit.{MEASURES[outcome].unit if MEASURES[outcome].unit in _UNITS else '1'}"
    phrase = Phrase(key)
    return LocalText(ko=phrase.label("ko"), en=phrase.label("en"))


def _unfit(claim: Claim, scenario: Scenario, unfit_settings: Mapping[str, tuple[Problem, ...]]) -> tuple[Problem, ...]:
    """Return why a claim cannot be put to a scenario."""
    found: list[Problem] = []
    for setting in dict.fromkeys(arm.setting.id for arm in claim.arms.values()):
        found += unfit_settings.get(setting, ())
    for strategy in {arm.strategy.id: arm.strategy for arm in claim.arms.values()}.values():
        check_strategies([strategy], scenario.frame, found.append)
    return tuple(problem.at(file=claim.id) for problem in found)
