"""The phrases that the router learns from and is judged by, as they were written: templates by role and meaning.

A line that begins with "# " names a group: phrases of one meaning, which never are on two sides of a split. `HARD` are
those that look like another role. `app.bench.routing.make` draws from them.
"""

from __future__ import annotations

from app.bench.routing.wording import code, dialogue, planning, summary, tools

WRITTEN: dict[str, tuple[str, str]] = {
    "dialogue": (dialogue.EASY, dialogue.HARD),
    "planning": (planning.EASY, planning.HARD),
    "code": (code.EASY, code.HARD),
    "summary": (summary.EASY, summary.HARD),
    "tools": (tools.EASY, tools.HARD),
}
"""The groups of each role, the easy ones and the hard ones."""
