"""How far a run has come, on stderr: a bar in a terminal, plain lines elsewhere."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from majung.messages import Lang, text

if TYPE_CHECKING:
    from rich.console import Console

    from majung.ensemble import Progress

__all__ = ["shown"]

_STEP: Final = 10
"""Per cent between plain lines."""


@contextmanager
def shown(console: Console, lang: Lang) -> Iterator[Callable[[Progress], None]]:
    """Give a callback that shows progress while the context lasts."""
    if not console.is_terminal:
        yield _Lines(console, lang).show
        return
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Bar(*columns, console=console, transient=True) as bar:
        task = bar.add_task(text("cli.simulating", lang), total=None)

        def show(progress: Progress) -> None:
            bar.update(task, completed=progress.done, total=progress.total)

        yield show


class _Lines:
    """Print a line for every tenth of the work."""

    def __init__(self, console: Console, lang: Lang) -> None:
        self._console = console
        self._lang = lang
        self._started = time.monotonic()
        self._next = _STEP
        self._total = 0

    def show(self, progress: Progress) -> None:
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
            done=progress.done,
            total=progress.total,
            percent=percent,
            left=f"{left // 60}:{left % 60:02d}",
        )
        self._console.print(message, highlight=False, markup=False)
