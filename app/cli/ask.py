"""`duet ask`: one typed turn."""

from __future__ import annotations

import sys

import click

from app.assistant.report import Reporter, TurnReport
from app.assistant.runtime import Wants, open_duet
from app.cli.common import loaded_settings
from app.cli.turns import ask_before_sending, end_turn, follow, run, turn_options


@click.command("ask")
@click.argument("text")
@click.option("--no-planner", is_flag=True, help="Do not think again.")
@click.option("--conversation", metavar="ID", help="Continue this conversation.")
@turn_options
def ask(text: str, no_planner: bool, conversation: str | None, as_json: bool, as_events: bool) -> None:
    """Ask one question; the answer comes first, then what the planner thinks of it."""
    settings = loaded_settings().settings
    asks = sys.stdin.isatty() and not as_json and not as_events

    async def turn() -> TurnReport:
        reporter = Reporter()
        async with open_duet(settings, wants=Wants(planner=not no_planner, asks=asks)) as duet:
            duet.bus.subscribe(reporter.on_event)
            follow(duet.bus, as_json, as_events)
            if asks:
                ask_before_sending(duet)
            if conversation is not None:
                duet.open_conversation(conversation)
            await duet.ask(text)
        return reporter.turns[-1]

    end_turn(run(turn()), as_json, as_events)
