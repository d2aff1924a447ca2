"""The tool `calculate`: exact sums, percentages, powers and roots, in digits or in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from pydantic import Field

from app.errors import BadInput
from app.tools.arithmetic import rounding
from app.tools.arithmetic.asking import sum_of
from app.tools.arithmetic.expression import OPERATIONS, Node
from app.tools.arithmetic.parser import parse
from app.tools.base import Arguments, Result, Situation, Tool
from app.tools.english.request import LONGEST, request, tidy

NAME = "calculate"
_NO_SIGNS = str.maketrans("", "", "$€£")


class Sum(Arguments):
    expression: str = Field(
        min_length=1,
        max_length=LONGEST,
        description='The sum, e.g. "2340 * 17 / 100", "17 percent of 2340", "sqrt(144)", "(3 + 4) ^ 2".',
    )
    unit: str = Field(default="", max_length=20, description='What the result is counted in, e.g. "dollars".')


class Calculate(Tool[Sum]):
    """Works out what `app.tools.arithmetic.parser` can read. It runs nothing: the grammar is its own."""

    name = NAME
    description = "Exact arithmetic: plus, minus, times, divided by, percentages, powers, roots, averages, remainders."
    arguments: ClassVar[type[Arguments]] = Sum

    async def run(self, arguments: Sum, situation: Situation) -> Result:
        """values: value (the nearest JSON number), unit ("percent", or what was given), expression, and `fraction`
        where the value has no finite decimals. Raises `BadInput` for what is no sum, has no value, or is too large."""
        node = parse(sum_of(_bare(request(arguments.expression)))[0]) or parse(_bare(tidy(arguments.expression)))
        if node is None:
            raise BadInput(f'I cannot read "{arguments.expression}" as one sum; brackets may make it clear.')
        value = node.value()
        number = rounding.json_number(value.amount)
        values: Mapping[str, Any] = {
            "value": number,
            "unit": "percent" if node.operation in ("share", "as a percentage") else arguments.unit,
            "expression": node.said(),
        }
        if value.exact and 1 < value.amount.denominator < 10**9 and not _finite(value.amount.denominator):
            values = {**values, "fraction": str(value.amount)}
        said = f"{rounding.said(value.amount, exact=value.exact)} {arguments.unit}".rstrip()
        return Result(text=_sentence(node, said), values=values, exact=True)


def _sentence(node: Node, result: str) -> str:
    template = "" if node.literal else OPERATIONS[node.operation].sentence
    if template:
        text = template.format(*(part.said() for part in node.parts), result=result)
    else:
        text = f"{node.said()} is {result}."
    return text[0].upper() + text[1:]


def _bare(expression: str) -> str:
    """As models write it: without the signs of currencies and what follows an equals sign."""
    return expression.translate(_NO_SIGNS).partition("=")[0].strip()


def _finite(denominator: int) -> bool:
    """Whether a fraction with this denominator has finitely many decimals."""
    for prime in (2, 5):
        while denominator % prime == 0:
            denominator //= prime
    return denominator == 1
