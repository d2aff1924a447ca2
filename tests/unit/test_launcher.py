"""The launcher on a tiny project with real virtual environments and real pip, and without network."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections import namedtuple
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

LAUNCHER = Path(__file__).resolve().parents[2] / "duet.py"
LIMIT_S = 240.0
"""Longest wait for a setup of the tiny project, which takes about five seconds on an idle machine."""

PYPROJECT = """
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]
[project]
name = "tiny"
version = "1"
scripts = { duet = "tiny:main" }
"""

BACKEND = '''
"""The smallest build backend that makes an editable install."""
import os, time, zipfile
from pathlib import Path

def build_editable(folder, config_settings=None, metadata_directory=None):
    if os.environ.get("TINY_SLOW"):
        Path("building").write_text(str(os.getpid()))
        time.sleep(300)
    meta = "tiny-1.dist-info/"
    files = {
        "tiny.pth": os.getcwd() + "\\n",
        meta + "METADATA": "Metadata-Version: 2.1\\nName: tiny\\nVersion: 1\\n",
        meta + "WHEEL": "Wheel-Version: 1.0\\nGenerator: tiny\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n",
        meta + "entry_points.txt": "[console_scripts]\\nduet = tiny:main\\n",
    }
    record = "".join(name + ",,\\n" for name in [*files, meta + "RECORD"])
    with zipfile.ZipFile(Path(folder, "tiny-1-py3-none-any.whl"), "w") as wheel:
        for name, text in {**files, meta + "RECORD": record}.items():
            wheel.writestr(name, text)
    return "tiny-1-py3-none-any.whl"
'''

PROGRAM = """
import json, os, sys
def main():
    print(json.dumps({"arguments": sys.argv[1:], "folder": os.getcwd(), "prefix": sys.prefix}))
    return 7
"""


@pytest.fixture(scope="module")
def launcher() -> ModuleType:
    spec = importlib.util.spec_from_file_location("duet_launcher", LAUNCHER)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def make_project(root: Path) -> Path:
    root.mkdir(parents=True)
    shutil.copy(LAUNCHER, root)
    files = {"pyproject.toml": PYPROJECT, "backend.py": BACKEND, "tiny.py": PROGRAM}
    files |= dict.fromkeys(["requirements.lock", "requirements-test.lock", "requirements-build.lock"], "# nothing\n")
    for name, text in files.items():
        (root / name).write_text(text)
    return root


def command(project: Path, *arguments: str) -> list[str]:
    return [sys.executable, "-W", "error", str(project / "duet.py"), *arguments]


def launch(project: Path, *arguments: str, **options: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command(project, *arguments), capture_output=True, text=True, timeout=LIMIT_S, **options)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny project that has been set up once, its folder with a space and an accent."""
    root = make_project(tmp_path_factory.mktemp("launcher") / "mon dossier é")
    done = launch(root, "--setup")
    assert done.returncode == 0, done.stderr
    assert done.stdout == "", "the setup's talk belongs on standard error"
    assert "Duet is set up" in done.stderr
    assert "Exception" not in done.stderr
    return root


def test_hands_over_arguments_folder_output_and_exit_code(project: Path, tmp_path: Path) -> None:
    done = launch(project, "ask", "What is it?", "--json", "--test", cwd=tmp_path)
    assert done.returncode == 7
    said = json.loads(done.stdout)
    assert said["arguments"] == ["ask", "What is it?", "--json", "--test"]
    assert Path(said["folder"]).samefile(tmp_path)
    assert Path(said["prefix"]).samefile(project / ".venv")
    assert done.stderr == "", "nothing was to be set up"


def test_a_foreign_python_environment_does_not_lead_astray(project: Path, tmp_path: Path) -> None:
    (tmp_path / "tiny.py").write_text("raise SystemExit('the wrong one')")
    done = launch(project, env={**os.environ, "PYTHONPATH": str(tmp_path)})
    assert done.returncode == 7, done.stderr


@pytest.mark.parametrize("file", ["requirements.lock", "pyproject.toml"])
def test_sets_up_again_when_what_it_is_made_from_changed(project: Path, file: str) -> None:
    with (project / file).open("a") as changed:
        changed.write("# changed\n")
    first, second = launch(project), launch(project)
    assert "Duet is set up" in first.stderr
    assert second.stderr == ""
    assert (first.returncode, second.returncode) == (7, 7)


