"""The box of built-in tools, and what other packages may and may not add to it."""

from __future__ import annotations

import logging
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.store import Store
from app.tools.builtin import GROUP, toolbox
from app.tools.services import Services

ROOT = Path(__file__).resolve().parents[2]

OTHER = """
from app.tools.base import Arguments, Result, Tool

class Dice(Tool[Arguments]):
    name = "dice"
    description = "Rolls a die."
    async def run(self, arguments, situation):
        return Result(text="Four.")

class Calculate(Dice):
    name = "calculate"

class Nameless(Tool[Arguments]):
    name = ""
    description = ""
    async def run(self, arguments, situation):
        return Result(text="")

def tools(services): return [Dice()]
def another(services): return [Calculate()]
def nameless(services): return [Nameless()]
def strings(services): return ["dice"]
def failing(services): raise OSError("no dice")
"""


@pytest.fixture(name="services")
def _services(tmp_path: Path) -> Iterator[Services]:
    store = Store.open(tmp_path / "duet.db")
    yield Services(store=store)
    store.close()


def install(folder: Path, monkeypatch: pytest.MonkeyPatch, **entries: str) -> None:
    """A package with these entry points, as pip would leave it."""
    module = f"dice_of_{folder.name.replace('-', '_')}"
    (folder / f"{module}.py").write_text(OTHER, encoding="utf-8")
    info = folder / f"{module}-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {module}\nVersion: 1.0\n", encoding="utf-8")
    lines = [f"{name} = {value.format(module=module)}" for name, value in entries.items()]
    (info / "entry_points.txt").write_text("\n".join([f"[{GROUP}]", *lines]), encoding="utf-8")
    monkeypatch.syspath_prepend(str(folder))


def test_the_built_in_tools_describe_themselves(services: Services) -> None:
    box = toolbox(services)
    assert {"calculate", "convert", "date_and_time", "date_arithmetic"} <= set(box.tools)
    for schema in box.schemas():
        assert schema["description"].endswith(".")
        assert all(field.get("description") for field in schema["arguments"]["properties"].values()), schema


def test_putting_the_box_together_loads_nothing_slow() -> None:
    """Units and zones are loaded when they are first asked for; the box belongs to the start."""
    code = "import sys, app.tools.builtin; print(*{name.partition('.')[0] for name in sys.modules})"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    loaded = set(done.stdout.split())
    assert "app" in loaded
    assert loaded.isdisjoint({"pint", "flexparser", "babel", "num2words", "numpy"})


def test_another_package_adds_its_tools(services: Services, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(tmp_path, monkeypatch, games="{module}:tools")
    assert "dice" in toolbox(services).tools


def test_what_is_broken_is_logged_and_left_out(
    services: Services, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    install(
        tmp_path,
        monkeypatch,
        a_failing="{module}:failing",
        b_missing="{module}:nothing",
        c_absent="no_such_module_anywhere:tools",
        d_strings="{module}:strings",
        e_nameless="{module}:nameless",
        f_taken="{module}:another",
        g_good="{module}:tools",
    )
    with caplog.at_level(logging.WARNING):
        box = toolbox(services)
    assert "dice" in box.tools
    assert type(box.tools["calculate"]).__module__.startswith("app.")
    told = [record.getMessage() for record in caplog.records if record.name == "app.tools.builtin"]
    assert len(told) == 6, told
