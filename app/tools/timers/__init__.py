"""Timers and alarms: set, listed, cancelled, and rung when they are due, also after a restart."""

from app.tools.timers.alarms import Alarms
from app.tools.timers.intents import INTENTS
from app.tools.timers.tools import tools

__all__ = ["INTENTS", "Alarms", "tools"]