def test_repairs_an_interrupted_setup(project: Path, launcher: ModuleType) -> None:
    places = launcher.Places(project)
    places.stamp.unlink()
    site = next(iter([*places.venv.glob("lib/python*/site-packages"), *places.venv.glob("Lib/site-packages")]))
    half = site / "half-1.dist-info"
    half.mkdir()
    (half / "METADATA").write_text("Metadata-Version: 2.1\nName: half\nVersion: 1\n")
    (site / "~iny").mkdir()
    assert launch(project).returncode == 7
    assert not half.exists()
    assert not (site / "~iny").exists()
    assert launcher.is_ready(places, "run")


def test_makes_an_environment_whose_python_is_gone_anew(project: Path, launcher: ModuleType) -> None:
    places = launcher.Places(project)
    for name in places.programs.glob("python*"):
        name.unlink()
    assert not launcher.is_ready(places, "run")
    assert launch(project).returncode == 7


def test_waits_for_another_setup(project: Path, launcher: ModuleType) -> None:
    places = launcher.Places(project)
    places.stamp.unlink()
    with launcher.only_one(places.mutex):
        second = subprocess.Popen(command(project), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        assert second.stderr is not None
        assert "waiting for it" in second.stderr.readline()
        assert not places.stamp.exists()
    output, _ = second.communicate(timeout=LIMIT_S)
    assert second.returncode == 7
    assert json.loads(output)["arguments"] == []


@pytest.mark.skipif(os.name == "nt", reason="a console's Ctrl+C cannot be sent to one process on Windows")
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_stops_at_once_and_leaves_nothing_running(project: Path, number: int, code: int) -> None:
    (project / ".venv" / "duet-setup.json").unlink()
    marker = project / "building"
    marker.unlink(missing_ok=True)
    slow = {**os.environ, "TINY_SLOW": "1"}
    setup = subprocess.Popen(command(project), stderr=subprocess.PIPE, stdout=subprocess.PIPE, env=slow)
    builder = int(wait_for_text(marker))
    setup.send_signal(number)
    output, _ = setup.communicate(timeout=LIMIT_S)
    assert (setup.returncode, output) == (code, b"")
    deadline = time.monotonic() + LIMIT_S
    while is_running(builder):
        assert time.monotonic() < deadline, "the build goes on"
        time.sleep(0.02)
    assert launch(project).returncode == 7, "the next run goes on"


def wait_for_text(path: Path) -> str:
    deadline = time.monotonic() + LIMIT_S
    while not (path.exists() and path.read_text()):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return path.read_text()


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
        status = Path(f"/proc/{pid}/stat")
        return not status.exists() or status.read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except (ProcessLookupError, FileNotFoundError):
        return False


def test_a_package_with_another_hash_is_refused(project: Path, tmp_path: Path, launcher: ModuleType) -> None:
    """pip itself is asked, with a wheel from a folder, so that no network is needed."""
    other = make_project(tmp_path / "other")
    shutil.copytree(project / ".venv", other / ".venv", symlinks=True)
    wheels = tmp_path / "wheels"
    wheels.mkdir()
    subprocess.run(
        [sys.executable, "-c", f"import backend; backend.build_editable({str(wheels)!r})"], cwd=other, check=True
    )
    (wheels / "tiny-1-py3-none-any.whl").rename(wheels / "evil-1-py3-none-any.whl")
    (other / "requirements.lock").write_text(f"evil==1 --hash=sha256:{'0' * 64}\n")
    done = launch(other, env={**os.environ, "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(wheels)})
    assert done.returncode == launcher.FAILED
    assert "not the one Duet was made with" in done.stderr
    assert "Traceback" not in done.stderr
    assert not launcher.Places(other).stamp.exists()


# -- sentences -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ([], ("run", False, [])),
        (["ask", "--test"], ("run", False, ["ask", "--test"])),
        (["--system-packages", "--test", "-x"], ("test", True, ["-x"])),
        (["--check"], ("check", False, [])),
        (["--system-packages", "chat"], ("run", True, ["chat"])),
        (["--json"], ("run", False, ["--json"])),
    ],
)
def test_reads_its_own_options_before_everything_else(
    launcher: ModuleType, arguments: list[str], expected: tuple[str, bool, list[str]]
) -> None:
    assert launcher.parse(arguments) == expected


def test_helps_without_setting_up(tmp_path: Path) -> None:
    done = launch(make_project(tmp_path / "new"), "--help")
    assert done.returncode == 0
    assert "--system-packages" in done.stdout
    assert not (tmp_path / "new" / ".venv").exists()


@pytest.mark.parametrize(
    ("messages", "word"),
    [
        ("NewConnectionError('... [Errno -3] Temporary failure in name resolution')", "network"),
        ("ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device", "disk is full"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.", "was not installed"),
        ("*** CMake Error at CMakeLists.txt: no CMAKE_CXX_COMPILER", "compiler"),
        ("ERROR: No matching distribution found for x==1", "not published"),
        ("something new", "failed"),
    ],
)
def test_names_the_cause_in_one_sentence(launcher: ModuleType, messages: str, word: str) -> None:
    assert word in launcher.cause(messages)


def about(**changes: Any) -> dict[str, Any]:
    facts = {"version": "3.11", "bits": 64, "machine": "x86_64", "include": "/nowhere", "venv": True}
    return {**facts, **changes}


@pytest.mark.parametrize(("changes", "word"), [({"bits": 32}, "64-bit"), ({"venv": False}, "python3.11-venv")])
def test_refuses_a_python_that_will_not_do(launcher: ModuleType, changes: dict[str, Any], word: str) -> None:
    launcher.check_python(about())
    with pytest.raises(launcher.SetupFailed, match=word):
        launcher.check_python(about(**changes))


@pytest.mark.skipif(sys.platform != "linux", reason="the sentence names Debian's package")
def test_misses_the_compiler_before_the_long_build(
    launcher: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "c++"
    broken.write_text("#!/bin/sh\nexit 1\n")
    broken.chmod(0o755)
    for variable in ("CC", "CXX"):
        monkeypatch.delenv(variable, raising=False)
    launcher.check_compiler(about())
    with pytest.raises(launcher.SetupFailed, match=r"python3\.12-dev"):
        launcher.check_compiler(about(version="3.12"))
    monkeypatch.setenv("CXX", str(broken))
    with pytest.raises(launcher.SetupFailed, match="build-essential"):
        launcher.check_compiler(about())
    monkeypatch.delenv("CXX")
    monkeypatch.setenv("PATH", str(tmp_path / "empty"))
    with pytest.raises(launcher.SetupFailed, match="build-essential"):
        launcher.check_compiler(about())


def test_says_when_the_disk_has_no_room(launcher: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage(10**10, 10**10, 10**8))
    with pytest.raises(launcher.SetupFailed, match=r"only 0\.1 GB are free"):
        launcher.check_room(launcher.Places(tmp_path))


@pytest.mark.parametrize("version", [(3, 10, 0), (3, 14, 0)])
def test_says_which_python_it_wants(
    launcher: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: tuple[int, int, int]
) -> None:
    monkeypatch.setattr(sys, "version_info", version)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(launcher.SetupFailed, match=rf"3\.11 to 3\.13 and this is 3\.{version[1]}"):
        launcher.find_python()


@pytest.mark.skipif(sys.platform != "linux", reason="apt-get is Linux's")
def test_asks_apt_get_only_for_what_is_missing(
    launcher: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """apt-get and dpkg-query are scripts here that write down how they were called."""
    calls = tmp_path / "calls"
    scripts = {
        "dpkg-query": 'for p in "$@"; do [ "$p" = libegl1 ] || echo "$p install ok installed"; done',
        "apt-get": f'echo "$@" >> {calls}; echo "apt talks"',
        "sudo": 'exec "$@"',
    }
    for name, text in scripts.items():
        (tmp_path / name).write_text(f"#!/bin/sh\n{text}\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    code = (
        f"import sys; sys.path.insert(0, {str(LAUNCHER.parent)!r}); import duet; duet.install_system_packages('test')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=LIMIT_S)
    assert done.returncode == 0, done.stderr
    assert calls.read_text().splitlines() == ["-q -y update", "-q -y install --no-install-recommends libegl1"]
    assert done.stdout == "", "apt-get's talk belongs on standard error"
