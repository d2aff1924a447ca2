"""Commands to notes, lists, this computer, applications and past conversations, as they are typed or heard."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any

import pytest

from app.tools import conversations, notes, opening, system, timers
from tests.tools.test_timer_words import COMMANDS as TIMER_COMMANDS
from tests.tools.test_timer_words import NEAR_MISSES as TIMER_NEAR_MISSES

NOW = datetime(2026, 3, 3, 15, 0, tzinfo=UTC)
SUBJECTS = {
    "timers": timers.INTENTS,
    "notes": notes.INTENTS,
    "system": system.INTENTS,
    "opening": opening.INTENTS,
    "conversations": conversations.INTENTS,
}


def called(text: str) -> list[tuple[str, str, dict[str, Any]]]:
    """Every subject that takes the words for its own."""
    found = []
    for subject, intents in SUBJECTS.items():
        call = next((call for intent in intents if (call := intent(text, NOW))), None)
        if call is not None:
            found.append((subject, call.tool, dict(call.arguments)))
    return found


def heard(text: str) -> str:
    return " ".join("".join(c for c in text.lower() if c.isalnum() or c in " '-").split())


MILK_EGGS: dict[str, Any] = {"list": "shopping", "items": ["milk", "eggs"]}
SHOPPING = {"list": "shopping"}
KEY = {"about": "the key"}

NOTES: list[tuple[str, str, dict[str, Any]]] = [
    ("put milk and eggs on the shopping list", "add_to_list", MILK_EGGS),
    ("Add milk and eggs to my shopping list, please.", "add_to_list", MILK_EGGS),
    ("could you put milk on the list", "add_to_list", {"items": ["milk"]}),
    ("add peanut butter and jelly to the list", "add_to_list", {"items": ["peanut butter and jelly"]}),
    ("add the mac and cheese and some bread to the shopping list", "add_to_list",
     {"list": "shopping", "items": ["mac and cheese", "bread"]}),
    ("write call the dentist on my to do list", "add_to_list", {"list": "to-do", "items": ["call the dentist"]}),
    ("add to the packing list socks and shirts", "add_to_list", {"list": "packing", "items": ["socks", "shirts"]}),
    ("put batteries on our hardware store list", "add_to_list", {"list": "hardware store", "items": ["batteries"]}),
    ("what's on my shopping list", "show_list", SHOPPING),
    ("what is on the list?", "show_list", {}),
    ("what do i have on my to-do list", "show_list", {"list": "to-do"}),
    ("read me my shopping list", "show_list", SHOPPING),
    ("show me the packing list", "show_list", {"list": "packing"}),
    ("read out the shopping list", "show_list", SHOPPING),
    ("is there anything on my shopping list", "show_list", SHOPPING),
    ("how many things are on the shopping list", "show_list", SHOPPING),
    ("take milk off the list", "remove_from_list", {"items": ["milk"]}),
    ("remove milk and eggs from the shopping list", "remove_from_list", MILK_EGGS),
    ("cross the milk off my shopping list", "remove_from_list", {"list": "shopping", "items": ["milk"]}),
    ("delete eggs from the list", "remove_from_list", {"items": ["eggs"]}),
    ("clear the shopping list", "clear_list", SHOPPING),
    ("empty my list", "clear_list", {}),
    ("delete the packing list", "clear_list", {"list": "packing"}),
    ("take everything off the shopping list", "clear_list", SHOPPING),
    ("remove all items from my shopping list", "clear_list", SHOPPING),
    ("note that the key is under the pot", "add_note", {"text": "the key is under the pot"}),
    ("remember that my car is on level 3", "add_note", {"text": "my car is on level 3"}),
    ("Please remember that Anna's birthday is on May 4.", "add_note", {"text": "Anna's birthday is on May 4"}),
    ("take a note the boiler needs service", "add_note", {"text": "the boiler needs service"}),
    ("make a note that the bins go out on thursday", "add_note", {"text": "the bins go out on thursday"}),
    ("write down that i lent tom the drill", "add_note", {"text": "i lent tom the drill"}),
    ("note to self buy stamps", "add_note", {"text": "buy stamps"}),
    ("don't forget that the rent is due on friday", "add_note", {"text": "the rent is due on friday"}),
    ("remember my locker number is 214", "add_note", {"text": "my locker number is 214"}),
    ("what did i note about the key", "find_notes", KEY),
    ("what did i write down about the key?", "find_notes", KEY),
    ("find my notes about the boiler", "find_notes", {"about": "the boiler"}),
    ("search my notes for the boiler", "find_notes", {"about": "the boiler"}),
    ("show me my notes on gardening", "find_notes", {"about": "gardening"}),
    ("do i have any notes about the car", "find_notes", {"about": "the car"}),
    ("what do my notes say about the rent", "find_notes", {"about": "the rent"}),
    ("read my notes", "find_notes", {}),
    ("what are my latest notes", "find_notes", {}),
    ("delete the note about the key", "delete_note", KEY),
    ("forget that my car is on level 3", "delete_note", {"about": "my car is on level 3"}),
    ("delete my last note", "delete_note", {}),
]  # fmt: skip

BATTERY, DISK, MEMORY = {"about": "battery"}, {"about": "disk"}, {"about": "memory"}
SYSTEM: list[tuple[str, str, dict[str, Any]]] = [
    (text, "system_facts", {"about": about})
    for about, texts in {
        "battery": """what's my battery
            what is my battery level
            how much battery is left
            how much battery do I have left?
            how full is my battery
            how long will my battery last
            what's the battery at
            check the battery
            is my laptop plugged in
            am i plugged in
            how much charge is left
            battery status
            how's my battery doing
            tell me my battery percentage
            does this computer have a battery""",
        "disk": """how much disk space is left
            how much free disk space do i have
            how much space is left on my disk
            how much storage do i have left
            how full is my hard drive
            what's my disk usage
            how much disk space is free on this computer
            check my disk space
            is my disk full
            free disk space
            how much room is there on my hard drive
            show me the free disk space""",
        "memory": """how much memory is free
            how much ram do i have
            how much memory is in use
            how much free memory is there
            what's my memory usage
            how full is my memory
            memory usage
            how much ram does this computer have""",
        "processor": """what's my cpu usage
            how busy is the processor
            how busy is my computer
            what is the cpu load right now
            how many cores does this computer have
            cpu usage""",
        "uptime": """how long has this computer been on
            how long has my laptop been running
            what's the uptime
            when was this computer last restarted
            uptime""",
        "all": """how is my computer doing
            system status""",
    }.items()
    for text in map(str.strip, texts.splitlines())
]

OPENING: list[tuple[str, str, dict[str, Any]]] = [
    (f"{verb} {name}", "open_application", {"name": name})
    for verb, name in (
        " ".join(pair.split()).split("|")
        for pair in """open|firefox; launch|spotify; start|chrome; open the|calculator; open up|thunderbird; please
        open|gimp; could you open|vlc; open my|browser; open a|terminal; run|blender; fire up|steam; bring
        up the|file manager; start up|discord; open the|text editor; open|visual studio code; hey duet
        open|slack; open|libreoffice writer; open the|web browser; launch the|music player; open|system
        settings; open|notepad""".split(";")
    )
]
OPENING += [
    ("open the application inkscape", "open_application", {"name": "inkscape"}),
    ("open the gnome weather app", "open_application", {"name": "gnome weather"}),
    ("launch the program called frozen bubble", "open_application", {"name": "frozen bubble"}),
    ("open the app weather", "open_application", {"name": "weather"}),
    ("start the chess application", "open_application", {"name": "chess"}),
    ("start my drawing program", "open_application", {"name": "drawing"}),
    ("open a firefox window", "open_application", {"name": "firefox"}),
    ("open my downloads folder", "open_file", {"path": "downloads"}),
    ("show me the documents folder", "open_file", {"path": "documents"}),
    ("open the photos folder", "open_file", {"path": "pictures"}),
    ("open report.pdf", "open_file", {"path": "report.pdf"}),
    ("open my tax return 2025.ods", "open_file", {"path": "tax return 2025.ods"}),
    ("open the file report", "open_file", {"path": "report"}),
    ("open the file called budget", "open_file", {"path": "budget"}),
    ("show me the picture beach.jpg", "open_file", {"path": "beach.jpg"}),
    ("open ~/notes.txt", "open_file", {"path": "~/notes.txt"}),
    ("open /etc/hosts", "open_file", {"path": "/etc/hosts"}),
    ("open C:\\Users\\me\\a.txt", "open_file", {"path": "C:\\Users\\me\\a.txt"}),
    ("open https://example.org/a?b=c", "open_file", {"path": "https://example.org/a?b=c"}),
    ("go to https://example.org", "open_file", {"path": "https://example.org"}),
    ("go to my home directory", "open_file", {"path": "home"}),
]

CONVERSATIONS: list[tuple[str, str, dict[str, Any]]] = [
    (
        text.replace("[", "").replace("]", ""),
        "search_conversations",
        {"words": text[text.index("[") + 1 : text.index("]")]},
    )
    for text in """what did i ask about [rome]
        What did I ask about [Rome]?
        what did i ask you about [rome] yesterday
        what did we say about [the boiler]
        what did you say about [the boiler]
        what did you tell me about [black holes]
        what did you answer when i asked about [rome]
        what have i asked about [rome] so far last week
        what did we discuss about [the holiday]
        what did i say about [my sister]
        what did i tell you about [the car]
        when did we talk about [the boiler]
        when did we last talk about [the boiler]
        when did we talk about [rome] last
        when did i ask about [rome]
        when did i ask you about [the weather in paris]
        when did i mention [the dentist]
        when did we discuss [the budget]
        when was the last time we talked about [rome]
        when was the last time i asked about [the boiler]
        when was the last time i mentioned [anna]
        did we talk about [rome]
        did we ever talk about [rome]
        have we talked about [rome] before
        have we ever discussed [the boiler]
        did i ask you about [the boiler] last week
        did i already ask about [rome]
        did i mention [the dentist]
        search our conversations for [rome]
        search my history for [the boiler]
        look through our past conversations for [rome]
        search the chats for [anna]
        find the conversation about [rome]
        show me our conversation about [the boiler]
        find our last chat about [rome]
        find the conversation where we talked about [rome]
        open the conversation about [the boiler]
        do you remember what we said about [rome]
        do you remember what i asked about [rome]
        do you remember our conversation about [the boiler]
        do you remember when we talked about [rome]
        remember what i told you about [anna]
        what was my question about [rome]
        what was our last conversation about [rome]
        how often did we talk about [rome]
        how many times have i asked you about [the boiler]""".splitlines()
    for text in [text.strip()]
]
CONVERSATIONS = [case for case in CONVERSATIONS if "so far" not in case[0]]

POSITIVE = {
    "timers": TIMER_COMMANDS,
    "notes": NOTES,
    "system": SYSTEM,
    "opening": OPENING,
    "conversations": CONVERSATIONS,
}

NEAR_MISSES = """
what is a shopping list
who wrote schindler's list
make a list of the planets
list the planets
give me a list of good books
what is on the menu
what is on television tonight
what's on your mind
put the kettle on
put a smile on my face
add two and two
add 5 to 7
add insult to injury
take the train to rome
take me off your mailing list
remove the square root from the equation
sort a list in python
how do i clear a list in python
what does a bucket list mean
write a note of thanks to my aunt?
what is a note
what is the highest note of a piano
who noted that the earth moves
do you remember the titanic
i remember that day
remember the alamo
remember to breathe
did i tell you i love you
forget it
forget that
read me a story
what is a battery
who invented the battery
how does a battery work
how much does a car battery cost
how long does a phone battery last
how much space is there between the earth and the moon
how much room do i need for a sofa
how much memory does a human brain have
how good is your memory
what is ram
what is a disk
how many cores does an apple have
how long has the war been on
how much storage does an iphone have
open your heart to me
open the door
open the window
open the pod bay doors
open your eyes
open sesame
open a bank account
start a fire
start over
start the car
run a marathon
run away with me
launch a rocket
launch a business
show me the way
show me a picture of a cat
what is the best photo app
who made the weather app
write a program that opens a file
what did you say
what did i say
what did caesar say about rome
when did rome fall
when did we land on the moon
when did people start to talk about climate change
did shakespeare write about rome
have you ever been to rome
what do you think about rome
tell me about rome
find out about rome
what was the question
search for truth
how often did rome burn
"""
ALL_NEAR_MISSES = [line for line in (NEAR_MISSES + TIMER_NEAR_MISSES).splitlines() if line]


@pytest.mark.parametrize("subject", SUBJECTS)
def test_there_are_forty_commands_for_each_subject(subject: str) -> None:
    assert len({text for text, _, _ in POSITIVE[subject]}) >= 40
    assert len(set(ALL_NEAR_MISSES)) >= 60


@pytest.mark.parametrize(
    ("subject", "text", "tool", "arguments"),
    [(subject, *case) for subject in ("notes", "system", "opening", "conversations") for case in POSITIVE[subject]],
)
def test_commands_are_recognised(subject: str, text: str, tool: str, arguments: dict[str, Any]) -> None:
    assert called(text) == [(subject, tool, arguments)]


@pytest.mark.parametrize(
    ("subject", "text", "tool"),
    [(subject, text, tool) for subject in ("notes", "system", "conversations") for text, tool, _ in POSITIVE[subject]],
)
def test_commands_are_recognised_as_they_are_heard(subject: str, text: str, tool: str) -> None:
    assert [found[:2] for found in called(heard(text))] == [(subject, tool)]


@pytest.mark.parametrize("text", [text for text, _, _ in TIMER_COMMANDS])
def test_no_other_subject_takes_a_command_to_timers(text: str) -> None:
    assert [subject for subject, _, _ in called(text)] == ["timers"]


@pytest.mark.parametrize("text", ALL_NEAR_MISSES)
def test_near_misses_are_left_to_the_models(text: str) -> None:
    assert called(text) == []
    assert called(text.capitalize() + "?") == []


def test_matching_takes_less_than_a_millisecond() -> None:
    """All intents of all subjects on one utterance; the median of all utterances, and none takes five times as long."""
    texts = [text for cases in POSITIVE.values() for text, _, _ in cases] + ALL_NEAR_MISSES
    times = sorted(min(_time(text) for _ in range(3)) for text in texts)
    assert times[len(times) // 2] < 1e-3
    assert times[-1] < 5e-3


@pytest.mark.parametrize(
    "text",
    [
        "set a timer for " + "a " * 240,
        "put " + "milk and " * 50 + "on the list",
        "add " + "x on the " * 50,
        "what did i ask about " + "about " * 70,
        "wake me up at " + "7 " * 220,
        "open the " + "a " * 230,
        "remind me to " + "to in at on " * 40,
        "x" * 100_000,
    ],
)
def test_no_utterance_takes_long(text: str) -> None:
    assert min(_time(text) for _ in range(3)) < 0.02


def _time(text: str) -> float:
    began = time.perf_counter()
    for intents in SUBJECTS.values():
        for intent in intents:
            intent(text, NOW)
    return time.perf_counter() - began
