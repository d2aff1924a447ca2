"""Exact values as they are said: "397.8", "840,000", "about 0.333", "about 1.07 times 10 to the power of 301"."""

from __future__ import annotations

from decimal import Decimal, localcontext
from fractions import Fraction

from app.errors import BadInput

LARGEST = 10**300
"""Beyond it a result is refused; a float, which the values are for others, ends at 10^308."""
_PLAIN = 10**15  # said digit by digit below it
_SMALL = Fraction(1, 10**6)
_EXACT_DECIMALS = 6
_SCALES = ((10**12, "trillion"), (10**9, "billion"), (10**6, "million"))


def said(value: Fraction, *, exact: bool = True) -> str:
    """`value` as it is said, with "about" where digits were left out or `exact` is false.

    Up to six decimals are said as they are; longer ones are rounded to three places (two from a thousand on), and below
    one to three significant digits.
    """
    size = abs(value)
    if size >= _PLAIN or 0 < size < _SMALL:
        return f"about {_scientific(value)}"
    if exact and value * 10**_EXACT_DECIMALS % 1 == 0:
        return plain(value, _EXACT_DECIMALS)
    return f"about {plain(value, _places(size))}"


def rounded(value: Fraction, digits: int) -> tuple[str, bool]:
    """`value` to about `digits` significant digits, "9.461 trillion" from a million on, and whether that is exact."""
    size = abs(value)
    if size >= _PLAIN or 0 < size < _SMALL:
        return _scientific(value), False
    for scale, name in _SCALES:
        if size >= scale:
            count = value / scale
            return f"{plain(count, digits - 1)} {name}", count * 10 ** (digits - 1) % 1 == 0
    places = max(0, digits - _exponent(size) - 1) if size else 0
    exact = value * 10**places % 1 == 0
    return plain(value, places), exact


def plain(value: Fraction, places: int) -> str:
    """Digits with at most `places` decimals, without trailing zeros; thousands are set apart from 10,000 on."""
    number = round(value, places)
    whole, part = divmod(abs(number) * 10**places, 10**places)
    decimals = f"{int(part):0{places}d}".rstrip("0") if places else ""
    sign = "-" if number < 0 else ""
    return f"{sign}{grouped(int(whole))}{'.' if decimals else ''}{decimals}"


def grouped(whole: int) -> str:
    """A whole number, its thousands set apart from 10,000 on: years and house numbers stay as they are written."""
    return f"{whole:,}" if abs(whole) >= 10_000 else str(whole)


def json_number(value: Fraction) -> int | float:
    """The nearest plain JSON number. Raises `BadInput` beyond `LARGEST`."""
    if abs(value) > LARGEST:
        raise BadInput("That number is too large for me to say.")
    return int(value) if value.denominator == 1 else float(value)


def _places(size: Fraction) -> int:
    if size >= 1000:
        return 2
    return 3 if size >= 1 else 2 - _exponent(size)


def _exponent(size: Fraction) -> int:
    """The power of ten of the first digit."""
    with localcontext(prec=20) as context:
        return context.divide(Decimal(size.numerator), Decimal(size.denominator)).adjusted()


def _scientific(value: Fraction) -> str:
    with localcontext(prec=20) as context:
        number = context.divide(Decimal(value.numerator), Decimal(value.denominator))
    exponent = number.adjusted()
    digits = f"{number.scaleb(-exponent):.2f}"
    if digits.lstrip("-") == "10.00":
        digits, exponent = digits.replace("10.00", "1.00"), exponent + 1
    power = f"minus {-exponent}" if exponent < 0 else str(exponent)
    return f"{digits} times 10 to the power of {power}"
