"""Compile the kernel where a keyboard interrupt can be heard meanwhile."""

from __future__ import annotations

import threading
import time
from typing import Final

__all__ = ["COMPILER_THREAD", "SECONDS", "compile_kernel"]

COMPILER_THREAD: Final = "majung-compiler"
SECONDS: Final = 15
"""What it takes on an ordinary machine."""


def compile_kernel() -> float:
    """Compile the kernel, or load it where that was done before, and return the seconds it took.

    LLVM cannot be interrupted; it works in a thread of its own that nobody waits for when the program ends.
    """
    from majung.market import kernel

    started = time.perf_counter()
    failure: list[BaseException] = []

    def work() -> None:
        try:
            kernel.compile_kernel()
        except BaseException as error:
            failure.append(error)

    thread = threading.Thread(target=work, name=COMPILER_THREAD, daemon=True)
    thread.start()
    while thread.is_alive():
        thread.join(0.1)
    if failure:
        raise failure[0]
    return time.perf_counter() - started
