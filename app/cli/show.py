"""How a conversation looks in a terminal: the answer as it is written, then quietly what the planner thinks of it."""

from __future__ import annotations

import shutil
import sys
import textwrap
from collections.abc import Callable

import click

from app.assistant.reflex_track import REFLEX
from app.assistant.revision import in_words
from app.cli.common import printable
from app.events import (
    AlarmRang,
    AnswerFinished,
    AnswerKept,
    CameBack,
    Event,
    Interrupted,
    ModelAdvised,
    Refined,
    TokensArrived,
    TranscriptReady,
    Warning,
)
from app.tools.timers.spoken import announcement


class Printer:
    """A subscriber that writes to standard output; warnings go to standard error.

    questions: whether what was heard is written too, as it is for spoken turns.
    live: where the answer is shown while it grows, for a terminal in which a prompt stands below the conversation: only
        whole lines can be written above one. Without it the answer is written as it comes.
    """

    def __init__(self, questions: bool = False, live: Callable[[str], None] | None = None) -> None:
        self._questions = questions
        self._live = live
        self._answer = ""
        self._first: tuple[str | None, str] = (None, "")  # the last answer that was finished, and its turn

    def on_event(self, event: Event) -> None:
        match event:
            case TranscriptReady(text=text) if self._questions:
                self._line(f"> {text}")
            case TokensArrived(text=text):
                self._more(text if self._answer else text.lstrip())
            case AnswerFinished() | Interrupted():
                self._end()
                if isinstance(event, AnswerFinished) and event.model != REFLEX:
                    self._first = (event.turn, event.text)
            case Refined():
                self._refined(event)
            case CameBack(model=model):
                self._line(f"  ({model} is back)", dim=True)
            case ModelAdvised(text=text):
                self._line(f"  ({text})", dim=True)
            case AlarmRang():
                self._line(f"  {announcement(event)}", bold=True)
            case AnswerKept(kept=kept, final=final):
                self._line(f"  (the {'first' if kept == 'first' else 'second'} answer counts: {final})", dim=True)
            case Warning():
                self.on_warning(event)

    def _more(self, text: str) -> None:
        self._answer += text
        if self._live is not None:
            self._live(printable(self._answer))
        else:
            click.echo(printable(text), nl=False)
            sys.stdout.flush()

    def _end(self) -> None:
        if self._live is not None:
            self._live("")
            if self._answer:
                self._line(wrapped(self._answer))
        elif self._answer:
            click.echo()
        self._answer = ""

    def on_warning(self, event: Event) -> None:
        """Warnings only."""
        if isinstance(event, Warning):
            click.secho(f"duet: {printable(event.text)}", fg="yellow", err=True)

    def _refined(self, event: Refined) -> None:
        looked_up = f"with {', '.join(event.tools)}" if event.tools else ""
        if event.verdict == "agree":
            self._line(f"  (thought again{f' {looked_up}' if looked_up else ''}: it stands)", dim=True)
        elif event.verdict == "add":
            self._line(f"  In addition: {event.text}")
            self._aside(looked_up)
        elif event.verdict == "correct":
            self._line(f"  Correction: {event.text}", bold=True)
            self._aside(in_words(self._first[1], event.text) if self._first[0] == event.turn else "", looked_up)
        elif event.verdict == "failed":
            self._line(f"  (could not think again: {event.why})", dim=True)

    def _aside(self, *parts: str) -> None:
        words = "; ".join(part for part in parts if part)
        if words:
            self._line(f"  ({words})", dim=True)

    def _line(self, text: str, *, dim: bool = False, bold: bool = False) -> None:
        click.secho(printable(text), dim=dim, bold=bold)


def wrapped(text: str) -> str:
    """The text with line breaks between words, as wide as the terminal."""
    width = shutil.get_terminal_size().columns - 1
    return "\n".join(textwrap.fill(line, width) for line in text.splitlines())
