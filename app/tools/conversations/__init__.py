"""A search among past conversations, for "what did I ask about Rome"."""

from app.tools.conversations.intents import INTENTS
from app.tools.conversations.search import tools

__all__ = ["INTENTS", "tools"]
