"""The import contracts hold, and they bite: a copy of the program with a forbidden import is refused."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LINT = "from importlinter.cli import lint_imports_command; lint_imports_command()"
MODEL_LIBRARY = "No module of the main process imports a model library"
QT = "Qt is imported in app.ui only"
DOWNWARD = "Imports run downward only"


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("contracts")
    shutil.copytree(ROOT / "app", folder / "app", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", LINT, "--no-cache"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder), "COLUMNS": "200"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=240,
    )


def verdict(output: str, contract: str) -> str:
    line = next(line for line in output.splitlines() if line.startswith(contract))
    return line.removeprefix(contract).strip()


def test_the_program_keeps_its_contracts(copy: Path) -> None:
    done = lint(copy)
    assert done.returncode == 0, done.stdout
    assert [verdict(done.stdout, name) for name in (MODEL_LIBRARY, QT, DOWNWARD)] == ["KEPT"] * 3


@pytest.mark.parametrize(
    ("module", "line", "contract"),
    [
        ("app/ui/__init__.py", "import llama_cpp", MODEL_LIBRARY),
        ("app/assistant/__init__.py", "from faster_whisper import WhisperModel", MODEL_LIBRARY),
        ("app/cli/__init__.py", "def later():\n    import onnxruntime", MODEL_LIBRARY),
        ("app/ui/__init__.py", "import app.engines.language.another", MODEL_LIBRARY),
        ("app/assistant/__init__.py", "import PySide6", QT),
        ("app/engines/__init__.py", "from PySide6 import QtCore", QT),
        ("app/store/__init__.py", "import app.assistant", DOWNWARD),
        ("app/audio/__init__.py", "import app.engines", DOWNWARD),
    ],
)
def test_a_forbidden_import_is_refused(copy: Path, module: str, line: str, contract: str) -> None:
    """The engine `another` is worker code, so it may import a library; who imports it gets the library too."""
    (copy / "app" / "engines" / "language" / "another.py").write_text("import llama_cpp\n", encoding="utf-8")
    path = copy / module
    before = path.read_text(encoding="utf-8")
    path.write_text(f"{before}\n{line}\n", encoding="utf-8")
    try:
        done = lint(copy)
    finally:
        path.write_text(before, encoding="utf-8")
    assert done.returncode == 1, done.stdout + done.stderr
    assert verdict(done.stdout, contract) == "BROKEN"


IMPORT_ALL = """
import importlib, pkgutil, sys
count = 0
for name in sys.argv[1:]:
    module = importlib.import_module(name)
    below = [found.name for found in pkgutil.walk_packages(getattr(module, "__path__", []), name + ".")]
    for other in below:
        importlib.import_module(other)
    count += 1 + len(below)
print(count, *sorted({name.partition(".")[0] for name in sys.modules}))
"""


def test_importing_the_main_process_loads_no_model_library_and_no_qt() -> None:
    """What the contracts say of the source, seen at run time, where an import may hide in a call."""
    config = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = {contract["name"]: contract for contract in config["tool"]["importlinter"]["contracts"]}
    main_process = [name for name in contracts[MODEL_LIBRARY]["source_modules"] if name != "app.ui"]
    done = subprocess.run(
        [sys.executable, "-c", IMPORT_ALL, *main_process], cwd=ROOT, capture_output=True, text=True, timeout=240
    )
    assert done.returncode == 0, done.stderr
    count, *loaded = done.stdout.split()
    assert int(count) > 20
    assert "app" in loaded
    forbidden = {*contracts[MODEL_LIBRARY]["forbidden_modules"], *contracts[QT]["forbidden_modules"]}
    assert forbidden.isdisjoint(loaded), forbidden.intersection(loaded)
