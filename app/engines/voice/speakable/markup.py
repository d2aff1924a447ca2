"""Takes markdown, HTML and LaTeX out of a text, and leaves what a reader would say.

Clauses come cut anywhere between words, so a mark may have lost its partner: this works on the marks, not on a parsed
document, which is why it is not a markdown library's work. Code blocks and tables are `utterance`'s.
"""

from __future__ import annotations

import html
import re

from app.engines.voice.speakable.tracked import Tracked

_TAGS = (
    "a|abbr|b|big|blockquote|br|center|code|dd|del|details|div|dl|dt|em|font|h[1-6]|hr|i|img|ins|kbd|li|mark|ol|p|pre"
)
_TAGS += "|q|s|samp|small|span|strike|strong|sub|summary|sup|table|tbody|td|th|thead|tr|tt|u|ul|var"

_ORDER: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern, re.MULTILINE | re.IGNORECASE), instead)
    for pattern, instead in (
        (r"<!--.*?-->", ""),
        (rf"</?(?:{_TAGS})(?:\s+[\w-]+(?:=[^<>\n]{{0,200}})?)*\s*/?>", " "),
        (r"<(?=(?:https?://|mailto:)[^>\s]*>)|(?<=\S)>(?=[\s.,]|$)(?<=[\w/]>)(?<!\s.>)", ""),
        (r"^[ \t]*(?:[-*_=][ \t]*){3,}$", ""),  # a rule, or the line under a heading
        (r"^[ \t]*#{1,6}[ \t]+|[ \t]+#{1,6}[ \t]*$", ""),
        (r"^(?:[ \t]*>)+[ \t]?", ""),
        (r"^[ \t]*[-*+•‣◦▪–][ \t]+(?:\[[ xX]\][ \t]+)?", ""),
        (r"\[\^[\w-]{1,20}\]:?|(?<=[\w.,;:!?\"”)])\[[0-9]{1,3}\]", ""),  # footnotes and citations
        (r"!?\[(?=[^\[\]\n]*\](?:\([^()\n]*(?:\([^()\n]*\)[^()\n]*)*\)|\[[^\[\]\n]*\]))", ""),
        (r"\](?:\([^()\n]*(?:\([^()\n]*\)[^()\n]*)*\)|\[[^\[\]\n]*\])", ""),
        (r"`+", ""),
        (r"~~(?=\S)|(?<=\S)~~", ""),
        (r"(?<![\w*)])\*{1,3}(?=[^\s*])|(?<=[^\s*])\*{1,3}(?![\w*(])", ""),
        (r"(?<=[^\W\d])\*{2,3}(?=[^\W\d])|(?<=\s)\*{1,3}$", ""),
        (r"(?<!\w)_{1,3}(?=\w)|(?<=\w)_{1,3}(?!\w)|(?<=[.,;:!?)\"])_{1,3}(?=\W|$)", ""),
        (r"(?<=\w)_+(?=\w)", " "),
    )
)
_ENTITY = re.compile(r"&(?:[a-zA-Z]{2,8}|#[0-9]{2,6}|#x[0-9a-fA-F]{2,5});")
_NUMBERED = re.compile(
    r"^([ \t]*[0-9]{1,2})[.)][ \t]+(?!(?:Ja|Fe|Mä|Ap|Ma|Ju|Au|Se|Ok|No|De)[a-zä]*\b)(?=\S)", re.MULTILINE
)
_PARAGRAPH = re.compile(r"([^\s])[ \t]*\n[ \t]*\n\s*|\n[ \t]*\n\s*")
_LINE = re.compile(r"([^\s])[ \t]*\n\s*|\n\s*")

_MATH = re.compile(r"\$\$(.{1,400}?)\$\$|\$(?=[^\s$])([^$\n]{1,200}?)(?<=\S)\$(?!\w)", re.DOTALL)
_BRACKETED_MATH = re.compile(r"\\[()\[\]]")
_COMMAND = re.compile(r"\\([a-zA-Z]+|[,;! %$&#_{}])")
_FRACTION = re.compile(r"\\d?frac\s*\{([^{}]*)\}\s*\{([^{}]*)\}")
_ROOT = re.compile(r"\\sqrt\s*\{([^{}]*)\}")
_COMMANDS = {
    "times": "×", "cdot": "×", "div": "÷", "pm": "±", "leq": "≤", "le": "≤", "geq": "≥", "ge": "≥", "neq": "≠",
    "ne": "≠",
    "approx": "≈", "pi": "π", "infty": "∞", "rightarrow": "→", "to": "→", "sum": "∑", "int": "∫", "circ": "°",
    "left": "",
    "right": "", "text": " ", "mathrm": " ", "mathbf": " ", "quad": " ", "boxed": " ", "displaystyle": " ", "sqrt": "√",
}  # fmt: skip


def without_math_marks(text: Tracked, over: str, root: str) -> Tracked:
    """LaTeX as the signs and words that it stands for. `over` and `root` are words of the language."""
    if "\\" not in text.text and "$" not in text.text:
        return text
    text = text.sub(_MATH, lambda match: _formula(match[1] or match[2]))
    text = text.sub(_BRACKETED_MATH, " ")
    text = text.sub(_FRACTION, lambda match: f" {match[1]} {over} {match[2]} ").sub(
        _ROOT, lambda match: f" {root} {match[1]} "
    )
    return text.sub(
        _COMMAND, lambda match: _COMMANDS.get(match[1], f" {match[1]} " if match[1].isalpha() else match[1])
    )


def _formula(inner: str) -> str | None:
    """What stands between dollars, if it is mathematics and not two prices."""
    bare = inner.strip()
    return f" {bare} " if re.search(r"[\\^_=+]", bare) or (len(bare) == 1 and bare.isalpha()) else None


def without_markdown(text: Tracked) -> Tracked:
    """No markup; list items and headings end with a pause. The numbers of a numbered list stay."""
    for pattern, instead in _ORDER:
        text = text.sub(pattern, instead)
    text = text.sub(_ENTITY, lambda match: html.unescape(match[0]))
    text = text.sub(_NUMBERED, lambda match: f"{match[1]}, ")
    text = text.sub(_PARAGRAPH, lambda match: _pause(match[1], ". "))
    return text.sub(_LINE, lambda match: _pause(match[1], ", "))


def _pause(last: str | None, pause: str) -> str:
    if last is None:
        return " "
    return last + (pause if last.isalnum() or last in ')"”’»%*_' else " ")
