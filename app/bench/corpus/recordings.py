"""Recordings of people, where they are at hand: the folder that `DUET_SPEECH` names, or `../shared/speech`.

They are not part of the product; a bench that lacks them says so in its notes. Their ends are found by energy, above
the recording's own background, where nothing but silence follows.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

from app.audio.base import Samples
from app.audio.files import read_audio
from app.bench.corpus.sound import RECORDED_BELOW_LOUD_DB, pauses, speech_span
from app.bench.corpus.turns import SpokenTurn
from app.errors import BadInput

VARIABLE = "DUET_SPEECH"
TRANSCRIPTS = "transcripts.json"
OFFICE = "office_noise.mp3"
QUESTIONS = ("weather_question.wav", "living_room_light_en.wav", "LJ001-0002.wav")
"""Short enough to be one turn each, without long pauses."""

ENDS_S = {"jfk.flac": 10.25, "beckett.wav": 9.05}
"""Where the last word ends and a crowd or a room goes on, as read from the waveform."""

WITHOUT = f"without recordings of people: set {VARIABLE} to a folder with {TRANSCRIPTS}"
"""What a bench notes that has none."""


def speech_folder() -> Path | None:
    """Where the recordings are; None where there are none. Raises `BadInput` for a variable that names no folder."""
    named = os.environ.get(VARIABLE, "").strip()
    if named:
        folder = Path(named).expanduser()
        if not (folder / TRANSCRIPTS).is_file():
            raise BadInput(f"{VARIABLE} names {folder}, which holds no {TRANSCRIPTS}; name another folder or unset it.")
        return folder
    beside = Path(__file__).resolve().parents[4] / "shared" / "speech"
    return beside if (beside / TRANSCRIPTS).is_file() else None


def recordings(names: tuple[str, ...] | None = None) -> tuple[SpokenTurn, ...]:
    """The recordings with those names, or all that have a transcript; none where the folder is absent."""
    folder = speech_folder()
    if folder is None:
        return ()
    try:
        texts = json.loads((folder / TRANSCRIPTS).read_text(encoding="utf-8"))
        chosen = {name: str(texts[name]) for name in (names or tuple(texts)) if name in texts}
    except (OSError, ValueError, TypeError) as error:
        raise BadInput(f"{folder / TRANSCRIPTS} cannot be read ({error}); it maps files to what is said.") from error
    return tuple(_recorded(folder / name, text) for name, text in chosen.items())


def office_recording() -> Samples | None:
    """Two minutes of an office, None where they are not at hand."""
    folder = speech_folder()
    if folder is None or not (folder / OFFICE).is_file():
        return None
    return read_audio(folder / OFFICE)[0]


def _recorded(path: Path, text: str) -> SpokenTurn:
    samples, _ = read_audio(path)
    start_s, end_s = speech_span(samples, RECORDED_BELOW_LOUD_DB)
    return SpokenTurn(
        samples=samples,
        kind="recording",
        text=text,
        start_s=start_s,
        end_s=ENDS_S.get(path.name, end_s),
        pauses=pauses(samples, RECORDED_BELOW_LOUD_DB),
        voice=path.name,
    )
