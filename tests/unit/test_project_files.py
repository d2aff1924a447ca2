"""The files that describe the project agree with each other: locks, pyproject, README, CI, changelog."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

import app

ROOT = Path(__file__).resolve().parents[2]
LOCKS = ("requirements.lock", "requirements-test.lock", "requirements-build.lock")
CONFIG = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def pins(lock: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for name, version in re.findall(r"^([a-z0-9._-]+)==([^ ;\\\n]+)", read(lock), re.MULTILINE):
        found.setdefault(name, set()).add(version)
    return found


def names(requirements: list[str]) -> set[str]:
    return {re.split(r"[^A-Za-z0-9._-]", text, maxsplit=1)[0].lower() for text in requirements}


@pytest.mark.parametrize("lock", LOCKS)
def test_locks_hold_hashes_and_no_addresses(lock: str) -> None:
    text = read(lock)
    assert "://" not in text
    assert not re.search(r"^\s*--(?!hash=)", text, re.MULTILINE), "an option other than a hash"
    entries = re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE)[1:]
    assert len(entries) > 5
    assert all("--hash=sha256:" in entry for entry in entries)


@pytest.mark.parametrize(
    ("lock", "wanted"),
    [
        ("requirements.lock", CONFIG["project"]["dependencies"]),
        ("requirements-test.lock", CONFIG["project"]["optional-dependencies"]["test"]),
        ("requirements-build.lock", CONFIG["dependency-groups"]["build"]),
    ],
)
def test_everything_wanted_is_locked(lock: str, wanted: list[str]) -> None:
    assert names(wanted) <= set(pins(lock))


def test_tests_run_on_the_versions_that_users_get() -> None:
    run, test, build = (pins(lock) for lock in LOCKS)
    assert {name: test.get(name) for name in run} == run
    assert {name: build[name] for name in build if name in run} == {name: run[name] for name in run if name in build}


def test_every_dependency_has_its_reason() -> None:
    document = read("docs/architecture.md").lower()
    wanted = names(CONFIG["project"]["dependencies"]) | names(CONFIG["project"]["optional-dependencies"]["test"])
    wanted |= names(CONFIG["dependency-groups"]["build"])
    assert [name for name in sorted(wanted) if f"| {name} |" not in document] == []


def test_ci_runs_the_test_command_of_the_readme() -> None:
    command = "python3 duet.py --system-packages --test"
    assert re.search(rf"^ *{command}$", read("README.md"), re.MULTILINE)
    assert re.search(rf"^(?:.*[ &])?{command}$", read(".ci/run"), re.MULTILINE)


def test_no_file_of_the_project_names_a_package_index() -> None:
    for name in ("duet.py", ".ci/run", "pyproject.toml", "README.md", "docs/architecture.md"):
        assert not re.search(r"index[-_]url|find[-_]links|trusted[-_]host", read(name)), name


def test_the_changelog_knows_this_version() -> None:
    assert f"## [{app.__version__}]" in read("CHANGELOG.md")
