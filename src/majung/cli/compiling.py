"""Compile, or work with compiled code, where a keyboard interrupt can be heard meanwhile."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Final, TypeVar

__all__ = ["COMPILER_THREAD", "SECONDS", "compile_kernel", "heard"]

T = TypeVar("T")

COMPILER_THREAD: Final = "majung-compiler"
SECONDS: Final = 15
"""What it takes on an ordinary machine."""


def compile_kernel() -> float:
    """Compile the kernel, or load it where that was done before, and return the seconds it took."""
    from majung.market import kernel

    started = time.perf_counter()
    heard(kernel.compile_kernel)
    return time.perf_counter() - started


def heard(work: Callable[[], T]) -> T:
    """Do something in a thread of its own, and return what comes of it.

    LLVM and compiled code cannot be interrupted; nobody waits for the thread when the program ends.
    """
    results: list[T] = []
    failure: list[BaseException] = []

    def working() -> None:
        try:
            results.append(work())
        except BaseException as error:
            failure.append(error)

    thread = threading.Thread(target=working, name=COMPILER_THREAD, daemon=True)
    thread.start()
    while thread.is_alive():
        thread.join(0.1)
    if failure:
        raise failure[0]
    return results[0]
