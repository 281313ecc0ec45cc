"""What every reader of this package does first and last: fold the writing, refuse what is wrong."""

from __future__ import annotations

import unicodedata
from typing import NoReturn

from majung.errors import InputError, Problem
from majung.messages import Labelled, Phrase


def refuse(key: str, found: object, expected: Labelled, **values: object) -> NoReturn:
    """Raise the one problem of a value; its place is for the caller to add."""
    raise InputError([Problem(key=key, found="" if found is None else str(found), expected=expected, values=values)])


def refuse_unread(found: object, expected: Phrase) -> NoReturn:
    """Raise that a value is empty or not what it should be."""
    refuse("problem.missing" if is_blank(found) else "problem.unexpected", found, expected)


def is_blank(value: object) -> bool:
    """Return whether a table's cell holds nothing: None, not-a-number, not-a-time, or only spaces."""
    if value is None or (isinstance(value, str) and not value.strip()):
        return True
    try:
        return bool(value != value)
    except TypeError:  # pandas' NA has no truth value
        return True


def folded(words: str) -> str:
    """Fold full-width forms and odd spaces: Korean office software writes both."""
    return " ".join(unicodedata.normalize("NFKC", words).split())
