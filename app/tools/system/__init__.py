"""Facts about this computer: battery, disk, memory, processor, and how long it has been on."""

from app.tools.system.facts import tools
from app.tools.system.intents import INTENTS

__all__ = ["INTENTS", "tools"]
