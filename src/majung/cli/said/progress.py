"""How far a work has come, on stderr: a bar in a terminal, plain lines elsewhere."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

from majung.messages import Lang, catalogue, text

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["Done", "Stage", "Steps", "shown", "stages"]

_STEP: Final = 10
"""Per cent between plain lines."""


class Done(Protocol):
    """How far a work has come: a `majung.ensemble.Progress`, or `Steps`."""

    @property
    def done(self) -> int: ...  # noqa: D102
    @property
    def total(self) -> int: ...  # noqa: D102
    @property
    def reused(self) -> int: ...  # noqa: D102


class Stage(Protocol):
    """How far a stage of a work has come."""

    @property
    def stage(self) -> str: ...  # noqa: D102
    @property
    def done(self) -> int: ...  # noqa: D102
    @property
    def total(self) -> int: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class Steps:
    """How far a work has come of which nothing was done before."""

    done: int
    total: int
    reused: int = 0


@contextmanager
def shown(console: Console, lang: Lang, what: str = "cli.simulating") -> Iterator[Callable[[Done], None]]:
    """Give a callback that shows progress while the context lasts.

    Parameters
    ----------
    what : str
        The message that names the work; what is no message is said as it is.
    """
    name = text(what, lang) if what in catalogue(lang) else what
    if not console.is_terminal:
        yield _Lines(console, lang, name).show
        return
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Bar(*columns, console=console, transient=True) as bar:
        task = bar.add_task(name, total=None)

        def show(progress: Done) -> None:
            bar.update(task, completed=progress.done, total=progress.total)

        yield show


@contextmanager
def stages(console: Console, lang: Lang, command: str) -> Iterator[Callable[[Stage], None]]:
    """Give a callback that shows the progress of one stage after the other while the context lasts.

    Parameters
    ----------
    command : str
        Among whose messages the stages' words are. A stage without words has its own name.
    """
    current = ""
    total = last = 0
    show: Callable[[Steps], None] | None = None
    with ExitStack() as stack:

        def told(step: Stage) -> None:
            nonlocal current, total, last, show
            if step.total <= 0:
                return
            # A stage that is gone through again is shown again.
            if show is None or step.stage != current or step.done < last:
                stack.close()
                current, total, last = step.stage, step.total, -1
                key = f"cli.{command}.stage.{step.stage}"
                show = stack.enter_context(shown(console, lang, key if key in catalogue(lang) else step.stage))
            # A stage that takes more than was thought is not begun anew for it.
            done = min(step.done, total)
            if done > last:
                last = done
                show(Steps(done, total))

        yield told


class _Lines:
    """Print a line for every tenth of the work."""

    def __init__(self, console: Console, lang: Lang, what: str) -> None:
        self._console = console
        self._what = what
        self._lang = lang
        self._started = time.monotonic()
        self._next = _STEP
        self._total = 0

    def show(self, progress: Done) -> None:
        if progress.total != self._total:
            # More was added to what there was to do.
            self._total, self._next = progress.total, _STEP
        if progress.done < progress.total and 100 * progress.done < self._next * progress.total:
            return
        percent = math.floor(100 * progress.done / progress.total)
        self._next = percent - percent % _STEP + _STEP
        elapsed = time.monotonic() - self._started
        # What was in the store took no time, and says nothing of the rest.
        simulated = progress.done - progress.reused or progress.done
        left = math.ceil(elapsed * (progress.total - progress.done) / simulated)
        message = text(
            "cli.progress",
            self._lang,
            what=self._what,
            done=progress.done,
            total=progress.total,
            percent=percent,
            left=f"{left // 60}:{left % 60:02d}",
        )
        self._console.print(message, highlight=False, markup=False)
