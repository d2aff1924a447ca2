"""The router's phrases (resources/router/phrases.jsonl): reading them, and where they may be used.

They were written for Duet; `app.bench.routing.make` makes the file. Groups of one meaning are whole on one side:
`train` is learnt from, on `calibrate` temperature and threshold are chosen, `held_out` only says what that was worth.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from app.assistant.routing.classifier import Role
from app.errors import BadInput
from app.files import resource

Split = Literal["train", "calibrate", "held_out"]
Form = Literal["typed", "heard", "misheard"]
"""As it is written; in small letters and number words as a recogniser has it; the same with a word that it mistook."""

PHRASES = resource("router", "phrases.jsonl")


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrase:
    """One utterance with the role that should think it over. `group`: its meaning. `hard`: it looks like another."""

    split: Split
    role: Role
    group: str
    form: Form
    hard: bool
    text: str


def load_phrases(path: Path = PHRASES) -> tuple[Phrase, ...]:
    """Read a JSON Lines file. Raises `BadInput` with the line's number."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"The phrases {path} cannot be read ({error}); choose another file.") from error
    return tuple(_phrase(line, f"{path}, line {n}") for n, line in enumerate(lines, 1) if line.strip())


def of(split: Split, phrases: Iterable[Phrase]) -> list[Phrase]:
    """Those of one side."""
    return [phrase for phrase in phrases if phrase.split == split]


def _phrase(line: str, where: str) -> Phrase:
    try:
        phrase = Phrase(**json.loads(line))
    except (ValueError, TypeError) as error:
        raise BadInput(f"{where} is no phrase ({error}); see the first line for the form.") from error
    known = phrase.split in get_args(Split) and phrase.role in get_args(Role) and phrase.form in get_args(Form)
    if not known or not phrase.text or not phrase.group:
        raise BadInput(f"{where} needs a split, a role and a form that are known, a group and a text.")
    return phrase
