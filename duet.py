#!/usr/bin/env python3
"""Sets Duet up in the folder `.venv` beside this file, then runs it: `python3 duet.py`.

Needs nothing but Python. The packages come from the hash-locked requirements files and are installed again only when
those files or pyproject.toml change; a setup that was interrupted is repaired, and of two launchers one waits. What the
setup has to say goes to standard error, so `python3 duet.py ask "..." --json` prints nothing but the program's answer.

This file knows nothing of what Duet does: it makes the environment and hands over. It runs on Python 3.8 so that an
unsuitable Python gets a sentence instead of a syntax error.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

WINDOWS = os.name == "nt"
MACOS = os.uname().sysname == "Darwin" if hasattr(os, "uname") else False
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

USAGE = """\
python3 duet.py [OPTION ...] [WHAT DUET SHALL DO ...]

Sets Duet up beside this file where that is still to do, then runs it with the remaining arguments:
  python3 duet.py                            opens the window, or holds the conversation in a terminal without display
  python3 duet.py ask "What is 12 times 7?"  asks one question

Options, which stand before everything else:
  --system-packages   first install the Debian or Ubuntu packages that are missing (apt-get, through sudo unless root)
  --setup             only set up
  --test              set up with the test tools and run the tests; what follows goes to pytest
  --check             set up with the test tools and run the linter, the type checker and the import contracts
  --help              show this, and Duet's own help if it is set up
"""

SUPPORTED = ((3, 11), (3, 12), (3, 13))
FAILED, INTERRUPTED = 4, 130
FREE_BYTES = 3_000_000_000
"""Disk space a first setup wants: 1.3 GB stay, the rest is for downloads and the build."""

BUILT = "llama-cpp-python"
"""The package that is always built here, because it is published as source only."""
BUILT_AGAINST_PYTHON = ((3, 12),)
"""The Pythons for which pocketsphinx is published as source only, and so needs Python's own headers."""

RUN_PACKAGES = (
    "build-essential",  # the compiler for llama-cpp-python
    "libportaudio2",  # microphone and speaker
    # what Qt's libraries link to, then what its X11 plugin needs
    "libegl1 libgl1 libdbus-1-3 libfontconfig1 libxkbcommon0 fonts-dejavu-core",
    "libxkbcommon-x11-0 libxcb-cursor0 libxcb-icccm4 libxcb-image0 libxcb-keysyms1 libxcb-randr0 libxcb-render-util0",
    "libxcb-shape0 libxcb-xinerama0 libxcb-xfixes0",
)
TEST_PACKAGES = (
    "pulseaudio pulseaudio-utils libasound2-plugins",  # sound devices without sound hardware
    "xvfb xdotool imagemagick",  # a display without a screen, a hand and an eye for it
    "espeak-ng sox",  # other people's tools to compare with
)

CHECKS = (
    ("ruff", "check", "."),
    ("ruff", "format", "--check", "."),
    ("mypy",),
    ("lint-imports",),
)

NETWORK = re.compile(
    r"Failed to establish a new connection|Temporary failure in name resolution|Name or service not known|getaddrinfo"
    r"|NewConnectionError|ConnectTimeout|ReadTimeout|Read timed out|Connection (?:reset|refused|aborted)|ProxyError"
    r"|Network is unreachable|IncompleteRead|RemoteDisconnected"
)
CAUSES = (
    (
        re.compile(r"No space left on device|not enough space on the disk|Disk quota exceeded"),
        "The disk is full: make room (about 3 GB, also where temporary files go) and run this again.",
    ),
    (
        re.compile(r"DO NOT MATCH THE HASHES"),
        "A downloaded package is not the one Duet was made with, so it was not installed: "
        "check the package index that pip is set to use, and run this again.",
    ),
    (
        NETWORK,
        "The packages could not be fetched: check the network connection and run this again; it goes on where it was.",
    ),
    (
        re.compile(r"CMake Error|CMAKE_C(?:XX)?_COMPILER|ninja: build stopped|Failed building wheel"),
        "The language engine could not be built: the compiler's messages are in the log below.",
    ),
    (
        re.compile(r"No matching distribution found"),
        "A package that Duet needs is not published for this system or this Python.",
    ),
    (re.compile(r"Permission denied|Access is denied"), "Files below Duet's folder may not be written."),
)


class SetupFailed(Exception):
    """One sentence that says what is wrong and what to do."""


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


# -- what was asked for ----------------------------------------------------------------------------------------------


