"""`duet verdict`: facts of tools, files of pairs, and one sentence for whatever cannot be used."""

from __future__ import annotations

import json
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from app.cli.common import DuetGroup
from app.cli.verdict import verdict


@click.group(cls=DuetGroup, name="duet")
def duet() -> None:
    """A program as small as one can be."""


duet.add_command(verdict)


def run(*args: str) -> Result:
    return CliRunner().invoke(duet, ["verdict", *args])


def judged(*args: str) -> dict[str, object]:
    ran = run("--json", *args)
    assert ran.exit_code == 0, ran.output
    document = json.loads(ran.stdout)
    assert document.keys() == {"verdict", "why", "confidence"}
    return dict(document)


ASKED = ("--question", "What is 12 times 7?", "--second", "72.", "--first")


def test_a_tools_result_decides() -> None:
    fact = json.dumps(
        [{"tool": "calculate", "values": {"value": 84, "unit": ""}, "text": "12 times 7 is 84.", "exact": True}]
    )
    assert judged(*ASKED, "72.", "--tools", fact)["verdict"] == "correct"
    assert judged(*ASKED, "Eighty-four.", "--tools", fact)["verdict"] == "agree"
    undecided = json.dumps([{"tool": "calculate", "values": {"value": 84}, "exact": False}])
    assert judged(*ASKED, "72.", "--tools", undecided)["verdict"] == "agree"
    assert judged(*ASKED, "72.", "--tools", "[]")["verdict"] == "agree"


@pytest.mark.parametrize(
    ("tools", "says"),
    [
        ("", "not JSON"),
        ("{", "not JSON"),
        ("[NaN]", "not JSON"),
        ("[" * 100_000, "not JSON"),
        ("3", "not an object"),
        ('["84"]', "not an object"),
        ("[{}]", '"tool"'),
        ('[{"tool": 3, "values": {"value": 1}}]', '"tool"'),
        ('[{"tool": "x", "values": [84]}]', '"values"'),
        ('[{"tool": "x", "values": {"value": 1}, "exact": "yes"}]', '"exact"'),
        ('[{"tool": "x", "values": {"value": 1}, "text": 3}]', '"text"'),
        ('[{"tool": "x"}]', "neither"),
        ('[{"tool": "x", "values": {"value": 1}, "valeus": {}}]', "valeus"),
    ],
)
def test_bad_facts_are_one_sentence(tools: str, says: str) -> None:
    refused(run(*ASKED, "72.", "--tools", tools), 3, says)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "no pairs"),
        (b"\n \n", "no pairs"),
        (b"{", "line 1"),
        (b'{"q": "a", "a": "b"}', "line 1"),
        (b'{"q": "a", "a": "b", "b": "c"}\n[]', "line 2"),
        (b'{"q": "a", "a": "b", "b": 3}', "texts"),
        (b'{"q": "a", "a": null, "b": "c"}', "texts"),
        (b"\xff\xfe", "cannot be read"),
    ],
)
def test_bad_files_of_pairs_are_one_sentence(tmp_path: Path, content: bytes, says: str) -> None:
    path = tmp_path / "pairs.jsonl"
    path.write_bytes(content)
    refused(run("--pairs", str(path)), 3, says)


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    refused(run("--pairs", str(tmp_path / "none.jsonl")), 3, "cannot be read")
    refused(run("--pairs", str(tmp_path)), 3, "cannot be read")


def test_pairs_and_single_answers_do_not_mix(tmp_path: Path) -> None:
    refused(run("--pairs", str(tmp_path / "x"), "--first", "a"), 2, "either")
    refused(run("--first", "a"), 2, "--second")


def test_each_pair_is_one_line(tmp_path: Path) -> None:
    path = tmp_path / "pairs.jsonl"
    path.write_text(
        '\ufeff{"q": "6 x 7?", "a": "42", "b": "forty-two", "verdict": "agree"}\n\n'
        '{"q": "6 x 7?", "a": "42", "b": "44\u2028"}\n',
        encoding="utf-8",
    )
    ran = run("--pairs", str(path))
    assert ran.exit_code == 0, ran.output
    assert [json.loads(line)["verdict"] for line in ran.stdout.splitlines()] == ["agree", "correct"]


def refused(ran: Result, code: int, says: str) -> None:
    assert ran.exit_code == code, ran.output
    assert says in ran.stderr
    assert "Traceback" not in ran.output
