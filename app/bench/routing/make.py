"""Makes resources/router/phrases.jsonl from the written templates: slots filled, some as heard, groups split.

Seeded by the templates themselves, so a template that is added changes no other's phrases.

    python -m app.bench.routing.make
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import asdict
from random import Random

from num2words import num2words

from app.bench.routing.phrases import PHRASES, Form, Phrase, Split
from app.bench.routing.wording import WRITTEN
from app.bench.routing.wording.lists import SLOTS
from app.bench.routing.wording.misheard import MISHEARD

FILLED = 2
"""Phrases of a template that has slots."""
HELD_OUT, CALIBRATE = 0.3, 0.17
"""Shares of the groups of each role."""

_SLOT = re.compile(r"\{(\w+)\}")
_NUMBER = re.compile(r"(\d+)(st|nd|rd|th)?\b")


def main() -> None:
    made = phrases()
    PHRASES.parent.mkdir(exist_ok=True)
    PHRASES.write_text(
        "".join(json.dumps(asdict(phrase), ensure_ascii=False) + "\n" for phrase in made), encoding="utf-8"
    )
    print(f"{len(made)} phrases, {len({phrase.group for phrase in made})} groups")  # noqa: T201


def phrases() -> list[Phrase]:
    """All phrases, each text once, in the order of the templates."""
    found: dict[str, Phrase] = {}
    for role, (easy, hard) in WRITTEN.items():
        for is_hard, written in ((False, easy), (True, hard)):
            for group, templates in read_groups(written).items():
                side = side_of(role, group)
                for text, form in (each for template in templates for each in _said(template, side)):
                    found.setdefault(
                        text.casefold(),
                        Phrase(
                            split=side,
                            role=role,  # type: ignore[arg-type]
                            group=f"{role}: {group}",
                            form=form,
                            hard=is_hard,
                            text=text,
                        ),
                    )
    return list(found.values())


def read_groups(written: str) -> dict[str, list[str]]:
    """Templates by group."""
    groups: dict[str, list[str]] = {}
    for line in filter(None, map(str.strip, written.splitlines())):
        if line.startswith("# "):
            group = groups.setdefault(line[2:], [])
        else:
            group.append(line)
    return groups


def side_of(role: str, group: str) -> Split:
    """On which side a group is: by chance that depends on nothing but its name."""
    chance = int.from_bytes(hashlib.sha256(f"{role}/{group}".encode()).digest()[:4]) / 2**32
    return "held_out" if chance < HELD_OUT else "calibrate" if chance < HELD_OUT + CALIBRATE else "train"


def _said(template: str, side: Split) -> Iterator[tuple[str, Form]]:
    random = Random(template)
    for _ in range(FILLED if _SLOT.search(template) else 1):
        yield fill(template, random), "typed"
    if heard := as_heard(fill(template, random)):
        wrong = mishear(heard, side, random)
        yield (wrong, "misheard") if wrong != heard else (heard, "heard")


def fill(template: str, random: Random) -> str:
    """One phrase of a template; what stands for two slots of a name is different as long as it can be."""
    left = {name: random.sample(SLOTS[name], len(SLOTS[name])) for name in dict.fromkeys(_SLOT.findall(template))}

    def entry(slot: re.Match[str]) -> str:
        entries = left[slot[1]] or list(SLOTS[slot[1]])
        return entries.pop()

    text = _SLOT.sub(entry, template)
    return text[0].upper() + text[1:] if template.startswith("{") else text


def as_heard(text: str) -> str:
    """Small letters, number words and no punctuation, as pocketsphinx gives; nothing for what no English ear hears."""
    if not text.isascii() or re.search(r"[{}\[\]()=<>_$#|*\\^]", text):
        return ""
    words = _NUMBER.sub(_in_words, text.lower())
    words = re.sub(r"[-/]", " ", words)
    return " ".join(re.sub(r"[^a-z' ]", "", words).split())


def _in_words(number: re.Match[str]) -> str:
    return f" {num2words(int(number[1]), to='ordinal' if number[2] else 'cardinal')} "


def mishear(heard: str, side: Split, random: Random) -> str:
    """With one word mistaken, if there is one that could be."""
    words = heard.split()
    places = [place for place, word in enumerate(words) if word in MISHEARD]
    if places:
        place = random.choice(places)
        words[place] = MISHEARD[words[place]][side == "held_out"]
    return " ".join(words)


if __name__ == "__main__":
    main()
