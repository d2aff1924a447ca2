"""Keeps silence from the wake word models: nothing is run, and nobody is even asked, while the room is quiet.

Quiet means near the level that the room has anyway, which is followed as it changes. Decides nothing about speech.
"""

from __future__ import annotations

import numpy as np

from app.engines.hearing.base import SAMPLE_RATE, Samples

FRAME = SAMPLE_RATE // 50
"""Samples: 20 ms."""

ABOVE_FLOOR_DB = 8.0
"""A frame this far above the room's own level is worth listening to. The quietest of the recorded wake words (three
people, 18 to 40 dB over their rooms) has 11 dB in its weakest syllable."""

QUIET_DB = -62.0
"""Below this (dB of full scale) nothing is, whatever the room: the noise of an ordinary sound card."""

FLOOR_RISE_DB_S = 1.0
"""How fast the room may get louder. It gets quieter at once, so the pauses of speech keep the floor down."""

OPEN_S = 1.0
"""The gate stays open this long after the last loud frame: the models answer up to 0.5 s after the word."""

LEAD_S = 0.6
"""What came before the first loud frame is heard as well: a soft first syllable, and the models' run-up."""


class EnergyGate:
    """Passes on what may hold a word, with its lead, in order and without gaps inside a stretch.

    skipped: samples that were left out so far; a time in what was passed on plus `skipped_s` is a time of the source.
    """

    def __init__(self) -> None:
        self._floor_db = QUIET_DB
        self.reset()

    def reset(self) -> None:
        """Begin a new stream in the same room."""
        self.skipped = 0
        self._rest = np.zeros(0, np.float32)
        self._lead: list[Samples] = []
        self._open_frames = 0

    @property
    def skipped_s(self) -> float:
        return self.skipped / SAMPLE_RATE

    def push(self, samples: Samples) -> Samples:
        """What of the stream so far is to be listened to now; often nothing. Pieces may have any size."""
        sound = np.concatenate([self._rest, samples])
        whole = sound.size // FRAME * FRAME
        self._rest = sound[whole:]
        if not whole:
            return np.zeros(0, np.float32)
        frames = sound[:whole].reshape(-1, FRAME)
        levels = 10 * np.log10(np.einsum("ij,ij->i", frames, frames) / FRAME + 1e-12)
        passed: list[Samples] = []
        for frame, level in zip(frames, levels.tolist(), strict=True):
            self._frame(frame, level, passed)
        return np.concatenate(passed) if passed else np.zeros(0, np.float32)

    def _frame(self, frame: Samples, level_db: float, passed: list[Samples]) -> None:
        self._floor_db = min(level_db, self._floor_db + FLOOR_RISE_DB_S * FRAME / SAMPLE_RATE)
        if level_db > max(self._floor_db + ABOVE_FLOOR_DB, QUIET_DB):
            self._open_frames = round(OPEN_S * SAMPLE_RATE / FRAME)
        if self._open_frames:
            self._open_frames -= 1
            passed += [*self._lead, frame]
            self._lead.clear()
            return
        self._lead.append(frame)
        if len(self._lead) > LEAD_S * SAMPLE_RATE / FRAME:
            self.skipped += self._lead.pop(0).size
