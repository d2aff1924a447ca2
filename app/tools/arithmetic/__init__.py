"""Exact sums and units: the tools `calculate` and `convert`, and what recognises them in the user's words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.tools.arithmetic.calculate import Calculate
from app.tools.arithmetic.convert import Convert
from app.tools.arithmetic.sums_in_words import mentioned_sum, whole_sum
from app.tools.arithmetic.units_in_words import mentioned_conversion, whole_conversion
from app.tools.base import Intent, Tool
from app.tools.services import Services

INTENTS: Sequence[Intent] = (whole_sum, whole_conversion)
HINTS: Sequence[Intent] = (mentioned_sum, mentioned_conversion)


def tools(services: Services) -> Sequence[Tool[Any]]:
    return (Calculate(), Convert())
