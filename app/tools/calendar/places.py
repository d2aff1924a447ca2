"""Which time zone a place has: cities from the names of the zones (tzdata), countries, and a table of other cities.

Loaded when a place is first asked for; it knows no coordinates and no small towns.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from zoneinfo import ZoneInfo

from app.tools.calendar.cities import ALSO, MAIN_ZONE_ONLY, NO_PLACES, ZONE_OF

_REGIONS = frozenset(["Africa", "America", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific"])
_SMALL_WORDS = frozenset(["of", "the", "and", "de", "da", "es"])
_CAPITALS = frozenset(["utc", "gmt", "uk", "uae", "usa", "us", "dc", "la", "nyc"])


@dataclass(frozen=True, slots=True)
class Place:
    """A place as it is said, with its zone; `zone` is "" for a country with several that matter."""

    name: str
    zone: str

    @property
    def tz(self) -> ZoneInfo:
        return ZoneInfo(self.zone)


def find(name: str) -> Place | None:
    """The place of that name (lower case, or as IANA writes zones), None if it is not known."""
    name = " ".join(name.replace("_", " ").replace(",", " ").lower().split())
    known = _zones()
    for form in (name, name.removeprefix("the "), name.rpartition("/")[2]):
        form = ALSO.get(form, form)
        if form in known:
            return Place(_title(form), known[form])
    return None


@lru_cache(maxsize=1)
def _zones() -> dict[str, str]:
    """Zones by lower-case names of places; "" for a country of several zones. Cities win over countries."""
    folder = files("tzdata")
    found: dict[str, str] = {}
    codes: dict[str, list[str]] = {}
    for line in _lines(folder.joinpath("zoneinfo", "zone.tab").read_text(encoding="utf-8")):
        code, _, zone = line.split("\t")[:3]
        codes.setdefault(code, []).append(zone)
    for line in _lines(folder.joinpath("zoneinfo", "iso3166.tab").read_text(encoding="utf-8")):
        code, _, country = line.partition("\t")
        zones = codes.get(code, [])
        if zones and "(" not in country and "Is." not in country:
            found[country.lower().replace(" & ", " and ")] = (
                zones[0] if len(zones) == 1 or code in MAIN_ZONE_ONLY else ""
            )
    for zone in folder.joinpath("zones").read_text(encoding="utf-8").split():
        region, _, city = zone.partition("/")
        if region in _REGIONS:
            found[city.rpartition("/")[2].replace("_", " ").lower()] = zone
    return {name: zone for name, zone in {**found, **ZONE_OF}.items() if name not in NO_PLACES}


def _lines(text: str) -> list[str]:
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def _title(name: str) -> str:
    words = name.split()
    said = [
        word.upper() if word in _CAPITALS else word if word in _SMALL_WORDS else word.capitalize() for word in words
    ]
    if name.endswith(" time"):
        said[-1] = "time"
    return " ".join(said) if name != "united states" else "the United States"
