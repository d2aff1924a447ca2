"""What Duet keeps: conversations, turns, measurements and how the user pauses, in one SQLite file.

`Store` is the database; `app.store.recorder.Recorder` writes every turn into it as it happens.
"""

from app.store.database import Store
from app.store.records import Conversation, Hit, Measurement, PauseRecord, Performance, Turn

__all__ = ["Conversation", "Hit", "Measurement", "PauseRecord", "Performance", "Store", "Turn"]
