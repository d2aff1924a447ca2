"""`duet chat`: the conversation in the terminal, or over standard input, one line a turn."""

from __future__ import annotations

import asyncio
import shutil
import sys
from collections.abc import AsyncIterator, Coroutine
from typing import Literal

import click

from app.assistant.report import Reporter
from app.assistant.runtime import Duet, Wants, open_duet
from app.cli.common import loaded_settings, print_json, printable
from app.cli.show import Printer, wrapped
from app.cli.turns import follow, run, turn_options
from app.errors import BadInput, DuetError
from app.events import Event, SendingAsked, SendingSettled
from app.memory.context import Exchange
from app.settings import Settings

HELP = (
    "Type a question. /new begins a new conversation, /stop stops an answer, /again has the last one thought over, "
    "/first shows what it was at first, /keep first or /keep second chooses, /planner on or /planner off switches "
    "second thoughts, /quit or Ctrl+D ends."
)


@click.command("chat")
@click.option("--conversation", metavar="ID", help="Continue this conversation.")
@turn_options
def chat(conversation: str | None = None, as_json: bool = False, as_events: bool = False) -> None:
    """Hold the conversation in the terminal; without one, answer each line of standard input."""
    settings = loaded_settings().settings
    interactive = sys.stdin.isatty() and not as_json and not as_events
    turns = run(
        _interactive(settings, conversation) if interactive else _lines(settings, conversation, as_json, as_events)
    )
    if as_json and not as_events:
        print_json({"turns": [report.document() for report in turns.turns]})


async def _lines(settings: Settings, conversation: str | None, as_json: bool, as_events: bool) -> Reporter:
    """Every line of standard input is a turn, answered to its end before the next is read."""
    reporter = Reporter()
    async with open_duet(settings, wants=Wants()) as duet:
        duet.bus.subscribe(reporter.on_event)
        follow(duet.bus, as_json, as_events, questions=True)
        if conversation is not None:
            duet.open_conversation(conversation)
        async for line in _stdin():
            if line.strip():
                await _told(duet.ask(line))
    return reporter


async def _stdin() -> AsyncIterator[str]:
    while line := await asyncio.to_thread(sys.stdin.readline):
        yield line


async def _told(work: Coroutine[object, object, object]) -> None:
    """Do it; what cannot be is told in a sentence."""
    try:
        await work
    except DuetError as error:
        click.secho(f"duet: {printable(str(error))}", fg="yellow", err=True)


async def _interactive(settings: Settings, conversation: str | None) -> Reporter:
    """A prompt that stays usable while answers and second thoughts come in above it."""
    from prompt_toolkit import PromptSession
    from prompt_toolkit.patch_stdout import patch_stdout

    reporter = Reporter()
    growing = ""

    def show(answer: str) -> None:
        nonlocal growing
        growing = answer
        session.app.invalidate()

    def toolbar() -> str:
        """The end of the answer that is being written, as much as fits one line."""
        return " ".join(growing.split())[-(shutil.get_terminal_size().columns - 1) :]

    session: PromptSession[str] = PromptSession(bottom_toolbar=lambda: toolbar() or None)
    running: set[asyncio.Task[None]] = set()
    click.secho(wrapped(HELP), dim=True)
    async with open_duet(settings, wants=Wants(asks=True, alarms=True)) as duet:
        duet.bus.subscribe(reporter.on_event)
        questions: list[SendingAsked] = []
        duet.bus.subscribe(lambda event: _note_question(event, questions))
        if conversation is not None:
            duet.open_conversation(conversation)
        duet.start_in_background()
        with patch_stdout(raw=True):
            duet.bus.subscribe(Printer(live=show).on_event)
            while (text := await _prompt(session)) is not None:
                if text.strip() in ("/quit", "/exit"):
                    break
                if text.strip():
                    command = text.strip().startswith("/")
                    work = _command(duet, text.split(), questions) if command else duet.ask(text)
                    running.add(task := asyncio.create_task(_told(work)))
                    task.add_done_callback(running.discard)
            duet.stop()
            await asyncio.gather(*running, return_exceptions=True)
    return reporter


async def _prompt(session: object) -> str | None:
    """The next line, or None at the end."""
    try:
        text: str = await session.prompt_async("> ")  # type: ignore[attr-defined]
    except (EOFError, KeyboardInterrupt):
        return None
    return text


def _note_question(event: Event, questions: list[SendingAsked]) -> None:
    """Show what has to be allowed first, and keep it until it is answered."""
    if isinstance(event, SendingAsked):
        questions.append(event)
        click.secho(f"{printable(event.question)} Answer with /yes or /no.", bold=True)
    elif isinstance(event, SendingSettled):
        questions[:] = [asked for asked in questions if asked.server != event.server]


async def _command(duet: Duet, words: list[str], questions: list[SendingAsked]) -> None:
    """Do what a line that begins with a slash says. Raises `DuetError` for what cannot be."""
    match words:
        case ["/new"]:
            duet.new_conversation()
            click.secho("A new conversation.", dim=True)
        case ["/yes" | "/no" as said] if questions:
            duet.allow_server(questions[-1].server, said == "/yes")
        case ["/stop"]:
            duet.stop()
        case ["/again"]:
            click.secho("  (thinking again)", dim=True)
            await duet.think_again(_last(duet).turn)
        case ["/first"]:
            click.echo(printable(wrapped(f"  At first: {_last(duet).answer}")))
        case ["/keep", "first" | "second" as which]:
            kept: Literal["first", "refined"] = "first" if which == "first" else "refined"
            await duet.keep(_last(duet).turn, kept)
        case ["/planner", "on" | "off" as wanted]:
            duet.use_planner(wanted == "on")
            click.secho(wrapped(_PLANNER[wanted]), dim=True)
        case _:
            click.secho(wrapped(HELP), dim=True)


_PLANNER = {
    "on": "Second thoughts are on.",
    "off": "Second thoughts are off until you leave; `duet settings set assistant.planner false` keeps them off.",
}


def _last(duet: Duet) -> Exchange:
    """What was answered last. Raises `BadInput` where nothing was."""
    for exchange in reversed(duet.assistant.history):
        if exchange.answer:
            return exchange
    raise BadInput("Nothing has been answered yet.")
