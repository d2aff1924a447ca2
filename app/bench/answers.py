"""Everyday questions with checkable answers: reading them, and judging an answer. Asks no model anything.

The questions (resources/questions/everyday.jsonl) are what one asks an assistant at home. Half of them (`tune`) may be
looked at while a prompt is tuned; the other half (`held_out`) says what the tuning was worth.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from app.errors import BadInput
from app.files import resource

Split = Literal["tune", "held_out"]

QUESTIONS = resource("questions", "everyday.jsonl")
LONGEST = 400
"""Characters of an answer that count: one that says everything is not right by chance."""


@dataclass(frozen=True, slots=True)
class Question:
    """One question. An answer is right if it holds any of `accept` and none of `reject` (regular expressions)."""

    id: str
    split: Split
    question: str
    accept: tuple[str, ...]
    reject: tuple[str, ...] = ()


def load_questions(path: Path = QUESTIONS) -> tuple[Question, ...]:
    """Read a JSON Lines file. Raises `BadInput` with the line's number."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"The questions {path} cannot be read ({error}); choose another file.") from error
    questions = tuple(_question(line, f"{path}, line {n}") for n, line in enumerate(lines, 1) if line.strip())
    doubled = {q.id for q in questions if sum(q.id == other.id for other in questions) > 1}
    if doubled:
        raise BadInput(f"The questions {path} hold the id {min(doubled)!r} twice; give each its own.")
    return questions


def judge(answer: str, question: Question) -> bool:
    """Whether `answer` is right. Case does not matter; only its first `LONGEST` characters count."""
    text = answer[:LONGEST]
    if any(re.search(p, text, re.IGNORECASE | re.MULTILINE) for p in question.reject):
        return False
    return any(re.search(p, text, re.IGNORECASE | re.MULTILINE) for p in question.accept)


def _question(line: str, where: str) -> Question:
    try:
        item = json.loads(line)
        question = Question(
            str(item["id"]), item["split"], str(item["question"]), tuple(item["accept"]), tuple(item.get("reject", ()))
        )
        for pattern in (*question.accept, *question.reject):
            re.compile(pattern)
    except (ValueError, KeyError, TypeError, re.error) as error:
        raise BadInput(f"{where} is no question ({error}); see the first line for the form.") from error
    if question.split not in get_args(Split) or not question.accept:
        raise BadInput(f'{where} needs a split ("tune" or "held_out") and something to accept.')
    return question
