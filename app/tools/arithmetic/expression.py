"""A sum as a tree: what it is worth, exactly, and how it is said. It is made by `app.tools.arithmetic.parser`.

Values are fractions. Roots that have none are worked out to 50 digits and marked as inexact. The size of every step is
bounded before it is worked out, so that nothing takes long.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from fractions import Fraction

from app.errors import BadInput

MOST_BITS = 4096
"""Of a numerator or a denominator; about 1,200 digits."""
MOST_FACTORIAL = 170
"""170! is the last below 10^308."""
_DIGITS = 50

TOO_LARGE = "That number is too large for me to work out."


@dataclass(frozen=True, slots=True)
class Value:
    """amount: the value. exact: nothing was rounded on the way."""

    amount: Fraction
    exact: bool = True


@dataclass(frozen=True, slots=True)
class Node:
    """An operation (a key of `OPERATIONS`) on its parts, or a number (`operation` "number") in the user's own digits.

    words: of a number, how it is said. closed: in brackets, or a number.
    """

    operation: str
    parts: tuple[Node, ...] = ()
    number: Fraction = Fraction(0)
    words: str = ""
    closed: bool = False

    @property
    def literal(self) -> bool:
        return self.operation in ("number", "fraction")

    def value(self) -> Value:
        """What it is worth. Raises `BadInput` with a sentence for what has no value or a too large one."""
        if self.literal:
            return Value(self.number)
        values = [part.value() for part in self.parts]
        amounts = [value.amount for value in values]
        result = OPERATIONS[self.operation].work_out(amounts)
        if not isinstance(result, Value):
            result = Value(result)
        _bounded(result.amount)
        return Value(result.amount, result.exact and all(value.exact for value in values))

    def said(self) -> str:
        """In words and digits: "12 times 7"."""
        if self.literal:
            return self.words
        operation = OPERATIONS[self.operation]
        parts = [self._said_part(part, operation) for part in self.parts]
        if self.operation == "power" and self.parts[1].operation == "negative":
            parts[1] = self.parts[1].said()  # "2 to the power of minus 3" needs no brackets
        if operation.form is None:
            return f"the {self.operation} of {', '.join(parts[:-1])} and {parts[-1]}"
        return operation.form.format(*parts)

    def _said_part(self, part: Node, around: Operation) -> str:
        inner = 9 if part.literal else OPERATIONS[part.operation].binds
        return f"({part.said()})" if inner < around.binds or (part.closed and inner == around.binds) else part.said()


@dataclass(frozen=True, slots=True)
class Operation:
    """form: how it is said, None for a list. sentence: how its result is said, if not "{said} is {result}."
    binds: how tightly; a part that binds less is put in brackets."""

    work_out: Callable[[Sequence[Fraction]], Fraction | Value]
    form: str | None
    binds: int = 5
    sentence: str = ""


def _bounded(amount: Fraction) -> None:
    if max(amount.numerator.bit_length(), amount.denominator.bit_length()) > MOST_BITS:
        raise BadInput(TOO_LARGE)


def divide(top: Fraction, bottom: Fraction) -> Fraction:
    if bottom == 0:
        raise BadInput("Nothing can be divided by zero.")
    return top / bottom


def power(base: Fraction, exponent: Fraction) -> Fraction | Value:
    if exponent.denominator != 1:
        if abs(exponent) > MOST_BITS or exponent.denominator > 1000:
            raise BadInput("I cannot work out that power.")
        whole = power(base, Fraction(exponent.numerator))
        assert isinstance(whole, Fraction)
        return root(whole, exponent.denominator)
    if base == 0 and exponent <= 0:
        raise BadInput("Zero has no such power." if exponent == 0 else "Nothing can be divided by zero.")
    bits = max(base.numerator.bit_length(), base.denominator.bit_length())
    if base not in (0, 1, -1) and (bits - 1) * abs(exponent) > MOST_BITS:
        raise BadInput(TOO_LARGE)
    return Fraction(base ** (int(exponent) % 2 if abs(base) == 1 else int(exponent)))


def root(of: Fraction, degree: int) -> Value:
    if degree < 1 or degree > 1000:
        raise BadInput("I cannot work out that root.")
    if of < 0 and degree % 2 == 0:
        raise BadInput("A negative number has no real root of that kind.")
    sign, size = (-1 if of < 0 else 1), abs(of)
    top, bottom = _whole_root(size.numerator, degree), _whole_root(size.denominator, degree)
    if top**degree == size.numerator and bottom**degree == size.denominator:
        return Value(sign * Fraction(top, bottom))
    with localcontext(prec=_DIGITS) as context:
        quotient = context.divide(Decimal(size.numerator), Decimal(size.denominator))
        return Value(sign * Fraction(quotient ** (Decimal(1) / degree)), exact=False)


def _whole_root(of: int, degree: int) -> int:
    """The largest whole number whose power is at most `of`, by Newton's method on integers."""
    if of < 2:
        return of
    guess = 1 << -(-of.bit_length() // degree)
    while True:
        better = ((degree - 1) * guess + of // guess ** (degree - 1)) // degree
        if better >= guess:
            return guess
        guess = better


def factorial(of: Fraction) -> Fraction:
    if of.denominator != 1 or not 0 <= of <= MOST_FACTORIAL:
        raise BadInput(f"I work out factorials of whole numbers from 0 to {MOST_FACTORIAL} only.")
    return Fraction(math.factorial(int(of)))


def remainder(top: Fraction, bottom: Fraction) -> Fraction:
    if bottom == 0:
        raise BadInput("Nothing can be divided by zero.")
    return top % bottom


OPERATIONS = {
    "plus": Operation(lambda v: v[0] + v[1], "{0} plus {1}", 1),
    "minus": Operation(lambda v: v[0] - v[1], "{0} minus {1}", 1),
    "times": Operation(lambda v: v[0] * v[1], "{0} times {1}", 2),
    "divided": Operation(lambda v: divide(v[0], v[1]), "{0} divided by {1}", 2),
    "modulo": Operation(
        lambda v: remainder(v[0], v[1]), "{0} modulo {1}", 2, "The remainder of {0} divided by {1} is {result}."
    ),
    "negative": Operation(lambda v: -v[0], "minus {0}", 3),
    "power": Operation(lambda v: power(v[0], v[1]), "{0} to the power of {1}", 4),
    "squared": Operation(lambda v: power(v[0], Fraction(2)), "{0} squared", 4),
    "cubed": Operation(lambda v: power(v[0], Fraction(3)), "{0} cubed", 4),
    "root": Operation(lambda v: root(v[1], _degree(v[0])), "the {0} root of {1}", 4),
    "square root": Operation(lambda v: root(v[0], 2), "the square root of {0}", 4),
    "cube root": Operation(lambda v: root(v[0], 3), "the cube root of {0}", 4),
    "factorial": Operation(lambda v: factorial(v[0]), "{0} factorial", 5),
    "percent": Operation(lambda v: v[0] / 100, "{0} percent", 5),
    "of": Operation(lambda v: v[0] * v[1], "{0} of {1}", 2),
    "double": Operation(lambda v: v[0] * 2, "twice {0}", 3),
    "triple": Operation(lambda v: v[0] * 3, "three times {0}", 3),
    "increase": Operation(lambda v: v[0] * (1 + v[1]), "{0} plus {1}", 1),
    "decrease": Operation(lambda v: v[0] * (1 - v[1]), "{0} minus {1}", 1),
    "off": Operation(lambda v: v[1] * (1 - v[0]), "{0} off {1}", 1),
    "share": Operation(
        lambda v: divide(v[0], v[1]) * 100, "{0} as a percentage of {1}", 0, "{0} is {result} percent of {1}."
    ),
    "as a percentage": Operation(lambda v: v[0] * 100, "{0} as a percentage", 0, "{0} is {result} percent."),
    "as a decimal": Operation(lambda v: v[0], "{0} as a decimal", 0),
    "sum": Operation(lambda v: sum(v, Fraction(0)), None),
    "product": Operation(lambda v: _product(v), None),
    "average": Operation(lambda v: sum(v, Fraction(0)) / len(v), None),
    "difference": Operation(lambda v: abs(v[0] - v[1]), "the difference between {0} and {1}", 3),
}


def _degree(of: Fraction) -> int:
    return int(of) if of.denominator == 1 else 0


def _product(values: Sequence[Fraction]) -> Fraction:
    result = Fraction(1)
    for value in values:
        result *= value
        _bounded(result)
    return result
