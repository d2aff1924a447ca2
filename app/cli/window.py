"""`duet window`: opens the window. Qt's package is found by name, so that no other command comes to need it."""

from __future__ import annotations

import importlib

import click

from app.cli.common import loaded_settings


@click.command("window")
def window() -> None:
    """Open the window."""
    settings = loaded_settings().settings
    code: int = importlib.import_module("app.ui.app").run(settings)
    click.get_current_context().exit(code)
