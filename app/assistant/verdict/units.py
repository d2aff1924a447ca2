"""Units of measure as texts name them, and what turns one into another. Values are not read here.

A table of the common units instead of a units library: judging has to start within milliseconds, and only equality is
asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

_TABLE = """
% ratio 0.01 % percent percentage pct
degree temperature 1 ° degree degrees deg
°c temperature 1 °c celsius centigrade degc degree_celsius
°f temperature 1 °f fahrenheit degf degree_fahrenheit
kelvin temperature 1 kelvin kelvins
m length 1 m metre metres meter meters
km length 1000 km kilometre kilometres kilometer kilometers
cm length 0.01 cm centimetre centimetres centimeter centimeters
mm length 0.001 mm millimetre millimetres millimeter millimeters
mile length 1609.344 mile miles mi
yard length 0.9144 yard yards yd
foot length 0.3048 ft foot feet
inch length 0.0254 inch inches
light-year length 9.4607e15 lightyear lightyears
kg mass 1 kg kilogram kilograms kilo kilos kilogramme kilogrammes
g mass 0.001 g gram grams gramme grammes
mg mass 1e-6 mg milligram milligrams
t mass 1000 tonne tonnes ton tons
pound mass 0.45359237 lb lbs pound pounds
ounce mass 0.028349523 oz ounce ounces
stone mass 6.35029318 stones
l volume 1 l litre litres liter liters
ml volume 0.001 ml millilitre millilitres milliliter milliliters
cl volume 0.01 cl centilitre centilitres centiliter centiliters
gallon volume 3.785411784 gallon gallons
pint volume 0.473176473 pint pints
cup volume 0.2365882365 cup cups
tablespoon volume 0.01478676 tablespoon tablespoons tbsp
teaspoon volume 0.00492892 teaspoon teaspoons tsp
second time 1 s sec secs second seconds
ms time 0.001 ms millisecond milliseconds
minute time 60 min mins minute minutes
hour time 3600 h hr hrs hour hours
day time 86400 day days
week time 604800 week weeks
month time 2629746 month months
year time 31556952 year years yr yrs
decade time 315569520 decade decades
century time 3155695200 century centuries
m² area 1 m² sqm
km² area 1e6 km² sqkm
hectare area 1e4 hectare hectares ha
acre area 4046.8564224 acre acres
m/s speed 1 m/s mps
km/h speed 0.27777777777778 km/h kmh kph
mph speed 0.44704 mph
km/s speed 1000 km/s
b data 1 byte bytes
kb data 1e3 kb kilobyte kilobytes
mb data 1e6 mb megabyte megabytes
gb data 1e9 gb gigabyte gigabytes
tb data 1e12 tb terabyte terabytes
bit bit 1 bit bits
w power 1 w watt watts
kw power 1000 kw kilowatt kilowatts
mw power 1e6 mw megawatt megawatts
kwh energy 3.6e6 kwh
kj energy 1000 kj kilojoule kilojoules
j energy 1 j joule joules
kcal energy 4184 kcal calorie calories kilocalorie kilocalories
v voltage 1 v volt volts
a current 1 amp amps ampere amperes
hz frequency 1 hz hertz
$ dollar 1 $ dollar dollars usd
cent dollar 0.01 cent cents
€ euro 1 € euro euros eur
£ sterling 1 £ gbp quid
¥ yen 1 ¥ yen jpy
"""


@dataclass(frozen=True, slots=True)
class Unit:
    """`factor` turns a value into the dimension's base unit; temperatures have offsets (`_base`)."""

    name: str
    dimension: str
    factor: float


UNITS: dict[str, Unit] = {}
for _line in _TABLE.strip().splitlines():
    _name, _dimension, _factor, *_forms = _line.split()
    UNITS |= dict.fromkeys(_forms, Unit(_name, _dimension, float(_factor)))
UNITS_BY_NAME = {unit.name: unit for unit in UNITS.values()}
NO_UNIT = Unit("", "", 1.0)
MONEY = frozenset({"dollar", "euro", "sterling", "yen"})
PARTS = {"hour": "minute", "minute": "second", "foot": "inch", "day": "hour", "pound": "ounce", "year": "month"}
"""What follows a unit in a value of two parts: 2 hours 30 minutes."""
_PER = {("km", "hour"): "km/h", ("m", "second"): "m/s", ("mile", "hour"): "mph", ("km", "second"): "km/s"}
_SQUARE = {"m": "m²", "km": "km²"}


def unit_at(words: Sequence[str], at: int) -> tuple[Unit, int]:
    """The unit that begins at `at` and the words it takes."""
    words = [*words[at : at + 4], "", "", "", ""]
    first = words[0]
    if first in ("square", "sq") and (base := UNITS.get(words[1])) is not None and base.name in _SQUARE:
        return UNITS[_SQUARE[base.name]], 2
    if first in ("us", "american") and words[1].startswith("dollar"):
        return UNITS["$"], 2
    if first in ("°", "degree", "degrees") and words[1] in ("c", "f", "celsius", "fahrenheit", "centigrade"):
        return UNITS["°c" if words[1][0] == "c" else "°f"], 2
    if first in ("kilowatt", "kilowatts") and words[1].startswith("hour"):
        return UNITS["kwh"], 2
    unit = UNITS.get(first)
    if unit is None:
        return NO_UNIT, 0
    if words[1] in ("per", "an", "a", "/") and (other := UNITS.get(words[2])) is not None:
        speed = _PER.get((unit.name, other.name))
        if speed is not None:
            return UNITS[speed], 3
    return unit, 1
