"""`duet history`: look at, search, export and delete what was said, and forget how the user pauses."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path
from typing import Literal

import click

from app.cli.common import DuetGroup, fail_usage, json_option, open_store, print_json, print_table, printable
from app.errors import BadInput


@click.group("history", cls=DuetGroup)
def history_group() -> None:
    """What was said: list, show, search, export, delete."""


@history_group.command("list")
@click.option("--limit", default=200, show_default=True, type=click.IntRange(1), help="At most this many.")
@json_option
def list_conversations(limit: int, as_json: bool) -> None:
    """The conversations, newest activity first."""
    with open_store() as store:
        conversations = store.conversations(limit)
    if as_json:
        print_json({"conversations": [asdict(conversation) for conversation in conversations]})
    elif conversations:
        print_table(
            ("ID", "LAST ACTIVITY", "TURNS", "TITLE"),
            [(each.id, _when(each.updated_at), str(each.turns), each.title) for each in conversations],
        )
    else:
        click.echo("Nothing has been said yet.")


@history_group.command("show")
@click.argument("conversation")
@json_option
def show_conversation(conversation: str, as_json: bool) -> None:
    """One conversation with all its turns."""
    with open_store() as store:
        found = store.conversation(conversation)
        turns = store.turns(conversation)
        text = "" if as_json else store.export(conversation, "markdown")
    if as_json:
        print_json({**asdict(found), "turns": [asdict(turn) for turn in turns]})
    else:
        click.echo(printable(text))


@history_group.command("search")
@click.argument("text", nargs=-1, required=True)
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1), help="At most this many.")
@json_option
def search_history(text: tuple[str, ...], limit: int, as_json: bool) -> None:
    """Turns in which all words of TEXT were said or answered, newest first."""
    query = " ".join(text)
    with open_store() as store:
        hits = store.search(query, limit)
    if as_json:
        print_json({"query": query, "hits": [asdict(hit) for hit in hits]})
    elif hits:
        print_table(
            ("CONVERSATION", "WHEN", "PASSAGE"),
            [(hit.conversation, _when(hit.started_at), hit.snippet) for hit in hits],
        )
    else:
        click.echo("Nothing was found.")


@history_group.command("export")
@click.argument("conversation", required=False)
@click.option("--format", "form", type=click.Choice(["markdown", "json"]), help="Default: markdown, with --json json.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="A file; otherwise standard output.")
@json_option
def export_history(
    conversation: str | None, form: Literal["markdown", "json"] | None, out: Path | None, as_json: bool
) -> None:
    """CONVERSATION, or everything, as Markdown to read or JSON with everything."""
    form = form or ("json" if as_json else "markdown")
    with open_store() as store:
        text = store.export(conversation, form)
    if out is not None:
        content = text.encode()
        _write(out, content)
        if as_json:
            print_json({"path": str(out), "format": form, "bytes": len(content)})
        else:
            click.echo(f"Wrote {out}.")
    elif as_json and form == "markdown":
        print_json({"format": form, "text": text})
    else:
        click.echo(text if form == "json" else printable(text), nl=False)


@history_group.command("delete")
@click.argument("conversation", required=False)
@click.option("--all", "everything", is_flag=True, help="Delete all conversations.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@json_option
def delete_history(conversation: str | None, everything: bool, yes: bool, as_json: bool) -> None:
    """Delete CONVERSATION for good."""
    if (conversation is None) != everything:
        fail_usage("Say which conversation to delete, or --all.")
    with open_store() as store:
        doomed = store.conversations(limit=-1) if conversation is None else [store.conversation(conversation)]
        if doomed and not yes and not _confirmed(len(doomed)):
            click.echo("Nothing was deleted.", err=True)
            doomed = []
        store.delete(*(each.id for each in doomed))
    if as_json:
        print_json({"deleted": [each.id for each in doomed]})
    elif doomed:
        click.echo(f"Deleted {len(doomed)} conversation{'s' if len(doomed) > 1 else ''}.")


@history_group.command("forget-pauses")
@json_option
def forget_pauses(as_json: bool) -> None:
    """Forget how long you pause while you speak; Duet learns it anew."""
    with open_store() as store:
        forgotten = store.forget_pause_habits()
    if as_json:
        print_json({"forgotten": forgotten})
    else:
        click.echo("Forgot how you pause." if forgotten else "Nothing had been learned of your pauses.")


def _confirmed(number: int) -> bool:
    if not sys.stdin.isatty():
        fail_usage("There is nobody to ask; add --yes to delete.")
    what = "this conversation" if number == 1 else f"{number} conversations"
    return click.confirm(f"Delete {what} for good?", err=True)


def _write(out: Path, content: bytes) -> None:
    try:
        out.write_bytes(content)
    except OSError as error:
        raise BadInput(f"{out} cannot be written ({error.strerror}); choose another file.") from None


def _when(time: str) -> str:
    """An ISO time to the minute, in this machine's own time zone."""
    from datetime import datetime

    return datetime.fromisoformat(time).astimezone().strftime("%Y-%m-%d %H:%M")
