"""Opening a file, a folder, a web page or an application of this computer, after the user agreed to that."""

from app.tools.opening.intents import INTENTS, installed_intent
from app.tools.opening.opener import Opener
from app.tools.opening.tools import tools

__all__ = ["INTENTS", "Opener", "installed_intent", "tools"]
