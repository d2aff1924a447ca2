"""Opening things: real .desktop files and real programs in a folder of our own, and everything that is refused."""

from __future__ import annotations

import asyncio
import os
import stat
import sys
import time
from pathlib import Path

import pytest

from app.store import Store
from app.tools import opening
from app.tools.base import Call, Outcome, Situation
from app.tools.opening.desktop_entries import application_folders, parse_exec, read_entry
from app.tools.opening.opener import Opener, _bundles, _shortcuts
from app.tools.services import Services
from app.tools.toolbox import Toolbox
from tests.tools.conftest import NOW

linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the desktop of Linux")

PROGRAM = '#!/bin/sh\nfor word in "$@"; do printf "%s\\n" "$word"; done > "{out}"\necho done >> "{out}"\n'


@pytest.fixture
def home(tmp_path: Path) -> Path:
    for folder in ("bin", "Downloads", "Documents", "data/applications"):
        (tmp_path / folder).mkdir(parents=True)
    return tmp_path


@pytest.fixture
def opener(home: Path, monkeypatch: pytest.MonkeyPatch) -> Opener:
    path = f"{home / 'bin'}:{os.environ['PATH']}"
    monkeypatch.setenv("PATH", path)
    environment = {
        "PATH": path,
        "XDG_DATA_HOME": str(home / "data"),
        "XDG_DATA_DIRS": "/nonexistent",
        "HOME": str(home),
    }
    return Opener(platform="linux", environment=environment, home=home)


def program(home: Path, name: str, code: str) -> Path:
    path = home / "bin" / name
    path.write_text(code, encoding="utf-8")
    path.chmod(0o755)
    return path


def entry(home: Path, id: str, name: str, exec: str, *more: str) -> Path:
    path = home / "data/applications" / f"{id}.desktop"
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = ["# a comment", "[Desktop Entry]", "Type=Application", f"Name={name}", f"Exec={exec}", *more]
    path.write_text("\n".join([*lines, "", "[Desktop Action new]", "Name=Other", "Exec=false", ""]), encoding="utf-8")
    return path


def box(store: Store, opener: Opener) -> Toolbox:
    return Toolbox(opening.tools(Services(store=store, opener=opener)), opening.INTENTS)


def run(tools: Toolbox, tool: str, **arguments: str) -> tuple[Outcome, list[str]]:
    """What became of it when the user says yes, and what the user was asked."""
    asked: list[str] = []

    async def yes(call: Call, question: str) -> bool:
        asked.append(question)
        return True

    return asyncio.run(tools.run(Call(tool, arguments), Situation(now=NOW), commanded=True, ask=yes)), asked


def eventually(path: Path, text: str) -> None:
    end = time.monotonic() + 30
    while not path.exists() or not path.read_text().endswith(text):
        assert time.monotonic() < end, "the program did not run"
        time.sleep(0.01)


# -- applications ------------------------------------------------------------------------------------------------


@linux
def test_an_application_is_started_with_its_own_arguments_after_asking(
    store: Store, home: Path, opener: Opener
) -> None:
    out = home / "out"
    painter = program(home, "painter", PROGRAM.format(out=out))
    entry(
        home,
        "painter",
        "Tuesday Painter",
        f'{painter} --title "two words; \\\\$HOME" %U --name=%c',
        "GenericName=Image Editor",
    )
    outcome, asked = run(box(store, opener), "open_application", name="tuesday painter")
    assert outcome.result is not None, outcome.error
    assert outcome.result.text == "Tuesday Painter is opening."
    assert asked == [
        f"Shall I open the application Tuesday Painter ({painter} --title two words; $HOME --name=Tuesday Painter)?"
    ]
    eventually(out, "done\n")
    assert out.read_text().splitlines() == ["--title", "two words; $HOME", "--name=Tuesday Painter", "done"]


@linux
@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("tuesday painter", "Tuesday Painter"),
        ("the Tuesday Painter app", "Tuesday Painter"),
        ("painter", "Tuesday Painter"),
        ("image editor", "Tuesday Painter"),
        ("tuesday paynter", "Tuesday Painter"),
        ("fire fox", "Firefox"),
        ("Firefox", "Firefox"),
        ("firefox esr", "Firefox ESR"),
    ],
)
def test_names_are_matched_by_closeness(home: Path, opener: Opener, said: str, found: str) -> None:
    program(home, "p", "#!/bin/sh\n")
    entry(home, "painter", "Tuesday Painter", "p", "GenericName=Image Editor")
    entry(home, "firefox", "Firefox", "p")
    entry(home, "esr", "Firefox ESR", "p")
    assert opener.find(said).name == found


