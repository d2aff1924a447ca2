"""Whether a model that the user names can be used: said before it is chosen, and in `duet models status`.

Looks at headers only; loads nothing and reaches no server.
"""

from __future__ import annotations

from pathlib import Path

from app.engines.language.gguf_file import check_language_model, read_header
from app.errors import BadSetting, DuetError
from app.registry.roles import STARTER, resolve
from app.registry.servers import find_server, is_server, require_allowed
from app.registry.starter import starter_model
from app.settings import Settings


def check_model(settings: Settings, reference: str) -> str:
    """The reference as the settings should hold it: paths in full.

    Raises `BadModel` for a file that is no language model, `BadSetting` for a server that the settings do not have,
    `EngineUnavailable` for a starter that is not installed.
    """
    if reference in ("fast", "planner"):
        check_model(settings, resolve(settings, reference))
        return reference
    if reference == STARTER:
        starter_model()
        return reference
    if is_server(reference):
        find_server(settings, reference)
        return reference
    if not reference.strip():
        raise BadSetting("No model is named; give starter, remote, server:NAME or the path of a GGUF file.")
    path = Path(reference).expanduser().absolute()
    check_language_model(read_header(path))
    return str(path)


def problem(settings: Settings, reference: str) -> str | None:
    """Why the model of a reference could not be used now, in one sentence."""
    try:
        check_model(settings, reference)
        require_allowed(settings, resolve(settings, reference))
    except DuetError as error:
        return str(error)
    return None
