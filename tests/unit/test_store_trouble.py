"""What can be wrong with the database's file, and that nothing stored is lost by it."""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil  # noqa: F401 - once privileges are dropped, it may be too late
import pytest
import sqlite_utils

from app.errors import StoreError
from app.store import Store, Turn

AT = "2026-01-02T03:04:05.678+00:00"


def turn(id: str, **values: str) -> Turn:
    return Turn(id=id, conversation="c", started_at=AT, **values)  # type: ignore[arg-type]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "duet.db"


@pytest.fixture
def filled(path: Path) -> Path:
    with contextlib.closing(Store.open(path)) as store:
        store.save_turn(turn("t", text="hello", state="done", answer="x" * 50_000))
    return path


def assert_sentence(error: StoreError, path: Path) -> None:
    sentence = str(error)
    assert str(path) in sentence
    assert "\n" not in sentence
    assert sentence.endswith(".")
    assert error.exit_code == 3


def refuses(path: Path, match: str, timeout_s: float = 5.0) -> None:
    with pytest.raises(StoreError, match=match) as caught:
        Store.open(path, busy_timeout_s=timeout_s)
    assert_sentence(caught.value, path)


def test_a_locked_database(filled: Path) -> None:
    other = sqlite3.connect(filled, isolation_level=None)
    other.execute("PRAGMA locking_mode = EXCLUSIVE")
    other.execute("BEGIN EXCLUSIVE")
    refuses(filled, "locked by another program", timeout_s=0.05)
    other.close()
    with contextlib.closing(Store.open(filled)) as store:
        assert store.turn("t").text == "hello"


def test_a_lock_that_comes_later(filled: Path) -> None:
    with contextlib.closing(Store.open(filled, busy_timeout_s=0.05)) as store:
        other = sqlite3.connect(filled, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="locked") as caught:
            store.begin_turn(turn("u"))
        assert_sentence(caught.value, filled)
        assert store.turn("t").text == "hello", "reading goes on"
        other.execute("ROLLBACK")
        other.close()
        store.begin_turn(turn("u"))