@linux
def test_what_is_not_there_or_not_certain_is_said(store: Store, home: Path, opener: Opener) -> None:
    program(home, "p", "#!/bin/sh\n")
    entry(home, "a", "Red Editor", "p")
    entry(home, "b", "Blue Editor", "p")
    entry(home, "c", "Shell Thing", "p", "Terminal=true")
    entry(home, "d", "Secret", "p", "NoDisplay=true")
    entry(home, "e", "Gone", "p", "TryExec=not-installed-anywhere")
    entry(home, "f", "Missing", "not-installed-anywhere")
    tools = box(store, opener)
    for said, error in [
        ("gimp", "There is no application called gimp."),
        ("secret", "There is no application called secret."),
        ("gone", "There is no application called gone."),
        ("missing", "There is no application called missing."),
        ("editor", "There are several such applications: Blue Editor and Red Editor; say which one."),
        ("shell thing", "Shell Thing runs in a terminal; start it from there."),
    ]:
        outcome, asked = run(tools, "open_application", name=said)
        assert outcome.error == error
        assert asked == [], "nobody is asked about what cannot be done"


@linux
def test_a_program_that_fails_at_once_is_told(store: Store, home: Path, opener: Opener) -> None:
    program(home, "broken", "#!/bin/sh\nexit 7\n")
    entry(home, "broken", "Broken", "broken")
    outcome, _ = run(box(store, opener), "open_application", name="broken")
    assert outcome.error == "Broken could not be opened: broken ended with code 7."


@linux
def test_a_program_goes_on_in_a_session_of_its_own(store: Store, home: Path, opener: Opener) -> None:
    out = home / "out"
    program(home, "lasting", f'#!/bin/sh\necho $$ > "{out}"\nexec sleep 60\n')
    entry(home, "lasting", "Lasting", "lasting")
    outcome, _ = run(box(store, opener), "open_application", name="lasting")
    assert outcome.error is None
    pid = int(out.read_text())
    try:
        assert os.getsid(pid) == pid != os.getsid(0)
    finally:
        os.kill(pid, 9)


@linux
def test_without_consent_nothing_is_started(store: Store, home: Path, opener: Opener) -> None:
    out = home / "out"
    program(home, "painter", PROGRAM.format(out=out))
    entry(home, "painter", "Painter", "painter")
    tools = box(store, opener)
    outcome = asyncio.run(tools.run(Call("open_application", {"name": "Painter"}), Situation(now=NOW), commanded=True))
    assert outcome.error == "open_application was not allowed."
    time.sleep(0.2)
    assert not out.exists()


@linux
def test_what_is_installed_is_a_command_by_its_own_name(home: Path, opener: Opener) -> None:
    program(home, "p", "#!/bin/sh\n")
    entry(home, "kaleidoscope", "Kaleidoscope", "p")
    intent = opening.installed_intent(opener)
    assert intent("open kaleidoscope", NOW) == Call("open_application", {"name": "kaleidoscope"})
    assert intent("open the door", NOW) is None


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("gimp", ("gimp",)),
        ("gimp %U", ("gimp",)),
        ("gimp --new %f --and  x", ("gimp", "--new", "--and", "x")),
        ('"/opt/my app/run" "a b"', ("/opt/my app/run", "a b")),
        (r'run "a \"quoted\" \$5 \`x\` \\"', ("run", 'a "quoted" $5 `x` \\')),
        ("run 100%%", ("run", "100%")),
        ("run --title=%c", ("run", "--title=The Name")),
        ("run %i", ("run", "--icon", "the-icon")),
        ('run "%U"', ("run", "%U")),
        ("", None),
        ('""', None),
        ("run; rm -rf x", None),
        ("run `date`", None),
        ("run $(date)", None),
        ("run $HOME", None),
        ("run a|b", None),
        ("run > x", None),
        ("run 'a b'", None),
        ('run "unclosed', None),
        ('run a"b"', None),
        ("run %z", None),
        ("run 50%", None),
        ("X=1 run", None),
    ],
)
def test_exec_keys_are_read_as_the_specification_says(text: str, command: tuple[str, ...] | None) -> None:
    assert parse_exec(text, name="The Name", icon="the-icon") == command


