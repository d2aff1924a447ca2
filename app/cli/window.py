"""`duet window`: opens the window. Qt's package is found by name, so that no other command comes to need it."""

from __future__ import annotations

import importlib

import click

from app.cli.common import loaded_settings


@click.command("window")
@click.option("--measure-start", is_flag=True, hidden=True, help="Say when it is usable, then close it.")
def window(measure_start: bool = False) -> None:
    """Open the window."""
    settings = loaded_settings().settings
    code: int = importlib.import_module("app.ui.app").run(settings, measure_start=measure_start)
    click.get_current_context().exit(code)
