"""`duet verdict`: does a second answer agree with a first, add to it, or correct it?"""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import click

from app.assistant.verdict import judge
from app.cli.common import fail_usage, json_option, print_json
from app.errors import BadInput


@click.command("verdict")
@click.option("--question", default="", metavar="Q", help="What was asked.")
@click.option("--first", metavar="A", help="The first answer.")
@click.option("--second", metavar="B", help="The second answer.")
@click.option("--pairs", type=click.Path(path_type=Path), metavar="FILE", help="Many, as JSON Lines with keys q, a, b.")
@json_option
def verdict(question: str, first: str | None, second: str | None, pairs: Path | None, as_json: bool) -> None:
    """Compare two answers by what they claim."""
    if pairs is not None:
        for q, a, b in _read_pairs(pairs):
            click.echo(json.dumps(asdict(judge(q, a, b))))
        return
    if first is None or second is None:
        fail_usage("Give --first and --second, or --pairs.")
    found = judge(question, first, second)
    if as_json:
        print_json(asdict(found))
    else:
        click.echo(f"{found.verdict}: {found.why}")


def _read_pairs(path: Path) -> list[tuple[str, str, str]]:
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"{path} cannot be read as text: {error}.") from None
    pairs = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            values = json.loads(line)
            pairs.append((str(values["q"]), str(values["a"]), str(values["b"])))
        except (ValueError, KeyError, TypeError):
            raise BadInput(f"{path}, line {number}: this is not a JSON object with the keys q, a and b.") from None
    return pairs
