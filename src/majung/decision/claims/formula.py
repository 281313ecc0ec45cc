"""Formulas of claims: ``orders - max(grants, spread)``, over what arms come to in each world."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import reduce
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from majung.errors import InputError, Problem

__all__ = ["Formula", "Term"]

Floats = NDArray[np.float64]

_BINARY: Final[Mapping[type[ast.operator], Callable[[Any, Any], Any]]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
_COMPARED: Final[Mapping[type[ast.cmpop], Callable[[Any, Any], Any]]] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}
_FUNCTIONS: Final[Mapping[str, Callable[[Any, Any], Any]]] = {"max": np.maximum, "min": np.minimum}
_LONGEST: Final = 500


@dataclass(frozen=True, slots=True)
class Term:
    """What a name in a formula stands for: an arm's measure; the claim's own outcome where `measure` is empty."""

    arm: str
    measure: str = ""


@dataclass(frozen=True)
class Formula:
    """An expression of arms.

    It knows numbers, names of arms (``orders``), measures of arms (``orders.survival``), ``+ - * /``, ``min``, ``max``
    and, for conditions, ``< <= > >= and or not``. Nothing else is run.

    Parameters
    ----------
    text : str

    Raises
    ------
    InputError
        When it is not such an expression.
    """

    text: str

    def __post_init__(self) -> None:
        if len(self.text) > _LONGEST:
            raise InputError([Problem(key="decision.claims.formula_long", found=self.text)])
        list(self.terms())

    @property
    def _tree(self) -> ast.expr:
        try:
            return ast.parse(self.text.strip(), mode="eval").body
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            raise InputError([Problem(key="decision.claims.formula", found=self.text)]) from None

    @property
    def condition(self) -> bool:
        """Whether it says yes or no instead of how much."""
        return _says(self._tree)

    def terms(self) -> Iterator[Term]:
        """Yield what its names stand for."""
        yield from _terms(self._tree, self.text)

    def evaluate(self, value: Callable[[Term], Floats]) -> Any:
        """Return its value, an array of the shape of what `value` gives; NaN where something is divided by zero."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return _evaluated(self._tree, value)

    def __str__(self) -> str:
        return self.text


def _says(node: ast.expr) -> bool:
    if isinstance(node, ast.UnaryOp):
        return isinstance(node.op, ast.Not)
    return isinstance(node, ast.Compare | ast.BoolOp)


def _parts(node: ast.expr, whole: str) -> list[ast.expr]:
    """Return the expressions that a node is made of, or refuse it."""
    wrong = InputError([Problem(key="decision.claims.formula", found=whole)])
    match node:
        case ast.Constant(value=bool()):
            raise wrong
        case ast.Constant(value=int() | float()) | ast.Name() | ast.Attribute(value=ast.Name()):
            return []
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _BINARY:
            parts, yes = [left, right], False
        case ast.UnaryOp(op=ast.USub() | ast.UAdd(), operand=operand):
            parts, yes = [operand], False
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            parts, yes = [operand], True
        case ast.BoolOp(values=values):
            parts, yes = values, True
        case ast.Compare(left=left, ops=ops, comparators=others) if all(type(op) in _COMPARED for op in ops):
            parts, yes = [left, *others], False
        case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]) if name in _FUNCTIONS and arguments:
            parts, yes = arguments, False
        case _:
            raise wrong
    if any(_says(part) != yes for part in parts):
        raise wrong
    return parts


def _terms(node: ast.expr, whole: str) -> Iterator[Term]:
    parts = _parts(node, whole)
    if isinstance(node, ast.Name):
        yield Term(node.id)
    elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        yield Term(node.value.id, node.attr)
    for part in parts:
        yield from _terms(part, whole)


def _evaluated(node: ast.expr, value: Callable[[Term], Floats]) -> Any:
    match node:
        case ast.Constant(value=number):
            return np.float64(number)  # type: ignore[arg-type]
        case ast.Name(id=arm):
            return value(Term(arm))
        case ast.Attribute(value=ast.Name(id=arm), attr=measure):
            return value(Term(arm, measure))
        case ast.BinOp(left=left, op=op, right=right):
            return _BINARY[type(op)](_evaluated(left, value), _evaluated(right, value))
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return np.logical_not(_evaluated(operand, value))
        case ast.UnaryOp(op=op, operand=operand):
            found = _evaluated(operand, value)
            return -found if isinstance(op, ast.USub) else found
        case ast.BoolOp(op=op, values=values):
            both = np.logical_and if isinstance(op, ast.And) else np.logical_or
            return reduce(both, (_evaluated(part, value) for part in values))
        case ast.Compare(left=left, ops=ops, comparators=others):
            sides = [_evaluated(part, value) for part in (left, *others)]
            pairs = zip(ops, sides, sides[1:], strict=False)
            return reduce(np.logical_and, (_COMPARED[type(op)](a, b) for op, a, b in pairs))
        case ast.Call(func=ast.Name(id=name), args=arguments):
            return reduce(_FUNCTIONS[name], (_evaluated(part, value) for part in arguments))
    raise AssertionError("refused when it was made")
