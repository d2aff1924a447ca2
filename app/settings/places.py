"""Where Duet keeps its files on this machine.

`DUET_HOME` moves everything into one folder. Otherwise the places are the system's own (platformdirs). Nothing is
created here.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from app.settings.schema import Settings

APP_NAME = "duet"


def default_settings_path(environ: Mapping[str, str] | None = None) -> Path:
    """`settings.toml` in `$DUET_HOME`, else in the user's configuration folder."""
    home = _home(environ)
    if home is not None:
        return home / "settings.toml"
    import platformdirs  # not needed with DUET_HOME, and costs a few ms

    return platformdirs.user_config_path(APP_NAME, appauthor=False) / "settings.toml"


def data_dir(settings: Settings, environ: Mapping[str, str] | None = None) -> Path:
    """The folder of the database and the logs; a relative `store.data_dir` counts from the settings file's folder."""
    chosen = settings.store.data_dir
    if chosen is not None:
        return default_settings_path(environ).parent / chosen.expanduser()
    home = _home(environ)
    if home is not None:
        return home
    import platformdirs

    return platformdirs.user_data_path(APP_NAME, appauthor=False)


def cache_dir(environ: Mapping[str, str] | None = None) -> Path:
    """The folder of what can be made again at any time: `cache` in `$DUET_HOME`, else the user's cache folder."""
    home = _home(environ)
    if home is not None:
        return home / "cache"
    import platformdirs

    return platformdirs.user_cache_path(APP_NAME, appauthor=False)


def log_path(settings: Settings, environ: Mapping[str, str] | None = None) -> Path:
    """The program's log file."""
    return data_dir(settings, environ) / "logs" / "duet.log"


def _home(environ: Mapping[str, str] | None) -> Path | None:
    home = (os.environ if environ is None else environ).get("DUET_HOME", "").strip()
    return Path(home).expanduser().absolute() if home else None
