"""The tool `system_facts`: what psutil knows of this computer, in a sentence for each fact. Changes nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar, Literal, NamedTuple

import psutil
from pydantic import Field

from app.errors import EngineUnavailable
from app.tools.base import Arguments, Result, Situation, Tool
from app.tools.services import Services
from app.tools.wording import length, moment

About = Literal["battery", "disk", "memory", "processor", "uptime", "all"]

LOOK_S = 0.5
"""For so long the processor is watched: its load is that of an interval."""

GB = 1_000_000_000
"""As disks and memory are sold and shown on most systems."""

_PLUGGED_TIMES = (psutil.POWER_TIME_UNLIMITED, psutil.POWER_TIME_UNKNOWN)


class FactsArguments(Arguments):
    about: About = Field(default="all", description="which fact")


class Battery(NamedTuple):
    """As psutil gives it; `secsleft` is negative where it does not know."""

    percent: float
    secsleft: int
    power_plugged: bool | None


Fact = tuple[str, Mapping[str, Any]]
"""A sentence, and its figures."""


class SystemFacts(Tool[FactsArguments]):
    """Battery, disk, memory, processor, uptime."""

    name: ClassVar[str] = "system_facts"
    description: ClassVar[str] = "Facts about this computer: battery, free disk space, memory, processor load, uptime."
    arguments: ClassVar[type[Arguments]] = FactsArguments

    async def run(self, arguments: FactsArguments, situation: Situation) -> Result:
        wanted = (
            ("battery", "disk", "memory", "processor", "uptime") if arguments.about == "all" else (arguments.about,)
        )
        facts: dict[str, Fact] = {}
        for name in wanted:
            try:
                facts[name] = await _fact(name, situation)
            except (OSError, psutil.Error) as error:
                raise EngineUnavailable(f"This computer does not tell about its {name}: {error}.") from None
        text = " ".join(said for said, _ in facts.values())
        return Result(text=text, values={name: figures for name, (_, figures) in facts.items()}, exact=True)


async def _fact(name: str, situation: Situation) -> Fact:
    if name == "battery":
        # Not every build of psutil has it: on a system without batteries the function itself may be missing.
        found = getattr(psutil, "sensors_battery", lambda: None)()
        return battery(None if found is None else Battery(found.percent, int(found.secsleft), found.power_plugged))
    if name == "disk":
        usage = psutil.disk_usage(str(Path.home()))
        return disk(usage.free, usage.total)
    if name == "memory":
        found_memory = psutil.virtual_memory()
        return memory(found_memory.available, found_memory.total)
    if name == "processor":
        psutil.cpu_percent(None)
        await asyncio.sleep(LOOK_S)
        return processor(psutil.cpu_percent(None), psutil.cpu_count() or 1)
    return uptime(datetime.fromtimestamp(psutil.boot_time(), UTC), situation.now)


def battery(found: Battery | None) -> Fact:
    """The charge, and for how long it lasts where that is known; psutil knows no battery where there is none."""
    if found is None:
        return "This computer has no battery.", {"present": False}
    figures = {"present": True, "value": round(found.percent, 1), "unit": "%", "charging": found.power_plugged}
    said = f"The battery is at {found.percent:.0f} percent"
    if found.power_plugged:
        return f"{said} and plugged in.", figures
    if found.secsleft in _PLUGGED_TIMES or found.secsleft <= 0:
        return f"{said}.", figures
    left = {"value": found.secsleft, "unit": "s"}
    return f"{said}, which lasts for about {length(_rounded(found.secsleft))}.", {**figures, "left": left}


def disk(free: int, total: int) -> Fact:
    """Of the disk that has the user's home folder."""
    return (
        f"{_size(free)} of {_size(total)} are free on the disk with your files.",
        {"free": {"value": free, "unit": "B"}, "total": {"value": total, "unit": "B"}},
    )


def memory(available: int, total: int) -> Fact:
    """Available is what programs can still have without swapping."""
    return (
        f"{_size(available)} of {_size(total)} of memory are free.",
        {"free": {"value": available, "unit": "B"}, "total": {"value": total, "unit": "B"}},
    )


def processor(percent: float, cores: int) -> Fact:
    """The load of all cores together."""
    plural = "s" if cores > 1 else ""
    return (
        f"The processor is busy at {percent:.0f} percent, with {cores} core{plural}.",
        {"value": round(percent, 1), "unit": "%", "cores": cores},
    )


def uptime(booted: datetime, now: datetime) -> Fact:
    """Since when this computer has been on."""
    seconds = max((now - booted).total_seconds(), 0.0)
    return (
        f"This computer has been on for {length(seconds)}, since {moment(booted, now)}.",
        {"value": round(seconds), "unit": "s", "since": booted.astimezone(now.tzinfo).isoformat(timespec="seconds")},
    )


def _size(count: float) -> str:
    """ "412 GB", "7.6 GB", "850 MB"."""
    for unit, size in (("TB", 1000 * GB), ("GB", GB), ("MB", GB / 1000)):
        if count >= size:
            return f"{count / size:.1f} {unit}" if count < 10 * size else f"{count / size:.0f} {unit}"
    return f"{count / 1000:.0f} kB"


def _rounded(seconds: float) -> float:
    """To minutes, or to ten of them where it is hours: nobody knows it better."""
    step = 600 if seconds > 3600 else 60
    return max(round(seconds / step) * step, 60)


def tools(services: Services) -> Sequence[Tool[Any]]:
    return (SystemFacts(),)
