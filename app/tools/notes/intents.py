"""Recognises commands to notes and lists, as they are typed or heard."""

from __future__ import annotations

import re
from datetime import datetime

from app.tools.base import Call, Intent
from app.tools.phrases import command, first, patterns

_NAME = r"(?P<list>[\w'&-]+(?: [\w'&-]+){0,2}?)"
_THE = r"(?:the|my|our|that|this|a|an)"
_LIST = rf"(?:{_THE} )?(?:{_NAME} )?list"
_ITEMS = r"(?P<items>.{1,300}?)"
_ADD = patterns(
    rf"(?:put|add|write|jot|stick|include|place|throw|get) {_ITEMS} (?:on|onto|to|in|into|down on) {_LIST}",
    rf"(?:put|add|write|include) (?:on|onto|to) {_LIST}[:,]? {_ITEMS}",
    rf"(?:add|append) to {_LIST}[:,]? {_ITEMS}",
    rf"{_LIST}: ?{_ITEMS}",
)
_SHOW = patterns(
    rf"(?:what|which things|what all|what things)(?:'?s| is| are| do i have| have i got|'ve i got| did i "
    rf"put| have we got| do we have)(?: there)?(?: still| left)? on {_LIST}(?: now| so far| today| at the "
    rf"moment)?",
    rf"(?:show|read out|read me|read|tell me|list|open|check|give me|display|say|go through|recite)(?: me)"
    rf"?(?: what'?s on| what is on| everything on| all of)? {_LIST}(?: out| to me| aloud| out loud)?",
    rf"what does {_LIST} say",
    rf"is (?:there )?(?:anything|something) (?:still )?on {_LIST}",
    rf"(?:do i|do we) have (?:anything|something) on {_LIST}",
    rf"how many (?:things|items) are (?:there )?on {_LIST}",
)
_REMOVE = patterns(
    rf"(?:take|remove|delete|cross|strike|scratch|cancel|drop|tick|check|get) {_ITEMS} (?:off|from|off of|"
    rf"out of|off from) {_LIST}",
    rf"(?:take|cross|strike|scratch|tick|check) off {_ITEMS} (?:from|on) {_LIST}",
    rf"(?:i|we) (?:have |already )?(?:got|bought|have bought) (?:the )?{_ITEMS},? (?:so )?(?:take|remove|"
    rf"cross) (?:it|them) (?:off|from) {_LIST}",
)
_CLEAR = patterns(
    rf"(?:clear|empty|wipe|reset|erase|delete|clean|purge)(?: out| off)? {_LIST}(?: completely| out)?",
    rf"(?:take|remove|delete|cross|clear) (?:everything|all|all items|all things|it all|all of it) (?:off|"
    rf"from|off of|on) {_LIST}",
    rf"start (?:a new|over) {_LIST}",
)
_EVERYTHING = frozenset("everything all it".split())
_NO_NAME = frozenset(
    "what which a an the of to how is are best good complete long top short price wish's whole entire in on "
    "for black white "
    "mailing linked python todo's waiting-".split()
)
_SET_PHRASES = (
    "mac and cheese", "fish and chips", "peanut butter and jelly", "half and half", "salt and vinegar chips",
    "bread and butter pickles", "pork and beans", "gin and tonic", "oil and vinegar dressing",
)  # fmt: skip
"""One thing each, although there is an "and" in it."""

