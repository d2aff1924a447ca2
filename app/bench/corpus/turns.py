"""A spoken turn with exact times, the corpus of many, and their place on the disk.

A corpus is made from a recipe (plain values, a seed among them) and kept in the user's cache folder under a digest of
it; making it again gives the same samples. What is in the cache is never needed: it is made anew where it is missing,
damaged or of another recipe.
"""

from __future__ import annotations

import hashlib
import io
import json
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

import numpy as np

from app.audio.base import SAMPLE_RATE, Samples
from app.bench.corpus.narrator import narrator_version
from app.bench.corpus.sound import pauses, sixteen_bit, speech_span
from app.settings import cache_dir
from app.settings.atomic import replace_file

log = logging.getLogger(__name__)

FORMAT = 1
"""Of the files and the makers; a change of either makes every corpus anew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpokenTurn:
    """One turn as a microphone hears it: `samples`, shape (n,), mono float32 at 16 kHz.

    Attributes
    ----------
    kind
        What it is a case of: "plain", "pause", "two parts", "hesitation", "recording", "backchannel", "cough", ...
    text
        The words; empty for what has none.
    start_s, end_s
        First and last voiced sample, in seconds of `samples`, by the energy of the clean signal.
    pauses
        Start and end of each silence of 100 ms or more between them.
    voice
        Who speaks: an espeak-ng voice, or the file of a recording.
    snr_db
        Of the noise that was mixed in, None for none.
    """

    samples: Samples
    kind: str
    text: str
    start_s: float
    end_s: float
    pauses: tuple[tuple[float, float], ...] = ()
    voice: str = ""
    snr_db: float | None = None

    @property
    def duration_s(self) -> float:
        return len(self.samples) / SAMPLE_RATE


def spoken(samples: Samples, *, kind: str, text: str, voice: str) -> SpokenTurn:
    """A turn of clean `samples`: its times are measured here. `ValueError` where nothing sounds."""
    start_s, end_s = speech_span(samples)
    found = pauses(samples)
    return SpokenTurn(
        samples=sixteen_bit(samples), kind=kind, text=text, start_s=start_s, end_s=end_s, pauses=found, voice=voice
    )


Recipe = Mapping[str, Any]
"""What a corpus is made from, as JSON values."""


def digest(recipe: Recipe) -> str:
    """The name under which the corpus of `recipe` is kept. The same for the same recipe on every machine."""
    whole = {"format": FORMAT, "narrator": narrator_version(), **recipe}
    return hashlib.sha256(json.dumps(whole, sort_keys=True).encode()).hexdigest()[:24]


async def kept(recipe: Recipe, make: Callable[[], Awaitable[Sequence[SpokenTurn]]]) -> tuple[SpokenTurn, ...]:
    """The corpus of `recipe`, from the cache or else from `make`. A cache that cannot be written is done without."""
    path = cache_dir() / "corpora" / f"{digest(recipe)}.npz"
    turns = _read(path)
    if turns is None:
        turns = tuple(replace(turn, samples=sixteen_bit(turn.samples)) for turn in await make())
        try:
            replace_file(path, _packed(turns))
        except OSError as error:
            log.warning("the corpus cannot be kept: %s", error)
    return turns


def _packed(turns: Sequence[SpokenTurn]) -> bytes:
    names = [field.name for field in fields(SpokenTurn) if field.name != "samples"]
    told = [{name: getattr(turn, name) for name in names} for turn in turns]
    arrays = {f"turn{i}": np.round(turn.samples * 32768.0).astype(np.int16) for i, turn in enumerate(turns)}
    packed = io.BytesIO()
    np.savez_compressed(packed, told=np.array(json.dumps(told)), **arrays)  # type: ignore[arg-type]
    return packed.getvalue()


def _read(path: Path) -> tuple[SpokenTurn, ...] | None:
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as packed:
            told = json.loads(str(packed["told"]))
            return tuple(_turn(packed[f"turn{i}"], each) for i, each in enumerate(told))
    except FileNotFoundError:
        return None
    except Exception as error:  # noqa: BLE001 - whatever is wrong with a cached file, it is made anew
        log.warning("the corpus %s is damaged and is made anew: %s", path.name, error)
        return None


def _turn(steps: Any, told: dict[str, Any]) -> SpokenTurn:
    told["pauses"] = tuple((start, end) for start, end in told["pauses"])
    return SpokenTurn(samples=steps.astype(np.float32) / np.float32(32768.0), **told)
