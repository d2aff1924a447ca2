"""The rooms in which the assistant's own voice comes back: every level of the echo with every delay."""

from __future__ import annotations

from itertools import product

from app.audio.room import Room

LEVELS_DB = (-20.0, -12.0, -6.0)
DELAYS_S = (0.002, 0.02, 0.06, 0.12, 0.25)


def rooms() -> tuple[Room, ...]:
    """Each a room of its own, from a small one to a hall."""
    return tuple(
        Room(level_db=level_db, delay_s=delay_s, reverberation_s=0.15 + 0.05 * (seed % 6), seed=seed)
        for seed, (level_db, delay_s) in enumerate(product(LEVELS_DB, DELAYS_S), 1)
    )
