"""Endpointing: how long a silence must last before the user's turn counts as over.

`Endpointer` decides, from `Evidence`; `PauseHabits` is what it knows of the user's own pauses.
"""

from app.assistant.endpointing.decision import Decision, Endpointer, EndpointSettings, Evidence
from app.assistant.endpointing.habits import PauseHabits, load_habits, save_habits

__all__ = ["Decision", "EndpointSettings", "Endpointer", "Evidence", "PauseHabits", "load_habits", "save_habits"]
