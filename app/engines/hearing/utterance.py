"""What every hearing engine needs around its recogniser: the language asked for, and a tidy transcript.

Loads no model library.
"""

from __future__ import annotations

import re

from app.engines.hearing.base import Segment, Transcript

_FIRST_PERSON = re.compile(r"\bi(?=$|[\s']|'(?:m|ve|ll|d)\b)")


def language_code(language: str | None) -> str | None:
    """The primary part of a language tag, in lower case ("en" for "en-US"); None when it is to be detected."""
    if language is None or language.strip().lower() in ("", "auto"):
        return None
    return re.split(r"[-_]", language.strip().lower())[0]


def tidy(words: str) -> str:
    """Recognised lower-case words as one would write them: a capital at the start, and a capital I."""
    text = _FIRST_PERSON.sub("I", " ".join(words.split()))
    return text[:1].upper() + text[1:]


def transcript(
    segments: list[Segment], *, engine: str, model: str, language: str, audio_s: float, elapsed_s: float
) -> Transcript:
    return Transcript(
        text=" ".join(segment.text for segment in segments if segment.text),
        segments=tuple(segments),
        engine=engine,
        model=model,
        language=language,
        audio_s=audio_s,
        elapsed_s=elapsed_s,
    )
