"""Recognises questions about this computer. One about another device, or about batteries as such, is none of them."""

from __future__ import annotations

from datetime import datetime

from app.tools.base import Call, Intent
from app.tools.phrases import Patterns, command, first, patterns

_HERE = (
    r"(?: (?:on|of|in|for|does|has) (?:my|this|the) (?:computer|laptop|machine|pc|system|mac|device|disk|"
    r"drive|hard drive|hard disk|notebook)(?: have)?)?"
)
_NOW = r"(?: (?:now|right now|at the moment|currently|today))?"
_LEFT = (
    r"(?: (?:left|free|available|remaining|do i have|do i have left|have i got|have i got left|is left|is "
    r"free|is available|is there|is there left|is used|am i using|is in use|remains|do i still have|does this "
    r"computer have|does my computer have|does this have))?"
)
_MY = r"(?:my|the|this computer's|my computer's|my laptop's|this laptop's|the computer's|the laptop's|this machine's)"
_DISK = (
    r"(?:(?:free |available )?(?:disk|hard disk|hard drive|drive|storage|ssd)(?: (?:space|room|capacity|usage|"
    r"storage))?|free space|storage|disk usage)"
)
_MEMORY = r"(?:(?:free |available )?(?:memory|ram|main memory|system memory)(?: (?:usage|use|space))?)"
_CPU = r"(?:cpu|processor)(?: (?:load|usage|utilization|use))?"

_ABOUT: tuple[tuple[str, Patterns], ...] = (
    (
        "battery",
        patterns(
            rf"(?:what's|what is|how's|how is|check|tell me|show me|show|give me|what about|read) {_MY} "
            rf"(?:battery|battery level|battery status|battery charge|battery percentage|charge level|"
            rf"battery life)(?: (?:at|doing|like|level|looking|left))?{_NOW}",
            rf"how (?:full|charged|empty|low) is {_MY} (?:battery|laptop|computer|machine){_NOW}",
            rf"how much (?:battery|charge|power|battery life|juice|battery power)(?: is| do i have| have i "
            rf"got| does (?:my|this) (?:laptop|computer|machine) have)?(?: still)?(?: left| remaining)"
            rf"?{_HERE}{_NOW}",
            rf"how long (?:will|does|is) {_MY} battery (?:last|hold|still last|going to last|good for)(?: for)?{_NOW}",
            rf"how (?:long|many minutes|many hours) (?:until|before|till) {_MY} battery (?:is empty|runs "
            rf"out|dies|is dead|is flat)",
            r"is (?:my|the) (?:battery|laptop|computer) (?:low|full|charging|plugged in|charged|empty|"
            r"almost empty|fully charged)",
            r"(?:am i|is it|is this|are we) (?:plugged in|charging|on battery|on battery power)",
            r"what percent(?:age)? (?:is my battery(?: at)?|battery do i have)(?: left)?",
            rf"(?:battery|battery level|battery status|battery percentage){_NOW}",
            r"does this (?:computer|machine|laptop) have a battery",
        ),
    ),
    (
        "disk",
        patterns(
            rf"how much (?:free )?{_DISK}{_LEFT}{_HERE}{_LEFT}{_NOW}",
            rf"how much (?:space|room){_LEFT} on (?:my|the|this) (?:disk|drive|hard drive|hard disk|"
            rf"computer|laptop|ssd|machine){_LEFT}{_NOW}",
            rf"how (?:full|empty|big) is {_MY} (?:disk|drive|hard drive|hard disk|ssd|storage){_NOW}",
            rf"(?:what's|what is|check|tell me|show me|show|how's|how is|give me) {_MY} {_DISK}(?: (?:like|"
            rf"left|looking))?{_HERE}{_NOW}",
            r"(?:do i have|is there|have i got) (?:enough |any |much |still )?(?:disk space|free space|"
            r"storage|space|room)(?: left)?(?: on (?:my|the|this) (?:disk|drive|hard drive|computer|"
            r"laptop|machine))",
            r"is (?:my|the) (?:disk|hard drive|drive|storage|hard disk) (?:full|almost full|nearly full|getting full)",
            r"(?:disk space|free disk space|free space|disk usage|storage left)",
            r"am i running out of (?:disk space|space|storage)",
        ),
    ),
    (
        "memory",
        patterns(
            rf"how much (?:free )?{_MEMORY}{_LEFT}{_HERE}{_LEFT}{_NOW}",
            rf"(?:what's|what is|check|tell me|show me|show|how's|how is|give me) {_MY} (?:free |available "
            rf")?(?:memory usage|ram usage|ram|memory use|system memory){_HERE}{_NOW}",
            rf"how (?:full|much used) is {_MY} (?:memory|ram){_NOW}",
            r"(?:memory usage|ram usage|free memory|free ram)",
            r"am i running out of (?:memory|ram)",
        ),
    ),
    (
        "processor",
        patterns(
            rf"(?:what's|what is|check|tell me|show me|show|how's|how is|give me) {_MY} {_CPU}(?: (?:doing|"
            rf"at|like))?{_NOW}",
            rf"how (?:busy|loaded|stressed) is {_MY} (?:cpu|processor|computer|machine|laptop){_NOW}",
            rf"how (?:many|much) (?:cores|cpu cores|processor cores|cpus|cpu)(?: (?:do i have|does (?:this|"
            rf"my) (?:computer|machine|laptop) have|are there|is used|is in use|am i using))?{_HERE}{_NOW}",
            rf"(?:cpu|processor) (?:load|usage|utilization){_NOW}",
        ),
    ),
    (
        "uptime",
        patterns(
            r"how long (?:has|is) (?:this|my|the) (?:computer|machine|laptop|pc|system|mac) (?:been )"
            r"?(?:on|running|up|awake|turned on|switched on)(?: for)?",
            r"(?:what's|what is|check|tell me|show me|show|give me) (?:the|my|this computer's|my "
            r"computer's|the system|system|the computer's) ?uptime",
            r"when (?:was|did) (?:this|my|the) (?:computer|machine|laptop|pc|system) (?:last )?(?:start|"
            r"started|boot|booted|restarted|turned on|switched on|rebooted|restart|reboot)(?: up)?(?: "
            r"last)?",
            r"(?:system |computer )?uptime",
        ),
    ),
    (
        "all",
        patterns(
            r"(?:what's|what is|how's|how is|check|tell me|show me|show|give me) (?:the |my )?(?:system|"
            r"computer|machine|this computer's|my computer's)(?:'s)? (?:status|state|facts|info|"
            r"information|health|doing)",
            r"how is (?:my|this) (?:computer|machine|laptop) doing",
            r"system (?:status|info|facts|information)",
        ),
    ),
)


def facts_intent(text: str, now: datetime) -> Call | None:
    """A question that this computer itself can answer."""
    said = command(text)
    return next((Call("system_facts", {"about": about}) for about, whole in _ABOUT if first(said, whole)), None)


INTENTS: tuple[Intent, ...] = (facts_intent,)
