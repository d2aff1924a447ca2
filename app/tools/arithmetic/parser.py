"""Reads a sum, written or spoken, into a tree; what can be read in two ways is not read at all.

Operator precedence is that of school. "Half of 90 plus 10" or "the square root of 9 times 4" would need brackets that
speech does not have, so they are refused; so is a minus before a power.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from app.tools.arithmetic.expression import Node
from app.tools.arithmetic.lexer import Sign, signs
from app.tools.english.numerals import tokens

_INFIX = {
    "+": ("plus", 1),
    "-": ("minus", 1),
    "off": ("off", 1),
    "*": ("times", 2),
    "/": ("divided", 2),
    "mod": ("modulo", 2),
    "of": ("of", 2),
    "tip": ("of", 2),
    "^": ("power", 4),
}
_POSTFIX = {"%": "percent", "squared": "squared", "cubed": "cubed", "factorial": "factorial"}
_PREFIX = {
    "square root": "square root",
    "cube root": "cube root",
    "square of": "squared",
    "cube of": "cubed",
    "factorial of": "factorial",
    "double": "double",
    "triple": "triple",
}
_LISTS = ("sum", "product", "average")
_OPEN = frozenset(["square root", "cube root", "root", "double", "triple", "of", "off", "difference", *_LISTS])
_DEEPEST = 20


class _NotASum(Exception):
    """The signs make no sum, or more than one."""


def parse(text: str) -> Node | None:
    """The sum that a tidy text is, as a whole; None if it is none or an ambiguous one."""
    return parse_tokens(tokens(text))


def parse_tokens(words: Sequence[str]) -> Node | None:
    found = signs(words[1:] if words and words[0] in ("a", "an") and _needless(words) else words)
    if not found:
        return None
    try:
        return _Parser(found).whole()
    except _NotASum:
        return None


def _needless(words: Sequence[str]) -> bool:
    """Whether the article belongs to no number: "a 15 percent tip"."""
    return len(words) > 2 and words[2] in ("percent", "%")


def is_sum(node: Node) -> bool:
    """Whether something is worked out at all: a bare number, or "20 percent", is no sum."""
    if node.operation in ("negative", "percent"):
        return is_sum(node.parts[0])
    return not node.literal


class _Parser:
    def __init__(self, found: Sequence[Sign]) -> None:
        self._signs = found
        self._at = 0
        self._depth = 0

    def whole(self) -> Node:
        node = self._statement()
        if self._at < len(self._signs):
            raise _NotASum
        return node

    # -- signs --

    def _peek(self) -> str:
        return self._signs[self._at].kind if self._at < len(self._signs) else ""

    def _take(self, *kinds: str) -> str:
        """The next sign's kind if it is one of `kinds`, which is then read; else ""."""
        kind = self._peek()
        if kind not in kinds:
            return ""
        self._at += 1
        return kind

    def _need(self, *kinds: str) -> str:
        return self._take(*kinds) or self._refuse()

    def _refuse(self) -> str:
        raise _NotASum

    # -- sentences --

    def _statement(self) -> Node:
        if self._take("what percent of"):
            whole = self._expression()
            self._need("is")
            return Node("share", (self._expression(), whole))
        if self._take("what percentage"):
            self._need("is")
            return self._share_of(self._expression(), "of", "out of")
        if command := self._take("add", "subtract", "multiply", "divide", "increase", "decrease", "remainder"):
            return self._command(command)
        node = self._expression()
        if self._take("is"):
            return self._share_of(node, "what percent of")
        if self._take("out of"):
            whole = self._expression()
            self._need("as percentage")
            return Node("share", (node, whole))
        if self._take("as percentage of"):
            return Node("share", (node, self._expression()))
        if self._take("as percentage"):
            return Node("as a percentage", (node,))
        return Node("as a decimal", (node,)) if self._take("as decimal") else node

    def _share_of(self, part: Node, *links: str) -> Node:
        self._need(*links)
        return Node("share", (part, self._expression()))

    def _command(self, command: str) -> Node:
        first = self._expression()
        if command == "remainder":
            if first.operation == "divided":
                return Node("modulo", first.parts)
            self._need("divided", "by")
            return Node("modulo", (first, self._expression()))
        if command in ("multiply", "divide"):
            self._need("by", "and") if command == "multiply" else self._need("by")
            return Node("times" if command == "multiply" else "divided", (first, self._expression()))
        if command in ("increase", "decrease"):
            self._need("by")
            return _changed("plus" if command == "increase" else "minus", first, self._expression())
        if command == "subtract":
            if first.operation == "off":
                return first
            self._need("from", "off")
            return _changed("minus", self._expression(), first)
        if self._need("to", "and", ",") == "to" and first.operation == "percent":
            return _changed("plus", self._expression(), first)
        node = Node("plus", (first, self._expression()))
        while self._take("and", ","):
            node = Node("plus", (node, self._expression()))
        return node

    # -- expressions --

    def _expression(self, least: int = 1) -> Node:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise _NotASum
        left = self._operand()
        while True:
            kind = self._peek()
            if kind == "(":
                operation, binds = "times", 2
                if not left.closed and not left.literal:
                    raise _NotASum
            elif kind in _INFIX:
                operation, binds = _INFIX[kind]
            else:
                break
            if not _may_follow(left, kind) or binds < least:
                break
            self._at += kind != "("
            right = self._expression(binds if kind in ("of", "tip", "^") else binds + 1)
            left = _changed(operation, left, right) if kind in ("+", "-") else Node(operation, (left, right))
        self._depth -= 1
        return left

    def _operand(self) -> Node:
        node = self._primary()
        while kind := self._take(*_POSTFIX):
            node = Node(_POSTFIX[kind], (node,))
            if self._peek() in ("number", "fraction"):
                raise _NotASum
        return node

    def _primary(self) -> Node:
        sign = self._signs[self._at] if self._at < len(self._signs) else Sign("")
        self._at += 1
        if sign.kind in ("number", "fraction"):
            return Node(sign.kind, number=sign.value, words=sign.words)
        if sign.kind == "(":
            node = replace(self._expression(), closed=True)
            self._need(")")
            return node
        if sign.kind in ("-", "negative", "+"):
            node = self._expression(4)
            if node.operation in ("power", "squared", "cubed", "negative"):
                raise _NotASum
            return node if sign.kind == "+" else Node("negative", (node,))
        if sign.kind in _PREFIX:
            return Node(_PREFIX[sign.kind], (self._operand(),))
        if sign.kind == "nth root":
            return self._root(sign)
        if sign.kind in _LISTS:
            return self._list(sign.kind)
        if sign.kind == "difference":
            first = self._expression(2)
            self._need("and")
            return Node("difference", (first, self._expression(2)))
        raise _NotASum

    def _root(self, sign: Sign) -> Node:
        degree = Node("number", number=sign.value, words=sign.words)
        named = {2: "square root", 3: "cube root"}.get(int(sign.value))
        operand = self._operand()
        return Node(named, (operand,)) if named else Node("root", (degree, operand))

    def _list(self, kind: str) -> Node:
        items = [self._operand()]
        while True:
            while self._take(",", "and"):
                pass
            if self._peek() in _INFIX or self._peek() not in ("number", "fraction", "(", "negative"):
                break
            items.append(self._operand())
        if len(items) < 2:
            raise _NotASum
        return Node(kind, tuple(items))


def _changed(operation: str, base: Node, by: Node) -> Node:
    """Plus or minus; a percentage is one of the base: "50 plus 19 percent"."""
    if by.operation == "percent" and base.operation != "percent":
        return Node("increase" if operation == "plus" else "decrease", (base, by))
    return Node(operation, (base, by))


def _may_follow(left: Node, kind: str) -> bool:
    """Whether the operator can mean what stands before it. Refuses the text after what might reach beyond it."""
    if kind in ("of", "tip", "off"):
        quotient = left.operation == "divided" and all(part.literal for part in left.parts)
        return left.operation == "percent" or (kind == "of" and (left.operation == "fraction" or quotient))
    if left.operation in _OPEN and not left.closed and not left.parts[-1].closed:
        raise _NotASum
    return True
