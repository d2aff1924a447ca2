"""Recognises questions about what was talked about before."""

from __future__ import annotations

from datetime import datetime

from app.tools.base import Call, Intent
from app.tools.phrases import command, first, patterns

_ABOUT = r"(?:about|regarding|concerning|on the (?:topic|subject) of)"
_TOPIC = r"(?P<words>.{1,120}?)"
_PAST = (
    r"(?: (?:before|last|last time|yesterday|last week|last month|earlier|the other day|in the past|lately|"
    r"recently|a while ago|back then|today|this week|this morning))?"
)
_TALK = r"(?:talk|speak|chat|discuss|converse)"
_TALKED = r"(?:talked|spoke|spoken|chatted|discussed)"
_RECALL = patterns(
    rf"what (?:did|have) (?:i|we) (?:ask|asked|say|said|discuss|discussed|talk|talked|want to know|tell "
    rf"you|told you)(?: you| to you)? {_ABOUT} {_TOPIC}{_PAST}",
    rf"what (?:did|have) you (?:say|said|tell|told|answer|answered|explain|explained|reply|replied)(?: me| "
    rf"to me)? {_ABOUT} {_TOPIC}{_PAST}",
    rf"what (?:did you|have you) (?:answer|answered|say|said|told me|tell me) when i (?:asked|said|wanted "
    rf"to know)(?: you)? {_ABOUT} {_TOPIC}",
    rf"(?:when|what day) did (?:we|i) (?:last )?(?:{_TALK}(?: with you| to you)?|ask(?: you)?|mention|"
    rf"bring up)(?: last)? (?:{_ABOUT} )?{_TOPIC}{_PAST}",
    rf"when was the last time (?:we|i) (?:{_TALKED}|asked(?: you)?|mentioned) (?:{_ABOUT} )?{_TOPIC}",
    rf"(?:did|have) (?:we|i) (?:ever |already |once )?(?:{_TALK}|{_TALKED}|ask(?:ed)?(?: you)?) {_ABOUT} "
    rf"{_TOPIC}{_PAST}",
    rf"(?:did|have) (?:we|i) (?:ever |already |once )?(?:mention|discuss)(?:ed)? {_TOPIC}{_PAST}",
    rf"have we (?:ever |already )?(?:mentioned|discussed) {_TOPIC}{_PAST}",
    rf"(?:search|look|go) (?:in |through |among |back through )?(?:our|my|the|all my|all our)(?: past| old|"
    rf" earlier| previous)? (?:conversations?|history|chats?|talks) (?:for|about) {_TOPIC}",
    rf"(?:find|show me|show|search for|look up|open) (?:the |our |a |that |my )?(?:past |old |earlier |"
    rf"last |previous )?(?:conversations?|chats?|discussions?|talks?|questions?) (?:about|on|where we "
    rf"{_TALKED} about|in which we {_TALKED} about|when we {_TALKED} about|i asked (?:you )?about|we had "
    rf"about) {_TOPIC}",
    rf"(?:do you remember|remember|can you recall|recall) (?:what|when) (?:we|i) (?:said|{_TALKED}|"
    rf"asked(?: you)?|told you) {_ABOUT} {_TOPIC}{_PAST}",
    rf"(?:do you remember|remember|recall) (?:our|the|my) (?:conversation|chat|talk|discussion|question|"
    rf"questions) {_ABOUT} {_TOPIC}{_PAST}",
    rf"what was (?:my|our|the) (?:last |earlier |first |previous )?(?:question|conversation|chat|"
    rf"discussion|talk) {_ABOUT} {_TOPIC}{_PAST}",
    rf"how (?:often|many times) (?:did|have) (?:i|we) (?:ask|asked|{_TALK}|{_TALKED})(?: you)? {_ABOUT} {_TOPIC}",
)


def recall_intent(text: str, now: datetime) -> Call | None:
    """ "what did I ask about Rome", "when did we talk about the boiler"."""
    found = first(command(text), _RECALL)
    if found is None:
        return None
    words = found["words"].strip(" ,'\"")
    return Call("search_conversations", {"words": words}) if words else None


INTENTS: tuple[Intent, ...] = (recall_intent,)
