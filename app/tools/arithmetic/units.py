"""The units that Duet knows by name: what people call them, how they are said, and what the units library calls them.

Names that mean several units ("ounce", "pint") list them; which one is meant shows the other unit of a conversion.
Conversion itself is `app.tools.arithmetic.convert`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.tools.english.numerals import tokens

LONGEST_NAME = 4  # words


@dataclass(frozen=True, slots=True)
class Unit:
    """key: its name in pint's registry. one, many: how it is said. kind: what it measures. names: what people call it,
    lower case, as tokens with one space between; abbreviations as well."""

    key: str
    one: str
    many: str
    kind: str
    names: tuple[str, ...]


def _unit(kind: str, key: str, said: str, names: str) -> Unit:
    one, _, many = said.partition("|")
    many = many or f"{one}s"
    called = [one.lower(), many.lower(), *(name for name in names.split("|") if name)]
    return Unit(key, one, many, kind, tuple(dict.fromkeys(" ".join(tokens(name)) for name in called)))


_TABLE = {
    "temperature": """
        degree_Celsius; degree Celsius|degrees Celsius; celsius|c|centigrade|degrees centigrade|degrees c
        degree_Fahrenheit; degree Fahrenheit|degrees Fahrenheit; fahrenheit|f|degrees f|farenheit|degrees farenheit
        kelvin; kelvin|kelvin; k|kelvins|degrees kelvin""",
    "length": """
        kilometer; kilometer; km|kms|kilometre|kilometres|k m
        meter; meter; m|metre|metres
        centimeter; centimeter; cm|cms|centimetre|centimetres
        millimeter; millimeter; mm|millimetre|millimetres
        micrometer; micrometer; micron|microns|micrometre|micrometres
        nanometer; nanometer; nm|nanometre|nanometres
        mile; mile; mi
        nautical_mile; nautical mile; nmi
        yard; yard; yd|yds
        foot; foot|feet; ft|'
        inch; inch|inches; in|ins|"
        light_year; light year; light years|lightyear|lightyears""",
    "mass": """
        kilogram; kilogram; kg|kgs|kilo|kilos|kilogramme|kilogrammes
        gram; gram; g|gr|gramme|grammes
        milligram; milligram; mg|milligramme|milligrammes
        microgram; microgram; mcg
        metric_ton; tonne; metric ton|metric tons|metric tonne|metric tonnes
        short_ton; US ton; ton|tons|short ton|short tons
        long_ton; imperial ton; long ton|long tons
        pound; pound; lb|lbs|pounds weight
        ounce; ounce; oz
        stone; stone|stone; stones|st
        carat; carat; carats|ct""",
    "volume": """
        liter; liter; l|litre|litres|ltr
        centiliter; centiliter; cl|centilitre|centilitres
        deciliter; deciliter; dl|decilitre|decilitres
        milliliter; milliliter; ml|mls|millilitre|millilitres|cc|ccs
        gallon; US gallon; gallon|gallons|gal|gals
        imperial_gallon; imperial gallon; uk gallon|uk gallons|british gallon|british gallons
        quart; US quart; quart|quarts|qt|qts
        imperial_quart; imperial quart; uk quart|uk quarts|british quart|british quarts
        pint; US pint; pint|pints|american pint|american pints
        imperial_pint; imperial pint; uk pint|uk pints|british pint|british pints
        cup; US cup; cup|cups
        fluid_ounce; US fluid ounce; fluid ounce|fluid ounces|fl oz|ounce|ounces|oz
        imperial_fluid_ounce; imperial fluid ounce; uk fluid ounce|uk fluid ounces
        tablespoon; tablespoon; tbsp|tbsps|table spoon|table spoons
        teaspoon; teaspoon; tsp|tsps|tea spoon|tea spoons
        oil_barrel; barrel of oil|barrels of oil; oil barrel|oil barrels
        meter ** 3; cubic meter; cubic metre|cubic metres|m3|m cubed
        centimeter ** 3; cubic centimeter; cubic centimetre|cubic centimetres|cm3
        foot ** 3; cubic foot|cubic feet; ft3
        inch ** 3; cubic inch|cubic inches; in3""",
    "area": """
        kilometer ** 2; square kilometer; square kilometre|square kilometres|km2|sq km|km squared
        meter ** 2; square meter; square metre|square metres|m2|sq m|m squared|sqm
        centimeter ** 2; square centimeter; square centimetre|square centimetres|cm2|sq cm
        hectare; hectare; ha
        international_acre; acre;
        mile ** 2; square mile; sq mi
        yard ** 2; square yard; sq yd
        foot ** 2; square foot|square feet; sq ft|sqft|ft2
        inch ** 2; square inch|square inches; sq in""",
    "speed": """
        kilometer / hour; kilometer per hour|kilometers per hour; kilometre per hour|kilometres per hour|km / h|kmh|kph
        mile / hour; mile per hour|miles per hour; mph|mi / h|miles an hour
        meter / second; meter per second|meters per second; metre per second|metres per second|m / s|meters a second
        foot / second; foot per second|feet per second; ft / s|fps
        knot; knot; kn|kt|kts""",
    "time": """
        millisecond; millisecond; ms
        second; second; sec|secs|s
        minute; minute; min|mins
        hour; hour; hr|hrs|h
        day; day;
        week; week; wk|wks
        fortnight; fortnight;""",
    "years": """
        month; month;
        year; year; yr|yrs
        ten_years; decade;
        century; century|centuries;
        millennium; millennium|millennia; millenniums""",
    "data": """
        bit; bit;
        byte; byte;
        kilobit; kilobit; kbit
        megabit; megabit; mbit
        gigabit; gigabit; gbit
        kilobyte; kilobyte; kb
        megabyte; megabyte; mb
        gigabyte; gigabyte; gb
        terabyte; terabyte; tb
        petabyte; petabyte; pb
        kibibyte; kibibyte; kib
        mebibyte; mebibyte; mib
        gibibyte; gibibyte; gib
        tebibyte; tebibyte; tib""",
    "energy": """
        joule; joule; j
        kilojoule; kilojoule; kj
        megajoule; megajoule; mj
        calorie; calorie; cal|cals
        kilocalorie; kilocalorie; kcal|kcals|food calorie|food calories
        watt * hour; watt hour; wh
        kilowatt * hour; kilowatt hour; kwh
        british_thermal_unit; BTU; british thermal unit|british thermal units
        electron_volt; electronvolt; electron volt|electron volts|ev""",
    "power": """
        watt; watt; w
        kilowatt; kilowatt; kw
        megawatt; megawatt; mw
        horsepower; horsepower|horsepower; hp""",
    "pressure": """
        pascal; pascal; pa
        hectopascal; hectopascal; hpa
        kilopascal; kilopascal; kpa
        bar; bar;
        millibar; millibar; mbar
        psi; psi|psi; pounds per square inch
        atmosphere; atmosphere; atm|atms
        mmHg; millimeter of mercury|millimeters of mercury; mmhg|torr""",
    "angle": """
        degree; degree; deg
        radian; radian; rad""",
}

UNITS: tuple[Unit, ...] = tuple(
    _unit(kind, *(part.strip() for part in line.split(";")))
    for kind, lines in _TABLE.items()
    for line in lines.strip().splitlines()
)

_BY_NAME: dict[str, list[Unit]] = {}
for _each in UNITS:
    for _name in _each.names:
        _BY_NAME.setdefault(_name, []).append(_each)

CURRENCIES = frozenset(
    """dollar dollars usd buck bucks euro euros eur yen jpy gbp sterling quid franc francs chf rupee rupees inr yuan cny
    renminbi won krw peso pesos mxn real reais brl ruble rubles rub zloty pln krona kronor sek krone kroner nok dkk lira
    try shekel shekels ils rand zar baht thb bitcoin bitcoins btc ether eth ethereum cad aud nzd forint huf koruna czk
    $ € £ ¥ ₹""".split()
)
_CURRENCY_ALSO = frozenset(["pound", "pounds"])
_QUALIFIERS = frozenset(["us", "american", "canadian", "australian", "british", "swiss", "japanese", "indian", "uk"])


def named(words: Sequence[str], at: int) -> tuple[list[Unit], int] | None:
    """The units that the longest name beginning at `at` may mean, and the index after it."""
    for length in range(min(LONGEST_NAME, len(words) - at), 0, -1):
        if found := _BY_NAME.get(" ".join(words[at : at + length])):
            return found, at + length
    return None


def currency(words: Sequence[str], at: int) -> int | None:
    """The index after the name of a currency, None if there is none; "pounds" counts as one."""
    if at < len(words) and words[at] in _QUALIFIERS:
        at += 1
    if at < len(words) and (words[at] in CURRENCIES or words[at] in _CURRENCY_ALSO):
        return at + 1
    return None


def pair(first: Sequence[Unit], second: Sequence[Unit]) -> tuple[Unit, Unit] | None:
    """The meanings of two names that measure the same; the weight before the volume. None if there are none."""
    return next(((a, b) for a in first for b in second if a.kind == b.kind), None)