def parse(arguments: list[str]) -> tuple[str, bool, list[str]]:
    """The action (run, setup, test, check or help), whether system packages are wanted, and the arguments left."""
    actions = {"--setup": "setup", "--test": "test", "--check": "check", "--help": "help", "-h": "help"}
    action, system_packages, rest = "run", False, list(arguments)
    while rest and (rest[0] in actions or rest[0] == "--system-packages"):
        option = rest.pop(0)
        if option == "--system-packages":
            system_packages = True
        else:
            action = actions[option]
    return action, system_packages, rest


# -- where things are ------------------------------------------------------------------------------------------------


class Places:
    """The files of one checkout."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.venv = root / ".venv"
        self.programs = self.venv / ("Scripts" if WINDOWS else "bin")
        self.python = self.program("python")
        self.stamp = self.venv / "duet-setup.json"
        self.log = root / ".venv-setup.log"
        self.mutex = root / ".venv-setup.lock"
        self.build_lock = root / "requirements-build.lock"

    def program(self, name: str) -> Path:
        return self.programs / (name + (".exe" if WINDOWS else ""))

    def lock(self, level: str) -> Path:
        """The requirements of `level`: "run", or "test", which holds those of "run" as well."""
        return self.root / ("requirements-test.lock" if level == "test" else "requirements.lock")

    def digest(self, level: str) -> str:
        """What the environment of `level` is made from."""
        digest = hashlib.sha256(str(self.root).encode())
        for path in (self.build_lock, self.lock(level), self.root / "pyproject.toml"):
            digest.update(hashlib.sha256(path.read_bytes()).digest())
        return digest.hexdigest()

    def installed(self, distribution: str) -> bool:
        """Whether the locked version of `distribution` is in the environment."""
        text = self.lock("run").read_text(encoding="utf-8")
        found = re.search(rf"^{re.escape(distribution)}==([^ ;\\\n]+)", text, re.MULTILINE)
        if found is None:
            return True  # nothing to install
        pattern = f"{distribution.replace('-', '_')}-{found[1]}.dist-info/RECORD"
        return any(self.venv.glob(f"lib/python*/site-packages/{pattern}")) or any(
            self.venv.glob(f"Lib/site-packages/{pattern}")
        )


def is_ready(places: Places, level: str) -> bool:
    """Whether the environment was finished from these very files and its Python still runs."""
    try:
        stamp = json.loads(places.stamp.read_text(encoding="utf-8"))
        return bool(stamp[level] == places.digest(level) and stamp["python"] == python_version(places.python))
    except (OSError, ValueError, KeyError, TypeError):
        return False


def python_version(python: Path) -> str | None:
    """The version "3.11" of an interpreter, None if it does not run."""
    about = probe([str(python)])
    return about["version"] if about else None


PROBE = """
import importlib.util, json, platform, sys, sysconfig
print(json.dumps({
    "version": "%d.%d" % sys.version_info[:2],
    "bits": 64 if sys.maxsize > 2**32 else 32,
    "machine": platform.machine(),
    "include": sysconfig.get_path("include"),
    "venv": all(importlib.util.find_spec(name) for name in ("venv", "ensurepip")),
}))
"""


def probe(command: list[str]) -> dict[str, Any] | None:
    """What an interpreter says of itself, None if it does not run."""
    try:
        done = subprocess.run([*command, "-I", "-S", "-c", PROBE], capture_output=True, timeout=60, check=True)
        about: dict[str, Any] = json.loads(done.stdout)
    except (OSError, subprocess.SubprocessError, ValueError):
        return None
    return about


# -- what must be there before we begin ------------------------------------------------------------------------------


def find_python() -> tuple[list[str], dict[str, Any]]:
    """A suitable interpreter: this one, or else another that is installed."""
    own = [sys.executable]
    if sys.version_info[:2] in SUPPORTED:
        candidates = [own]
    elif WINDOWS:
        candidates = [["py", f"-{major}.{minor}"] for major, minor in reversed(SUPPORTED)]
    else:
        candidates = [[f"python{major}.{minor}"] for major, minor in reversed(SUPPORTED)]
    for command in candidates:
        about = probe(command)
        if about is not None:
            if command != own:
                say(f"Duet does not run on Python {version_text(sys.version_info)}; using {' '.join(command)}.")
            return command, about
    raise SetupFailed(
        f"Duet needs Python {version_text(SUPPORTED[0])} to {version_text(SUPPORTED[-1])} and this is "
        f"{version_text(sys.version_info)}: install Python {version_text(SUPPORTED[-1])} and run this again."
    )


def version_text(version: tuple[Any, ...]) -> str:
    return f"{version[0]}.{version[1]}"


def check_python(about: dict[str, Any]) -> None:
    """Raise `SetupFailed` for an interpreter that cannot make the environment."""
    if about["bits"] != 64:
        raise SetupFailed("This Python is a 32-bit program: install the 64-bit Python and run this again.")
    if WINDOWS and about["machine"] == "ARM64":
        raise SetupFailed(
            "Some of Duet's packages are not published for Windows on ARM: "
            "install the Python for 64-bit Intel (x86-64), which runs there too, and run this again."
        )
    if not about["venv"]:
        package = f"python{about['version']}-venv"
        raise SetupFailed(f"This Python cannot make virtual environments: {advice(package)} and run this again.")


def advice(*packages: str) -> str:
    """How to install Debian packages, as part of a sentence."""
    if not shutil.which("apt-get"):
        return f"install your system's counterpart of {' and '.join(packages)} (Debian's names)"
    return f"install it with `apt-get install {' '.join(packages)}` as root"


def check_room(places: Places) -> None:
    """Raise `SetupFailed` if the folder cannot be written or has not enough room."""
    if not os.access(places.root, os.W_OK):
        raise SetupFailed(f"The folder {places.root} may not be written: put Duet where you may write.")
    free = shutil.disk_usage(places.root).free
    if free < FREE_BYTES:
        raise SetupFailed(
            f"Setting up takes about {FREE_BYTES / 1e9:.0f} GB and only {free / 1e9:.1f} GB are free: "
            "make room and run this again."
        )


def check_compiler(about: dict[str, Any]) -> None:
    """Raise `SetupFailed` if the language engine could not be built. Takes a moment; the build takes minutes."""
    if not WINDOWS:
        check_unix_compiler(about)
    elif not (os.environ.get("CXX") or shutil.which("cl") or has_build_tools()):
        raise SetupFailed(
            "No C++ compiler was found: install Microsoft's Build Tools for Visual Studio with "
            '"Desktop development with C++" ticked, and run this again.'
        )


def check_unix_compiler(about: dict[str, Any]) -> None:
    if MACOS and subprocess.run(["xcode-select", "-p"], capture_output=True).returncode != 0:
        raise SetupFailed("No C++ compiler was found: run `xcode-select --install` and then this again.")
    if not compiles("CXX", ("c++", "g++", "clang++"), "c++") or not compiles("CC", ("cc", "gcc", "clang"), "c"):
        raise SetupFailed(f"No working C++ compiler was found: {advice('build-essential')} and run this again.")
    wants_headers = about["version"] in [version_text(version) for version in BUILT_AGAINST_PYTHON]
    if wants_headers and not Path(about["include"], "Python.h").exists():
        package = f"python{about['version']}-dev"
        raise SetupFailed(f"Python's headers, which a package is built with, are missing: {advice(package)}.")


def compiles(variable: str, names: tuple[str, ...], language: str) -> bool:
    """Whether the compiler that CMake would choose gets through a standard header."""
    chosen = os.environ.get(variable)
    command = chosen.split() if chosen else [name for name in names if shutil.which(name)][:1]
    if not command:
        return False
    header = b"#include <vector>\n" if language == "c++" else b"#include <stdlib.h>\n"
    try:
        done = subprocess.run([*command, "-x", language, "-fsyntax-only", "-"], input=header, capture_output=True)
    except OSError:
        return False
    return done.returncode == 0


def has_build_tools() -> bool:
    """Whether Visual Studio's installer knows of C++ tools (they are not on the search path)."""
    folder = os.environ.get("PROGRAMFILES(X86)", r"C:\Program Files (x86)")
    vswhere = Path(folder, "Microsoft Visual Studio", "Installer", "vswhere.exe")
    component = "Microsoft.VisualStudio.Component.VC.Tools.x86.x64"
    try:
        done = subprocess.run([str(vswhere), "-products", "*", "-requires", component], capture_output=True)
    except OSError:
        return False
    return bool(done.stdout.strip())


