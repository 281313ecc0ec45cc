"""The program's outermost part: what an error looks like and which exit code it has."""

from __future__ import annotations

import errno
import os
import signal
import sys
import threading
import traceback
from collections.abc import Sequence
from contextlib import suppress
from io import TextIOWrapper
from typing import Final

from typer import Abort, Exit
from typer.exceptions import TyperException

from majung.cli.app import Settings, command
from majung.cli.compiling import COMPILER_THREAD
from majung.cli.usage import asked_language, said
from majung.errors import MajungError, StoreError
from majung.messages import preferred_language, text

__all__ = ["exit_code", "main"]

_BUG: Final = 1
_BAD_INPUT: Final = 2
_INTERRUPTED: Final = 130
_FULL: Final = (errno.ENOSPC, errno.EDQUOT)
_BROKEN_PIPE: Final = 128 + signal.SIGPIPE if hasattr(signal, "SIGPIPE") else 1


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a command and exit: 0 done, 1 a bug in majung, 2 bad input, 3 a store in trouble, 130 interrupted."""
    _open_closed_streams()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            # A console that cannot show Korean shows marks instead of breaking off.
            stream.reconfigure(errors="replace")
    with suppress(ValueError):
        # A polite request to end is an interrupt too, so that nothing half-written stays behind.
        signal.signal(signal.SIGTERM, signal.default_int_handler)
    code = exit_code(sys.argv[1:] if arguments is None else list(arguments))
    if code == _INTERRUPTED:
        # Who asks twice need not see a traceback from the way out.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    if any(thread.name == COMPILER_THREAD for thread in threading.enumerate()):
        # Compiled code is being made in a thread that cannot be stopped: do not wait for it.
        os._exit(code)
    sys.exit(code)


def _open_closed_streams() -> None:
    """Give a process that was started with a stream closed (``>&-``) one that swallows what is written."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115 (for as long as the process)


def exit_code(arguments: list[str]) -> int:
    """Run a command, say what went wrong, and return the exit code."""
    settings = Settings(lang=asked_language(arguments) or preferred_language())
    try:
        return _run(arguments, settings)
    except MajungError as error:
        _say(error.text(settings.lang))
        return error.exit_code
    except TyperException as error:
        _say(said(error, settings.lang))
        return _BAD_INPUT
    except (KeyboardInterrupt, Abort):
        _say(text("ensemble.interrupted", settings.lang))
        return _INTERRUPTED
    except BrokenPipeError:
        # The reader has left.
        _swallow_output()
        return _BROKEN_PIPE
    except OSError as error:
        if error.errno not in _FULL:
            return _bug(error, settings)
        _swallow_output()
        _say(text("cli.no_space", settings.lang))
        return StoreError.exit_code
    except Exception as error:
        return _bug(error, settings)


def _bug(error: Exception, settings: Settings) -> int:
    if settings.debug:
        traceback.print_exception(error)
    _say(text("cli.bug", settings.lang, kind=type(error).__name__, error=error))
    return _BUG


def _swallow_output() -> None:
    """See that the interpreter does not stumble over a lost stream again on the way out."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            os.dup2(nowhere, stream.fileno())


def _run(arguments: list[str], settings: Settings) -> int:
    try:
        # The parser empties the list that it is given.
        with command(settings.lang).make_context("majung", list(arguments) or ["--help"], obj=settings) as context:
            context.command.invoke(context)
    except Exit as done:
        return done.exit_code if arguments else _BAD_INPUT
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
    return 0


def _say(message: str) -> None:
    with suppress(OSError):
        print(f"majung: {message}", file=sys.stderr, flush=True)
