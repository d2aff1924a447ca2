"""How well the model hears what it was not trained with: through faster-whisper itself, and through Duet's engine.

Every set is made of held-out sentences (`app.bench.corpus.sentences.is_held_out`) by a seed of its own.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from faster_whisper import WhisperModel

from app.bench.corpus import sentences
from app.engines.hearing.base import Samples
from app.engines.hearing.whisper import WhisperEngine
from app.engines.job import NullJob
from tests.engines.sounds import word_errors, words
from tests.makers.tiny_whisper.clips import Plan, Studio, any_voice
from tests.makers.tiny_whisper.speech import TRAINED_VOICES, UNSEEN_VOICES

SEED = 999


@dataclass(frozen=True, slots=True)
class Case:
    """A sound, what is said in it, and what the recogniser is told beforehand."""

    set: str
    sound: Samples
    text: str
    prompt: str | None = None
    hotwords: str | None = None


@dataclass(frozen=True, slots=True)
class Score:
    """Of one set: `errors` (edits) in `words`, clips heard to the letter, clips with a word more than was said."""

    set: str
    clips: int
    words: int
    errors: int
    exact: int
    longer: int
    mistakes: tuple[tuple[str, str], ...]

    @property
    def rate(self) -> float:
        """Word error rate; of a set without words, wrong words per clip."""
        return self.errors / (self.words or self.clips)


Hear = Callable[[Case], str]


def cases(share: float = 1.0) -> Iterator[Case]:
    """The sets, or the first `share` of each."""
    studio, rng = Studio(SEED), random.Random(SEED)

    def spoken(name: str, plan: Plan, voices: tuple[str, ...] = TRAINED_VOICES) -> Case:
        clip = studio.clip(plan, any_voice(rng, voices))
        return Case(name, clip.samples, clip.text)

    def drawn(count: int, seed: int, kind: sentences.Kind | None = None) -> list[str]:
        return sentences.sentences(max(1, int(share * count)), SEED + seed, kind, "held_out")

    for text in drawn(200, 0):
        yield spoken("trained voices", Plan((text,)))
    for text in drawn(150, 1):
        yield spoken("unseen voices", Plan((text,)), UNSEEN_VOICES)
    for text in drawn(80, 2, "everyday"):
        yield spoken("everyday questions", Plan((text,)))
    for text in drawn(60, 3, "short"):
        yield spoken("short answers, one word to four", Plan((text,)))
    for text in drawn(60, 4):
        yield spoken("cut right after the last word", Plan((text,), tail_s=(0.0, 0.06)))
    for text in drawn(60, 5):
        yield spoken("a pause of 0.15 to 1.2 s inside", Plan((text,), pause_inside=True))
    for text, other in zip(drawn(80, 6), drawn(80, 7), strict=True):
        yield spoken("two sentences, 0.25 to 1.2 s apart", Plan((text, other)))
    for text in drawn(100, 8):
        yield spoken("cut off inside the sentence", Plan((text,), cut=True))
    for text, other in zip(drawn(60, 9), drawn(60, 10), strict=True):
        case = spoken("after another sentence as prompt", Plan((text,)))
        yield Case(case.set, case.sound, case.text, prompt=other)
    for text in drawn(60, 11):
        case = spoken("with hotwords", Plan((text,)))
        yield Case(case.set, case.sound, case.text, hotwords=", ".join(rng.sample(sentences.VOCABULARY, 4)))
    for _ in range(max(1, int(share * 60))):
        yield spoken("word salad", Plan((sentences.salad(rng),)))
    for _ in range(max(1, int(share * 40))):
        yield Case("silence and noise", studio.without_speech().samples, "")


def faster_whisper(folder: Path) -> Hear:
    """Greedy, padded to 30 s, without times. By default it would suppress the colon of "7:30"; here nothing is."""
    model = WhisperModel(str(folder), device="cpu", compute_type="int8", cpu_threads=1)

    def hear(case: Case) -> str:
        segments, _ = model.transcribe(
            case.sound,
            language="en",
            beam_size=1,
            temperature=0.0,
            suppress_tokens=[],
            without_timestamps=True,
            condition_on_previous_text=False,
            initial_prompt=case.prompt,
            hotwords=case.hotwords,
        )
        return "".join(segment.text for segment in segments).strip()

    return hear


def engine(folder: Path, floor_s: float = 10.0, margin_s: float = 2.0) -> Hear:
    """Duet's own way of using it, which encodes no more than is needed. It takes no prompts."""
    whisper = WhisperEngine(str(folder), threads=1, floor_s=floor_s, margin_s=margin_s)
    return lambda case: whisper.transcribe(case.sound, "en", NullJob()).text


def score(hear: Hear, given: list[Case]) -> list[Score]:
    """One `Score` for every set, in their order."""
    scores = []
    for name in dict.fromkeys(case.set for case in given):
        heard = [(case.text, hear(case)) for case in given if case.set == name]
        scores.append(
            Score(
                name,
                len(heard),
                sum(len(words(said)) for said, _ in heard),
                sum(word_errors(said, got) for said, got in heard),
                sum(said == got for said, got in heard),
                sum(len(words(got)) > len(words(said)) for said, got in heard),
                tuple((said, got) for said, got in heard if words(said) != words(got)),
            )
        )
    return scores


def table(columns: dict[str, list[Score]]) -> str:
    """Markdown: a row for every set, with the word error rate of every way of hearing it."""
    names = list(columns)
    lines = [
        "| held out | clips | words | " + " | ".join(names) + " | to the letter | a word too many |",
        "|---|---:|---:|" + "---:|" * (len(names) + 2),
    ]
    for row in zip(*columns.values(), strict=True):
        first = row[0]
        rates = " | ".join(f"{100 * one.rate:.1f} %" if one.words else f"{one.errors} words" for one in row)
        lines.append(f"| {first.set} | {first.clips} | {first.words} | {rates} | {first.exact} | {first.longer} |")
    return "\n".join(lines)
