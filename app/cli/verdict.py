"""`duet verdict`: does a second answer agree with a first, add to it, or correct it?"""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from app.assistant.verdict import ToolFact, judge
from app.cli.common import fail_usage, json_option, print_json
from app.errors import BadInput

_FORM = 'a list such as [{"tool": "calculate", "values": {"value": 84, "unit": ""}, "text": "12 times 7 is 84."}]'


@click.command("verdict")
@click.option("--question", default="", metavar="Q", help="What was asked.")
@click.option("--first", metavar="A", help="The first answer.")
@click.option("--second", metavar="B", help="The second answer.")
@click.option("--tools", metavar="JSON", help=f'What tools found, {_FORM}; "exact": false if the tool does not decide.')
@click.option("--pairs", type=click.Path(path_type=Path), metavar="FILE", help="Many, as JSON Lines with keys q, a, b.")
@json_option
def verdict(
    question: str, first: str | None, second: str | None, tools: str | None, pairs: Path | None, as_json: bool
) -> None:
    """Compare two answers by what they claim. With --pairs each line is answered by one JSON line."""
    if pairs is not None:
        if question or first is not None or second is not None or tools is not None:
            fail_usage("Give either --pairs, or --question, --first, --second and --tools.")
        for q, a, b in _read_pairs(pairs):
            click.echo(json.dumps(asdict(judge(q, a, b)), ensure_ascii=False))
        return
    if first is None or second is None:
        fail_usage("Give --first and --second, or --pairs.")
    found = judge(question, first, second, _facts(tools) if tools is not None else ())
    if as_json:
        print_json(asdict(found))
    else:
        click.echo(f"{found.verdict}: {found.why}")


def _facts(text: str) -> list[ToolFact]:
    """The tools' results of `--tools`. Raises `BadInput`."""
    try:
        given = json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise BadInput(f"--tools is not JSON ({error}); give {_FORM}.") from None
    return [_fact(item, number) for number, item in enumerate(given if isinstance(given, list) else [given], 1)]


def _fact(item: Any, number: int) -> ToolFact:
    if not isinstance(item, dict):
        raise BadInput(f"--tools, result {number}: this is not an object; give {_FORM}.")
    fields: dict[str, Any] = {"tool": "", "values": {}, "text": "", "exact": True} | item
    if not isinstance(fields["tool"], str) or not fields["tool"]:
        raise BadInput(f'--tools, result {number}: "tool" has to be the name of a tool.')
    if not isinstance(fields["values"], dict):
        raise BadInput(f'--tools, result {number}: "values" has to be an object such as {{"value": 84, "unit": ""}}.')
    if not isinstance(fields["text"], str) or not isinstance(fields["exact"], bool):
        raise BadInput(f'--tools, result {number}: "text" has to be a text and "exact" true or false.')
    if not fields["values"] and not fields["text"].strip():
        raise BadInput(f'--tools, result {number}: it holds neither "values" nor "text".')
    if unknown := sorted(fields.keys() - {"tool", "values", "text", "exact"}):
        raise BadInput(
            f'--tools, result {number}: there is no key "{unknown[0]}"; there are tool, values, text and exact.'
        )
    return ToolFact(tool=fields["tool"], values=fields["values"], text=fields["text"], exact=fields["exact"])


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is no number")


def _read_pairs(path: Path) -> list[tuple[str, str, str]]:
    try:
        lines = path.read_text("utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError, ValueError) as error:
        raise BadInput(f"{path} cannot be read as text: {error}.") from None
    pairs = [_pair(line, f"{path}, line {number}") for number, line in enumerate(lines, 1) if line.strip()]
    if not pairs:
        raise BadInput(f"{path} holds no pairs; give one JSON object with the keys q, a and b per line.")
    return pairs


def _pair(line: str, where: str) -> tuple[str, str, str]:
    try:
        values = json.loads(line)
    except (ValueError, RecursionError):
        values = None
    if not isinstance(values, dict) or not values.keys() >= {"q", "a", "b"}:
        raise BadInput(f"{where}: this is not a JSON object with the keys q, a and b.")
    q, a, b = values["q"], values["a"], values["b"]
    if not (isinstance(q, str) and isinstance(a, str) and isinstance(b, str)):
        raise BadInput(f"{where}: q, a and b have to be texts.")
    return q, a, b