# -- system packages -------------------------------------------------------------------------------------------------


def system_packages(level: str) -> list[str]:
    """The Debian packages that `level` wants and that are not installed."""
    wanted = " ".join(RUN_PACKAGES + (TEST_PACKAGES if level == "test" else ())).split()
    about = probe([sys.executable])
    if about and not about["venv"]:
        wanted.append(f"python{about['version']}-venv")
    if about and sys.version_info[:2] in BUILT_AGAINST_PYTHON and not Path(about["include"], "Python.h").exists():
        wanted.append(f"python{about['version']}-dev")
    status = ["dpkg-query", "-W", "-f", "${Package} ${Status}\n", *wanted]
    output = subprocess.run(status, capture_output=True, text=True).stdout
    there = {line.split()[0] for line in output.splitlines() if line.endswith("ok installed")}
    return [name for name in wanted if name not in there]


def install_system_packages(level: str) -> None:
    """Have apt-get install what is missing; elsewhere say what is wanted and go on."""
    if WINDOWS or MACOS:
        say("--system-packages is for Linux; nothing to install.")
        return
    if not (shutil.which("apt-get") and shutil.which("dpkg-query")):
        say(f"There is no apt-get here; your system's counterparts of these are wanted: {' '.join(RUN_PACKAGES)}")
        return
    missing = system_packages(level)
    if not missing:
        return
    as_root = [] if getattr(os, "geteuid", int)() == 0 else ["sudo"]
    if as_root and not shutil.which("sudo"):
        raise SetupFailed(f"Only root may install system packages: run `apt-get install {' '.join(missing)}` as root.")
    say(f"Installing system packages: {' '.join(missing)}")
    apt = [*as_root, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q", "-y"]
    for attempt in range(3):
        subprocess.run([*apt, "update"], stdout=sys.stderr.fileno())
        install = [*apt, "install", "--no-install-recommends", *missing]
        if subprocess.run(install, stdout=sys.stderr.fileno()).returncode == 0:
            return
        time.sleep(5 * attempt)  # a mirror that is just being updated
    raise SetupFailed("apt-get could not install the system packages: its messages are above.")


# -- the setup -------------------------------------------------------------------------------------------------------


def ensure(places: Places, level: str) -> None:
    """Make the environment of `level`, unless it is there."""
    if is_ready(places, level):
        return
    check_room_to_write(places)
    with only_one(places.mutex), ended_by_signals():
        if is_ready(places, level):
            return
        set_up(places, level)


def check_room_to_write(places: Places) -> None:
    if not places.stamp.exists() and not places.installed(BUILT):
        check_room(places)
    elif not os.access(places.root, os.W_OK):
        raise SetupFailed(f"The folder {places.root} may not be written, and Duet's packages must be renewed.")


def set_up(places: Places, level: str) -> None:
    started = time.monotonic()
    python, about = find_python()
    check_python(about)
    if not places.installed(BUILT):
        check_compiler(about)
        say("Setting Duet up in .venv: this happens once, takes about ten minutes and 1.3 GB. Ctrl+C stops it.")
    else:
        say("Duet's packages have changed: renewing .venv.")
    places.log.write_text("", encoding="utf-8")
    kept = python_version(places.python)
    if kept is None or kept not in [version_text(version) for version in SUPPORTED]:
        make_environment(places, python)
    places.stamp.unlink(missing_ok=True)
    remove_half_installed(places)
    locked = ("--require-hashes", "--no-deps", "--no-build-isolation", "-r")
    pip_install(places, "Fetching the build tools", *locked, str(places.build_lock))
    pip_install(places, "Fetching the packages", *locked, str(places.lock(level)))
    pip_install(places, "Installing Duet", "--no-deps", "--no-build-isolation", "-e", str(places.root))
    write_stamp(places, level)
    say(f"Duet is set up ({minutes(time.monotonic() - started)}).")


def make_environment(places: Places, python: list[str]) -> None:
    if places.venv.exists():
        shutil.rmtree(places.venv)
    run_logged(places, [*python, "-I", "-m", "venv", str(places.venv)], Progress("Making the environment"))


def write_stamp(places: Places, level: str) -> None:
    """Record, at one stroke, that the setup is complete; the tests' environment serves for running as well."""
    levels = ("run", "test") if level == "test" else ("run",)
    stamp = {name: places.digest(name) for name in levels}
    stamp["python"] = str(python_version(places.python))
    beside = places.stamp.with_suffix(".new")
    beside.write_text(json.dumps(stamp), encoding="utf-8")
    beside.replace(places.stamp)


def remove_half_installed(places: Places) -> None:
    """Remove what an interrupted pip left: a distribution whose RECORD, written last, is missing looks installed."""
    for site in [*places.venv.glob("lib/python*/site-packages"), *places.venv.glob("Lib/site-packages")]:
        for folder in site.glob("*.dist-info"):
            if not (folder / "RECORD").exists():
                shutil.rmtree(folder)
        for folder in site.glob("~*"):
            shutil.rmtree(folder) if folder.is_dir() else folder.unlink()


def pip_install(places: Places, what: str, *arguments: str) -> None:
    """Run pip; a failure of the network is tried again."""
    options = ("-v", "--no-input", "--no-color", "--progress-bar", "off", "--disable-pip-version-check")
    command = [str(places.python), "-I", "-m", "pip", "install", *options, *arguments]
    for attempt in range(3):
        try:
            run_logged(places, command, Progress(what))
        except SetupFailed:
            if attempt == 2 or not NETWORK.search(tail(places.log)):
                raise
            say("The network failed; trying again.")
            time.sleep(5)
        else:
            return


def clean_environment() -> dict[str, str]:
    """The caller's environment without what would lead pip or the program out of `.venv`."""
    unwanted = {"PYTHONHOME", "PYTHONPATH", "PYTHONSTARTUP", "__PYVENV_LAUNCHER__"}
    unwanted |= {"PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PIP_REQUIRE_HASHES", "PIP_NO_DEPS"}
    return {name: value for name, value in os.environ.items() if name not in unwanted}


def run_logged(places: Places, command: list[str], progress: Progress) -> None:
    """Run a step of the setup with its output in the log. Raises `SetupFailed` with the cause as far as it is known."""
    environment = clean_environment()
    environment.setdefault("CMAKE_BUILD_PARALLEL_LEVEL", str(os.cpu_count() or 1))
    environment["PIP_USER"] = "0"
    environment["PYTHONUNBUFFERED"] = "1"
    options: dict[str, Any] = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    options.update(env=environment, encoding="utf-8", errors="replace", start_new_session=not WINDOWS)
    log_file = places.log.open("a", encoding="utf-8", errors="replace")
    with log_file as log, progress, subprocess.Popen(command, **options) as step:
        try:
            assert step.stdout is not None
            for line in step.stdout:
                log.write(line)
                progress.see(line)
            code = step.wait()
        finally:
            end(step)
    if code != 0:
        raise SetupFailed(f"{cause(tail(places.log))}\nAll messages are in {places.log}")


def end(step: subprocess.Popen[str]) -> None:
    """End a step and what it started: a compiler must not go on after Ctrl+C."""
    if step.poll() is None:
        if sys.platform == "win32":
            step.kill()
        else:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(step.pid, signal.SIGTERM)
            try:
                step.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(step.pid, signal.SIGKILL)
        step.wait()


def tail(log: Path, size: int = 40_000) -> str:
    return log.read_text(encoding="utf-8", errors="replace")[-size:]


def cause(messages: str) -> str:
    for pattern, sentence in CAUSES:
        if pattern.search(messages):
            return sentence
    return "Setting Duet up failed; running this again goes on where it stopped."


class Progress:
    """Tells on standard error how a step goes: one line that changes on a terminal, else a line now and then."""

    def __init__(self, what: str, every_s: float | None = None) -> None:
        self.terminal = sys.stderr.isatty()
        self.what = what
        self.detail = ""
        self.every_s = every_s or (0.5 if self.terminal else 30.0)
        self.count = 0
        self.started = time.monotonic()
        self.over = threading.Event()
        self.thread = threading.Thread(target=self.tick, daemon=True)

    def __enter__(self) -> None:
        if not self.terminal:
            say(f"{self.what} ...")
        self.thread.start()

    def __exit__(self, *_: object) -> None:
        self.over.set()
        self.thread.join()
        if self.terminal:
            self.rewrite(f"{self.what}: {minutes(time.monotonic() - self.started)}")
            say("")

    def see(self, line: str) -> None:
        """Learn from a line of pip's output what is going on."""
        fetched = re.match(r"\s*(?:Collecting|Downloading) ([A-Za-z0-9_.]+(?:-[A-Za-z_.]+)*)", line)
        step = re.match(r"\s*\[(\d+)/(\d+)\]", line)
        if line.lstrip().startswith(f"Building wheel for {BUILT}"):
            self.stage("Building the language engine (about five minutes on two cores)")
        elif line.startswith("Installing collected packages") and not self.what.startswith("Installing"):
            self.stage("Installing the packages")
        elif step:
            self.detail = f"{100 * int(step[1]) // int(step[2])} %"
        elif fetched:
            self.detail = fetched[1]

    def stage(self, what: str) -> None:
        if what == self.what:  # pip says it again when it has finished
            return
        if self.terminal:
            self.rewrite(f"{self.what}: done")
        self.what, self.detail = what, ""
        say("" if self.terminal else f"{what} ...")

    def tick(self) -> None:
        while not self.over.wait(self.every_s):
            detail = f": {self.detail}" if self.detail else ""
            text = f"{self.what}{detail} ({minutes(time.monotonic() - self.started)})"
            self.rewrite(text) if self.terminal else say(text)

    def rewrite(self, text: str) -> None:
        width = shutil.get_terminal_size().columns - 1
        print("\r" + text[:width].ljust(width), end="", file=sys.stderr, flush=True)


def minutes(seconds: float) -> str:
    return f"{int(seconds) // 60} min {int(seconds) % 60} s" if seconds >= 60 else f"{seconds:.0f} s"


# -- one at a time ---------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def only_one(path: Path) -> Iterator[None]:
    """Hold the lock file `path`. The system frees it however this process ends."""
    with path.open("a+b") as file:
        if not locked(file.fileno()):
            say("Another setup of Duet is under way; waiting for it.")
            while not locked(file.fileno()):
                time.sleep(0.2)
        yield  # closing the file frees the lock


def locked(descriptor: int) -> bool:
    """Try to take the lock. A file system without locks counts as taken: better unguarded than never."""
    try:
        if sys.platform == "win32":
            os.lseek(descriptor, 0, os.SEEK_SET)
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as problem:
        return problem.errno not in (errno.EACCES, errno.EAGAIN, errno.EDEADLK)
    return True


@contextlib.contextmanager
def ended_by_signals() -> Iterator[None]:
    """Let a request to end (SIGTERM, a closed terminal) end the running step as well."""

    def leave(number: int, _: object) -> None:
        raise SystemExit(128 + number)

    names = [name for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
    before = {name: signal.signal(getattr(signal, name), leave) for name in names}
    try:
        yield
    finally:
        for name, handler in before.items():
            signal.signal(getattr(signal, name), handler)


# -- handing over ----------------------------------------------------------------------------------------------------


def hand_over(command: list[str]) -> int:
    """Become `command` where the system can, else run it and return its exit code."""
    environment = clean_environment()
    sys.stdout.flush()
    sys.stderr.flush()
    if not WINDOWS:
        os.execve(command[0], command, environment)  # noqa: S606 - no shell is the point
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is the program's to answer
    try:
        return subprocess.run(command, env=environment).returncode
    finally:
        signal.signal(signal.SIGINT, before)


def check(places: Places) -> int:
    """Run the linter, the type checker and the import contracts; all of them, whatever the first one says."""
    failed = []
    for program, *arguments in CHECKS:
        print("$", program, *arguments, flush=True)
        command = [str(places.program(program)), *arguments]
        if subprocess.run(command, cwd=places.root, env=clean_environment()).returncode != 0:
            failed.append(program)
    print("failed: " + ", ".join(failed) if failed else "all checks passed", flush=True)
    return 1 if failed else 0


def show_help(places: Places) -> int:
    print(USAGE, flush=True)
    return hand_over([str(places.program("duet")), "--help"]) if is_ready(places, "run") else 0


def main(arguments: list[str], root: Path) -> int:
    """Set up what is wanted and do it; returns the exit code."""
    places = Places(root)
    action, wants_system_packages, rest = parse(arguments)
    if action == "help":
        return show_help(places)
    level = "test" if action in ("test", "check") else "run"
    try:
        if wants_system_packages:
            install_system_packages(level)
        ensure(places, level)
    except SetupFailed as problem:
        say(str(problem))
        return FAILED
    except KeyboardInterrupt:
        say("\nStopped; running this again goes on where it was.")
        return INTERRUPTED
    except OSError as problem:
        say(f"Setting Duet up failed: {problem}; mend that and run this again.")
        return FAILED
    if action == "setup":
        return 0
    if action == "check":
        return check(places)
    if action == "test":
        os.chdir(root)
        return hand_over([str(places.python), "-m", "pytest", *rest])
    return hand_over([str(places.program("duet")), *rest])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], Path(__file__).resolve().parent))
