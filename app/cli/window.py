"""`duet window`: opens the window. Qt's package is found by name, so that no other command comes to need it."""

from __future__ import annotations

import importlib
import sys

import click

from app.cli.common import loaded_settings
from app.errors import EngineUnavailable

LINUX_PACKAGES = "libegl1 libxkbcommon-x11-0 libxcb-cursor0 libxcb-icccm4 libxcb-keysyms1 libdbus-1-3"
"""What Qt needs of a Debian system."""


class NoWindow(EngineUnavailable):
    """Qt cannot be loaded on this system."""


@click.command("window")
@click.option("--measure-start", is_flag=True, hidden=True, help="Say when it is usable, then close it.")
def window(measure_start: bool = False) -> None:
    """Open the window."""
    settings = loaded_settings().settings
    try:
        ui = importlib.import_module("app.ui.app")
    except ImportError as error:
        mend = f"sudo apt-get install {LINUX_PACKAGES}" if sys.platform.startswith("linux") else "duet doctor"
        raise NoWindow(f"The window cannot be opened because Qt does not load ({error}); try: {mend}.") from error
    code: int = ui.run(settings, measure_start=measure_start)
    click.get_current_context().exit(code)
