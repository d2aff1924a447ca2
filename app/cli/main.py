"""The command `duet`: its commands, and what it does without one.

Each command is imported when it is called, so that none pays for what another needs.
"""

from __future__ import annotations

import importlib

import click

from app import __version__
from app.cli.common import DuetGroup, logging_options

COMMANDS = {
    "ask": "app.cli.ask:ask",
    "talk": "app.cli.talk:talk",
    "hear": "app.cli.hear:hear",
    "say": "app.cli.say:say",
    "plan": "app.cli.plan:plan",
    "verdict": "app.cli.verdict:verdict",
    "chat": "app.cli.chat:chat",
    "window": "app.cli.window:window",
    "bench": "app.cli.bench:bench",
    "models": "app.cli.models:models_group",
    "history": "app.cli.history:history_group",
    "settings": "app.cli.settings:settings_group",
    "doctor": "app.cli.doctor:doctor",
}


class LazyGroup(DuetGroup):
    """The program's group; knows its commands by name and imports the one that is called."""

    def list_commands(self, context: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        module, attribute = COMMANDS[name].split(":")
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command


@click.group(cls=LazyGroup, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="duet")
@logging_options
@click.pass_context
def duet(context: click.Context) -> None:
    """A private voice assistant with two minds: one answers at once, one thinks again.

    Without a command Duet opens its window. With no display it talks in the terminal or, when standard input is not a
    terminal, answers what it reads from there, line by line.
    """
    if context.invoked_subcommand is not None:
        return
    from app.assistant.checkup import has_display

    if has_display():
        from app.cli.window import NoWindow, window

        try:
            context.invoke(window)
        except NoWindow as error:
            click.echo(f"duet: {error}", err=True)
        else:
            return
    from app.cli.chat import chat

    context.invoke(chat)