@linux
def test_a_file_of_the_users_own_folder_hides_the_systems(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folders = application_folders({"XDG_DATA_HOME": "/mine", "XDG_DATA_DIRS": "/a:relative:/b"}, Path("/home/me"))
    assert folders == [Path("/mine/applications"), Path("/a/applications"), Path("/b/applications")]
    assert application_folders({}, Path("/home/me"))[0] == Path("/home/me/.local/share/applications")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe nonsense",
        b"[Desktop Entry]\nName=X\nExec=sh\nType=Link\n",
        b"[Desktop Entry]\nExec=sh\nType=Application\n",
        b"Name=X\n",
        b"[Desktop Entry]\nName=X\nType=Application\nExec=sh; reboot\n",
        b"[Desktop Entry]\nName=X\nType=Application\nHidden=true\nExec=sh\n",
        b"[Desktop Entry]\n" + b"#" * 300_000,
    ],
)
def test_files_that_are_no_applications_are_passed_over(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.desktop"
    path.write_bytes(content)
    assert read_entry(path, "x.desktop") is None


def test_applications_of_other_systems_are_found_by_their_files(tmp_path: Path) -> None:
    (tmp_path / "Apps/Safari.app").mkdir(parents=True)
    (tmp_path / "Apps/Utilities/Terminal.app").mkdir(parents=True)
    assert [app.name for app in _bundles([tmp_path / "Apps"])] == ["Safari", "Terminal"]
    (tmp_path / "Start/Tools").mkdir(parents=True)
    for name in ("Firefox.lnk", "Tools/Paint.lnk", "Uninstall Firefox.lnk", "readme.txt"):
        (tmp_path / "Start" / name).touch()
    assert [app.name for app in _shortcuts([tmp_path / "Start"])] == ["Firefox", "Paint"]


# -- files -------------------------------------------------------------------------------------------------------


@linux
def test_a_file_is_opened_by_the_desktops_own_command(store: Store, home: Path, opener: Opener) -> None:
    out = home / "out"
    program(home, "xdg-open", PROGRAM.format(out=out))
    report = home / "Documents" / "Report 2025.pdf"
    report.touch()
    tools = box(store, opener)
    for said in ("Report 2025.pdf", "report 2025", "~/Documents/Report 2025.pdf", str(report), report.as_uri()):
        out.unlink(missing_ok=True)
        outcome, asked = run(tools, "open_file", path=said)
        assert outcome.result is not None, (said, outcome.error)
        assert outcome.result.text == "Report 2025.pdf is opening."
        assert asked == [f"Shall I open the file {report}?"]
        eventually(out, "done\n")
        assert out.read_text().splitlines()[0] == str(report)
    _, asked = run(tools, "open_file", path="my downloads folder")
    assert asked == [f"Shall I open the folder {home / 'Downloads'}?"]
    _, asked = run(tools, "open_file", path="https://example.org/a?b=c#d")
    assert asked == ["Shall I open the web page https://example.org/a?b=c#d?"]


@linux
@pytest.mark.parametrize(
    ("said", "error"),
    [
        ("nothing.pdf", "There is no file nothing.pdf in your folders."),
        ("~/nothing.pdf", "There is no file"),
        ("../../etc/passwd", "There is no file ../../etc/passwd in your folders."),
        ("bin/tool", "may be run as a program"),
        ("script.sh", "is a program"),
        ("link.txt", "is a program"),
        ("page.desktop", "is a program"),
        ("pipe", "neither a file nor a folder"),
        ("loop", "There is no file"),
        ("javascript:alert(1)", "not javascript:alert(1)"),
        ("mailto:me@example.org", "Only files and web pages"),
        ("ssh://example.org", "Only files and web pages can be opened, not ssh addresses."),
        ("smb://server/share", "not smb addresses"),
        ("file://server/share/x", "Files of other computers"),
        ("\\\\server\\share\\x", "Files of other computers"),
        ("//server/share/x", "Files of other computers"),
        ("https://", "no address of a web page"),
        ("https://good.example@evil.example/", "no address of a web page"),
        ("http://[bad", "is no address"),
        ("http://a.example/ x", "no address of a web page"),
        ("http://a.example:99999/", "is no address"),
        ("a\nb", "no name of a file"),
        ("--help", "There is no file --help in your folders."),
        ("twice", "There are several"),
    ],
)
def test_what_is_refused_is_refused_before_anybody_is_asked(
    store: Store, home: Path, opener: Opener, said: str, error: str
) -> None:
    program(home, "tool", "#!/bin/sh\n")
    program(home, "xdg-open", PROGRAM.format(out=home / "out"))
    (home / "script.sh").touch()
    (home / "page.desktop").touch()
    (home / "link.txt").symlink_to(home / "script.sh")
    (home / "loop").symlink_to(home / "loop")
    os.mkfifo(home / "pipe", stat.S_IRUSR)
    for folder in ("Downloads", "Documents"):
        (home / folder / "twice.txt").touch()
    outcome, asked = run(box(store, opener), "open_file", path=said)
    assert outcome.error is not None
    assert error in outcome.error
    assert asked == []
    assert not (home / "out").exists()


@linux
def test_a_missing_command_is_said(store: Store, home: Path) -> None:
    (home / "a.txt").touch()
    alone = Opener(platform="linux", environment={"PATH": str(home / "bin")}, home=home)
    # Popen looks for the command on the PATH that the child gets
    outcome, _ = run(box(store, alone), "open_file", path="a.txt")
    assert outcome.error == f"{home / 'a.txt'} cannot be opened: this computer has no command xdg-open."


def test_there_are_no_tools_without_an_opener(store: Store) -> None:
    assert opening.tools(Services(store=store)) == ()