_NOTE = patterns(
    r"note to self[:,]? (?P<text>.+)",
    r"(?:make|take|write|add|create|leave|save|jot down) (?:me )?(?:a|another|the|this) (?:quick |short |"
    r"new )?(?:note|memo)(?: that|[:,]| saying(?: that)?| to(?= \w))? (?!(?:of|on|for|about)\b)(?P<text>.+)",
    r"(?:take (?:this )?down|note(?: down)?|write down|jot down|put down|make note of|take note(?: of| "
    r"that)?)[:,]? (?:that )?(?P<text>.+)",
    r"(?:remember|don't forget|do not forget|keep in mind|memorize)[:,]? that (?P<text>.+)",
    r"(?:remember|don't forget)[:,]? (?P<text>(?:my|our) [\w' -]{2,60} (?:is|are|was|were|lives?|works?|"
    r"likes?|has|have|needs?|starts?|ends?|costs?) .+)",
    r"(?:new )?(?:note|memo)(?: to self)?: ?(?P<text>.+)",
)
_TOPIC = r"(?P<about>.{1,100})"
_FIND = patterns(
    rf"what did i (?:note|write down|jot down|put down|take down|ask you to remember|tell you to remember|"
    rf"make a note)(?: of)?(?: about| on| regarding| for) {_TOPIC}",
    rf"(?:find|search|show|show me|look up|look for|get|read|read me|give me|open|search for|find me)(?: "
    rf"me)? (?:all )?(?:the |my |any )?(?:notes?|memos?)(?: that i (?:wrote|took|made))?(?: about| on| for|"
    rf" with| regarding| of| containing) {_TOPIC}",
    rf"search (?:my|the|through my|in my) notes for {_TOPIC}",
    rf"(?:what|which) notes? (?:do i have|have i got|did i (?:make|take|write)|are there|is there)(?: "
    rf"about| on| for| regarding) {_TOPIC}",
    rf"(?:do i have|have i got|are there|is there) (?:a |any )?(?:notes?|memos?)(?: about| on| for| "
    rf"regarding) {_TOPIC}",
    rf"what (?:do|does) my notes? say(?: about| on| regarding)? {_TOPIC}",
    rf"did i (?:note|write down|make a note|take a note)(?: of)?(?: anything| something)?(?: about| on| "
    rf"regarding) {_TOPIC}",
    rf"what(?:'s| is| was) (?:in )?(?:the|my) note (?:about|on|regarding) {_TOPIC}",
)
_NEWEST = patterns(
    r"(?:read|show|list|tell me|give me|open|read out|check|display)(?: me)?(?: all)?(?: of)? (?:my|the|"
    r"all my) (?:last |latest |newest |recent )?(?:notes?|memos?)(?: out| aloud)?",
    r"what(?:'s| are| is|'re) (?:my|in my|all my) (?:last |latest |newest |recent )?(?:notes?|memos?)",
    r"what (?:notes do i have|did i note(?: down)?|have i noted(?: down)?|notes are there|did i write "
    r"down|have i written down)(?: lately| recently| so far)?",
    r"do i have any notes",
)
_DELETE = patterns(
    rf"(?:delete|remove|erase|discard|throw away|forget|get rid of|cancel) (?:the|my|that|this) (?:note|"
    rf"memo)(?: that says| saying|,? that| about| on| with| regarding| of) {_TOPIC}",
    rf"(?:forget|you can forget)(?: about the fact)? that {_TOPIC}",
    r"(?:delete|remove|erase|discard|throw away|forget|get rid of) (?P<newest>(?:the|my|that|this) "
    r"(?:last |latest |newest )?(?:note|memo))",
)
_NOT_FORGET = re.compile(r"(?:i|you|we|he|she|it|i'm|you're) (?:said|asked|told|ever|exist)", re.IGNORECASE)
_FILLER = re.compile(r"^(?:the|my|our|a|an|some)\s+", re.IGNORECASE)


def add_intent(text: str, now: datetime) -> Call | None:
    """ "put milk and eggs on the shopping list"."""
    found = first(command(text), _ADD)
    if found is None or (name := _list_name(found["list"])) is None:
        return None
    items = _split(found["items"])
    return Call("add_to_list", {**name, "items": items}) if items else None


def show_intent(text: str, now: datetime) -> Call | None:
    found = first(command(text), _SHOW)
    if found is None or (name := _list_name(found["list"])) is None:
        return None
    return Call("show_list", name)


def clear_intent(text: str, now: datetime) -> Call | None:
    found = first(command(text), _CLEAR)
    if found is None or (name := _list_name(found["list"])) is None:
        return None
    return Call("clear_list", name)


def remove_intent(text: str, now: datetime) -> Call | None:
    found = first(command(text), _REMOVE)
    if found is None or (name := _list_name(found["list"])) is None:
        return None
    items = _split(found["items"])
    if not items or items[0].lower() in _EVERYTHING:
        return None
    return Call("remove_from_list", {**name, "items": items})


def note_intent(text: str, now: datetime) -> Call | None:
    found = first(command(text), _NOTE)
    if found is None or found["text"].endswith("?"):
        return None
    return Call("add_note", {"text": found["text"].strip()})


def find_intent(text: str, now: datetime) -> Call | None:
    said = command(text)
    if found := first(said, _FIND):
        return Call("find_notes", {"about": found["about"]})
    return Call("find_notes", {}) if first(said, _NEWEST) else None


def delete_intent(text: str, now: datetime) -> Call | None:
    found = first(command(text), _DELETE)
    if found is None:
        return None
    about = found.groupdict().get("about")
    if about is None:
        return Call("delete_note", {})
    return None if _NOT_FORGET.match(about) else Call("delete_note", {"about": about})


def _list_name(said: str | None) -> dict[str, str] | None:
    """The argument for the list's name, none for "the list", and None where these words name no list of the user's."""
    if said is None:
        return {}
    name = said.lower()
    if name in ("to do", "todo"):
        return {"list": "to-do"}
    return {"list": name} if _NO_NAME.isdisjoint(name.split()) else None


def _split(said: str) -> list[str]:
    """The things in an enumeration: "milk, eggs and bread"."""
    said = said.strip(" ,")
    for index, phrase in enumerate(_SET_PHRASES):
        said = re.sub(rf"\b{phrase}\b", f"\0{index}\0", said, flags=re.IGNORECASE)
    parts = re.split(r"\s*,\s*(?:and\s+)?|\s+and\s+(?:also\s+)?|\s+plus\s+|\s*;\s*|\s*&\s*", said, flags=re.IGNORECASE)
    whole = [re.sub("\0(\\d)\0", lambda found: _SET_PHRASES[int(found[1])], part) for part in parts]
    return [item for part in whole if (item := _FILLER.sub("", part).strip())]


LIST_INTENTS: tuple[Intent, ...] = (clear_intent, show_intent, remove_intent, add_intent)
NOTE_INTENTS: tuple[Intent, ...] = (find_intent, delete_intent, note_intent)
