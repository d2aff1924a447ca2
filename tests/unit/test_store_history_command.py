"""`duet history` on a real database."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from app.cli import logs
from app.cli.history import history_group
from app.store import Store, Turn


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("DUET_HOME", str(tmp_path / "home"))
    yield tmp_path / "home"
    logs.close()


@pytest.fixture
def talked(home: Path) -> Path:
    with contextlib.closing(Store.open(home / "duet.db")) as store:
        for number, (text, answer) in enumerate(
            [("Hello\x1b[2J there", "Good day."), ("Capital of France?", "Paris.")]
        ):
            store.save_turn(
                Turn(
                    id=f"t{number}",
                    conversation=f"c{number}",
                    started_at=f"2026-01-0{number + 1}T12:00:00.000+00:00",
                    text=text,
                    answer=answer,
                    state="done",
                )
            )
    return home


def run(*arguments: str) -> Result:
    return CliRunner().invoke(history_group, arguments, prog_name="duet history")


def document(*arguments: str) -> Any:
    result = run(*arguments, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_nothing_yet(home: Path) -> None:
    assert run("list").stdout == "Nothing has been said yet.\n"
    assert document("list") == {"conversations": []}
    assert document("search", "x") == {"query": "x", "hits": []}
    assert document("export")["conversations"] == []
    assert run("search", "x").stdout == "Nothing was found.\n"


def test_list(talked: Path) -> None:
    assert [each["id"] for each in document("list")["conversations"]] == ["c1", "c0"]
    assert [each["turns"] for each in document("list", "--limit", "1")["conversations"]] == [1]
    table = run("list").stdout
    assert table.splitlines()[1].startswith("c1")
    assert "\x1b" not in table


def test_show(talked: Path) -> None:
    shown = document("show", "c1")
    assert (shown["title"], shown["turns"][0]["answer"]) == ("Capital of France?", "Paris.")
    text = run("show", "c0").stdout
    assert "Good day." in text
    assert "\x1b" not in text
    result = run("show", "nobody", "--json")
    assert result.exit_code == json.loads(result.stdout)["exit_code"] == 3


def test_search(talked: Path) -> None:
    (hit,) = document("search", "capital", "paris")["hits"]
    assert (hit["conversation"], hit["turn"]) == ("c1", "t1")
    assert "c1" in run("search", "capital").stdout
    assert run("search").exit_code == 2


def test_export(talked: Path, tmp_path: Path) -> None:
    assert len(document("export")["conversations"]) == 2
    assert len(json.loads(run("export", "c1", "--format", "json").stdout)["conversations"]) == 1
    assert run("export", "c1").stdout.startswith("# Capital of France?\n")
    assert document("export", "c1", "--format", "markdown")["text"].startswith("# Capital of France?\n")
    out = tmp_path / "out.md"
    written = document("export", "--format", "markdown", "--out", str(out))
    assert written == {"path": str(out), "format": "markdown", "bytes": out.stat().st_size}
    assert "Paris." in out.read_text(encoding="utf-8")
    result = run("export", "--out", str(tmp_path / "no" / "folder"))
    assert result.exit_code == 3
    assert "cannot be written" in result.stderr


def test_delete(talked: Path) -> None:
    assert run("delete").exit_code == run("delete", "c0", "--all").exit_code == 2
    refused = run("delete", "c0")
    assert refused.exit_code == 2
    assert "--yes" in refused.stderr
    assert len(document("list")["conversations"]) == 2
    assert document("delete", "c0", "--yes") == {"deleted": ["c0"]}
    assert document("search", "hello")["hits"] == []
    assert run("delete", "nobody", "--yes").exit_code == 3
    assert run("delete", "--all", "--yes").stdout == "Deleted 1 conversation.\n"
    assert document("list") == {"conversations": []}


def test_a_damaged_database_is_exit_code_three(home: Path) -> None:
    home.mkdir()
    (home / "duet.db").write_bytes(b"nothing like a database" * 100)
    result = run("list", "--json")
    assert result.exit_code == 3
    assert str(home / "duet.db") in json.loads(result.stdout)["error"]