@pytest.mark.parametrize(
    "content",
    [b"this is no database, but long enough to be one" * 100, b"SQLite format 3\0" + b"\xff" * 5000, b"\0" * 99],
)
def test_a_file_that_is_no_database_is_left_as_it_is(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    refuses(path, "damaged or no database; it was left as it is")
    assert path.read_bytes() == content
    assert list(path.parent.iterdir()) == [path]


def test_a_damaged_database_is_told_and_left(filled: Path) -> None:
    content = bytearray(filled.read_bytes())
    content[4096:] = b"\x55" * (len(content) - 4096)
    filled.write_bytes(content)
    with pytest.raises(StoreError, match="damaged") as caught, contextlib.closing(Store.open(filled)) as store:
        store.turns("c")
    assert_sentence(caught.value, filled)
    assert filled.read_bytes() == bytes(content)


def test_a_truncated_database(filled: Path) -> None:
    os.truncate(filled, 8192)
    with pytest.raises(StoreError, match="damaged"), contextlib.closing(Store.open(filled)) as store:
        store.turns("c")


def test_an_empty_file_becomes_a_database(path: Path) -> None:
    path.touch()
    with contextlib.closing(Store.open(path)) as store:
        assert store.conversations() == []


def test_a_folder_in_its_place(path: Path) -> None:
    path.mkdir()
    refuses(path, "is a folder")


def test_a_file_in_place_of_its_folder(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")
    refuses(tmp_path / "data" / "duet.db", "cannot be created")


def test_another_programs_database(path: Path) -> None:
    other = sqlite3.connect(path)
    other.execute("CREATE TABLE bookmarks (url TEXT)")
    other.commit()
    other.close()
    before = path.read_bytes()
    refuses(path, "another program")
    assert path.read_bytes() == before


def test_a_newer_schema(filled: Path) -> None:
    other = sqlite3.connect(filled)
    other.execute(
        "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('duet', 'from_the_future', '')"
    )
    other.commit()
    other.close()
    refuses(filled, "newer version of Duet")


def test_a_migration_that_fails_leaves_no_half_of_it(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from app.store import migrations

    def broken(db: sqlite_utils.Database) -> None:
        db.execute("CREATE TABLE half (x)")
        db.execute("this is not SQL")

    with monkeypatch.context() as patch:
        patch.setattr(migrations, "STEPS", (*migrations.STEPS, broken))
        refuses(path, "cannot be used")
    with contextlib.closing(Store.open(path)) as store:
        assert store._rows("SELECT name FROM sqlite_master WHERE name = 'half'") == []


def test_no_space_left(filled: Path) -> None:
    with contextlib.closing(Store.open(filled)) as store:
        pages = store._rows("PRAGMA page_count")[0]["page_count"]
        list(store._write.query(f"PRAGMA max_page_count = {pages}"))
        with pytest.raises(StoreError, match="no space left") as caught:
            store.begin_turn(turn("u", text="y" * 100_000))
        assert_sentence(caught.value, filled)
        assert [each.id for each in store.turns("c")] == ["t"], "the half that fitted is taken back"
        list(store._write.query("PRAGMA max_page_count = 1000000"))
        store.begin_turn(turn("u", text="y" * 100_000))
        assert [each.id for each in store.turns("c")] == ["t", "u"]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 300 KiB."""
    folder = tmp_path / "small"
    folder.mkdir()
    mount, umount = shutil.which("mount"), shutil.which("umount")
    if not sys.platform.startswith("linux") or os.geteuid() != 0 or mount is None or umount is None:
        pytest.skip("only root on Linux can make a small file system")
    made = subprocess.run([mount, "-t", "tmpfs", "-o", "size=300k", "tmpfs", folder], capture_output=True, check=False)
    if made.returncode:
        pytest.skip("mounting is not allowed here")
    yield folder
    subprocess.run([umount, "-l", folder], check=True)


def fill(store: Store) -> None:
    for number in range(1000):
        store.begin_turn(turn(f"u{number}", text="z" * 10_000))


def test_a_full_disk(small_disk: Path) -> None:
    path = small_disk / "duet.db"
    with contextlib.closing(Store.open(path)) as store:
        store.begin_turn(turn("t", text="kept"))
        with pytest.raises(StoreError, match="space"):
            fill(store)
        assert store.turn("t").text == "kept"
    with contextlib.closing(Store.open(path)) as store:
        assert store.turn("t").text == "kept"


def test_no_space_for_a_new_database(small_disk: Path) -> None:
    with pytest.raises(OSError, match="No space"):
        (small_disk / "ballast").write_bytes(b"x" * 10_000_000)
    refuses(small_disk / "duet.db", "space")


@pytest.fixture
def unprivileged(path: Path) -> Iterator[Path]:
    """A folder of a user whom permissions bind, which they do not bind root."""
    if os.name == "nt":
        pytest.skip("file modes do not bind on Windows")
    folder = Path(tempfile.mkdtemp(prefix="duet-"))
    root = os.geteuid() == 0
    if root:
        os.chown(folder, 65534, 65534)
        os.setegid(65534)
        os.seteuid(65534)
    try:
        yield folder / "duet.db"
    finally:
        if root:
            os.seteuid(0)
            os.setegid(0)
        folder.chmod(0o700)
        shutil.rmtree(folder)


@pytest.mark.parametrize("what", ["file", "folder", "both"])
def test_a_read_only_database_can_be_read(unprivileged: Path, what: str) -> None:
    path = unprivileged
    with contextlib.closing(Store.open(path)) as store:
        store.save_turn(turn("t", text="hello", state="done"))
    if what in ("file", "both"):
        path.chmod(0o400)
    if what in ("folder", "both"):
        path.parent.chmod(0o500)
    with contextlib.closing(Store.open(path)) as store:
        assert store.read_only
        assert store.turn("t").text == "hello"
        assert [hit.turn for hit in store.search("hello")] == ["t"]
        assert "hello" in store.export(None, "markdown")
        with pytest.raises(StoreError, match="read-only") as caught:
            store.begin_turn(turn("u"))
        assert_sentence(caught.value, path)


def test_a_folder_that_takes_no_file(unprivileged: Path) -> None:
    unprivileged.parent.chmod(0o500)
    refuses(unprivileged, r"cannot be created.*store\.data_dir")


def test_a_file_that_cannot_be_read(unprivileged: Path) -> None:
    with contextlib.closing(Store.open(unprivileged)):
        pass
    unprivileged.chmod(0)
    refuses(unprivileged, "cannot be opened")


def test_an_old_read_only_database_says_why(unprivileged: Path) -> None:
    unprivileged.touch()
    unprivileged.chmod(0o400)
    unprivileged.parent.chmod(0o500)
    refuses(unprivileged, "older version")
