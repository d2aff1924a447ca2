"""Rules that put sums of money and measures into words. Names of units and rarer currencies are Babel's (CLDR)."""

from __future__ import annotations

import re
from functools import lru_cache

from babel.numbers import format_decimal, get_currency_name
from babel.units import format_compound_unit, format_unit

from app.engines.voice.speakable.language import Currency, Language
from app.engines.voice.speakable.numbers import NUMBER, Number, cardinal, in_words, read_number
from app.engines.voice.speakable.tracked import Tracked

UNITS = {
    "km": "length-kilometer", "m": "length-meter", "cm": "length-centimeter", "mm": "length-millimeter",
    "µm": "length-micrometer", "μm": "length-micrometer", "nm": "length-nanometer", "mi": "length-mile",
    "ft": "length-foot", "yd": "length-yard", "″": "length-inch", "′": "length-foot",
    "km²": "area-square-kilometer", "m²": "area-square-meter", "cm²": "area-square-centimeter",
    "km2": "area-square-kilometer", "m2": "area-square-meter", "cm2": "area-square-centimeter",
    "ft²": "area-square-foot", "ha": "area-hectare", "m³": "volume-cubic-meter", "m3": "volume-cubic-meter",
    "cm³": "volume-cubic-centimeter", "km³": "volume-cubic-kilometer", "l": "volume-liter", "L": "volume-liter",
    "ml": "volume-milliliter", "mL": "volume-milliliter", "cl": "volume-centiliter", "dl": "volume-deciliter",
    "gal": "volume-gallon", "kg": "mass-kilogram", "g": "mass-gram", "mg": "mass-milligram", "µg": "mass-microgram",
    "μg": "mass-microgram", "t": "mass-tonne", "lb": "mass-pound", "oz": "mass-ounce",
    "km/h": "speed-kilometer-per-hour", "kmh": "speed-kilometer-per-hour", "kph": "speed-kilometer-per-hour",
    "mph": "speed-mile-per-hour", "m/s": "speed-meter-per-second", "kn": "speed-knot",
    "m/s²": "acceleration-meter-per-square-second", "°C": "temperature-celsius", "℃": "temperature-celsius",
    "° C": "temperature-celsius", "°F": "temperature-fahrenheit", "° F": "temperature-fahrenheit",
    "K": "temperature-kelvin", "°": "angle-degree", "%": "concentr-percent", "B": "digital-byte",
    "kB": "digital-kilobyte", "KB": "digital-kilobyte", "MB": "digital-megabyte", "GB": "digital-gigabyte",
    "TB": "digital-terabyte", "Hz": "frequency-hertz", "kHz": "frequency-kilohertz", "MHz": "frequency-megahertz",
    "GHz": "frequency-gigahertz", "W": "power-watt", "kW": "power-kilowatt", "MW": "power-megawatt",
    "GW": "power-gigawatt", "kWh": "energy-kilowatt-hour", "V": "electric-volt", "Ω": "electric-ohm",
    "Ohm": "electric-ohm", "mA": "electric-milliampere", "Pa": "pressure-pascal", "hPa": "pressure-hectopascal",
    "bar": "pressure-bar", "psi": "pressure-pound-force-per-square-inch", "J": "energy-joule",
    "kJ": "energy-kilojoule", "kcal": "energy-kilocalorie", "N": "force-newton", "s": "duration-second",
    "ms": "duration-millisecond", "min": "duration-minute", "h": "duration-hour",
}  # fmt: skip
"""Written units, and Babel's names of them."""

APART = frozenset({"s", "t", "K", "N", "J", "B", "L", "μm"})
"""Units that count only with a space before them: "90s", "5K" and "4B" are something else."""

SYMBOLS = {"US$": "USD", "C$": "CAD", "A$": "AUD", "$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY", "₹": "INR"}
SYMBOLS |= {"₩": "KRW", "₽": "RUB", "₺": "TRY", "₿": "BTC"}
CODES = ("USD", "EUR", "GBP", "JPY", "CHF", "INR", "CAD", "AUD", "CNY", "SEK", "NOK", "DKK", "PLN", "CZK", "BRL", "MXN")

_FEET = re.compile(r"(?<![\w.,])([0-9]{1,2})['’′] ?([0-9]{1,2})(?:[\"”″]|'')?(?![\w'’])")
_LARGE = re.compile("mill|mili|millón")
"""Magnitudes that are nouns: a million *of* euros."""
_DASH = " ?[-–—] ?"


def tell_quantities(text: Tracked, language: Language) -> Tracked:
    """Sums of money, percentages, measures, alone or as ranges ("3-5 km")."""
    before, after, cents = _money(language)
    text = text.sub(before, lambda match: _sum(match, language))
    text = text.sub(after, lambda match: _sum(match, language))
    text = text.sub(cents, lambda match: _cents(match, language))
    if language.code == "en":
        text = text.sub(_FEET, lambda match: _feet(match, language))
    return text.sub(_measures(language), lambda match: _measure(match, language))


@lru_cache(maxsize=16)
def _money(language: Language) -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    """Patterns of sums with the currency before and after, and of cents."""
    symbol = "|".join(re.escape(one) for one in SYMBOLS)
    code = "|".join(CODES)
    many = "|".join(re.escape(one) for one in sorted(language.magnitudes, key=len, reverse=True))
    magnitude = rf"(?:[ \u00a0]?(?P<many>{many})(?!\w))?"
    number = rf"(?P<number>{NUMBER})"
    before = rf"(?<![\w.,])(?P<minus>[-−])?(?P<symbol>{symbol}|(?:{code})(?= ))[ \u00a0]?"
    before += rf"(?:(?P<low>{NUMBER}){_DASH}(?:{symbol})?)?{number}{magnitude}(?![\d])"
    after = rf"(?<![\w.,])(?P<minus>[-−])?(?:(?P<low>{NUMBER}){_DASH})?{number}{magnitude}"
    after += rf"[ \u00a0\u202f]?(?P<symbol>{symbol}|(?:{code})\b)(?![\w])"
    return re.compile(before), re.compile(after), re.compile(rf"(?<![\w.,]){number}[ \u00a0]?(?:¢|ct\b)")


def _sum(match: re.Match[str], language: Language) -> str | None:
    number = read_number(match["number"], language)
    low = read_number(match["low"], language) if match["low"] else None
    if number is None or (match["low"] and low is None):
        return None
    currency = _currency(SYMBOLS.get(match["symbol"], match["symbol"]), language)
    said = _amount(number, match["many"], currency, language, plain=low is not None)
    if low is not None:
        said = f"{in_words(low, language)} {language.range} {said}"
    return f"{language.minus} {said}" if match["minus"] else said


def _amount(number: Number, many: str | None, currency: Currency, language: Language, plain: bool) -> str:
    if many:
        magnitude = language.magnitudes[many]
        link = language.of_money if _LARGE.search(magnitude) else " "
        said = f"{in_words(number, language)} {magnitude}{link}{currency.many}"
        return re.sub(r"\bde (?=[aeiou])", "d'", said) if language.code == "fr" else said
    whole, part = int(number.whole), number.fraction
    if len(part) > 2 or (part and not currency.cent) or plain:
        return f"{in_words(number, language)} {currency.many}"
    amount = _count(number.whole, currency.feminine, language) + " " + (currency.one if whole == 1 else currency.many)
    cents = int(part.ljust(2, "0")) if part else 0
    if not cents:
        return amount
    hundredth = f"{cardinal(cents, language)} {currency.cent if cents == 1 else currency.cents}"
    if whole == 0:
        return hundredth
    return amount + language.money_joint + (hundredth if language.name_cents else cardinal(cents, language))


def _count(whole: str, feminine: bool, language: Language) -> str:
    if whole == "1":
        return language.one_feminine if feminine else language.one_masculine
    words = in_words(Number(whole, grouped=True), language)
    return re.sub("(?<=veinti)uno$", "ún", words)


def _currency(code: str, language: Language) -> Currency:
    known = language.currencies.get(code)
    if known is not None:
        return known
    one, many = (get_currency_name(code, count, locale=language.locale) for count in (1, 2))
    return Currency(one=one, many=many)


def _cents(match: re.Match[str], language: Language) -> str | None:
    number = read_number(match["number"], language)
    if number is None:
        return None
    euro = language.currencies["USD" if "¢" in match[0] else "EUR"]
    return f"{in_words(number, language)} {euro.cent if number.value == 1 else euro.cents}"


def _feet(match: re.Match[str], language: Language) -> str:
    feet, inches = int(match[1]), int(match[2])
    said = f"{cardinal(feet, language)} {'foot' if feet == 1 else 'feet'}"
    return said + f" {cardinal(inches, language)}" if inches else said


@lru_cache(maxsize=16)
def _measures(language: Language) -> re.Pattern[str]:
    listed = "|".join(re.escape(unit) for unit in sorted({*UNITS, *language.more_units}, key=len, reverse=True))
    unit = rf"(?P<unit>{listed})(?P<per>/(?:{listed}))?"
    number = rf"(?:(?P<low>{NUMBER})(?P<low_unit>[%°])?{_DASH})?(?P<number>{NUMBER})"
    return re.compile(
        rf"(?<![\w.,])(?P<minus>(?<![)\w])[-−])?{number}(?P<space>[ \u00a0\u202f-]?){unit}(?![\w°²³]|/(?![0-9])|['’]\w)"
    )


def _measure(match: re.Match[str], language: Language) -> str | None:
    number = read_number(match["number"], language)
    low = read_number(match["low"], language) if match["low"] else None
    unit, per = match["unit"], (match["per"] or "")[1:]
    if number is None or (match["low"] and low is None) or (unit in APART and not match["space"].strip("-")):
        return None
    said = _named(number, unit, per, language, plain=low is not None)
    if said is None:
        return None
    if low is not None:
        said = f"{in_words(low, language)} {language.range} {said}"
    return f"{language.minus} {said}" if match["minus"] else said


def _named(number: Number, unit: str, per: str, language: Language, plain: bool) -> str | None:
    """The number with the unit's name in the right form."""
    if unit in language.more_units:
        if per:
            return None
        one, many = language.more_units[unit]
        return f"{in_words(number, language)} {one if number.value == 1 and not plain else many}"
    name, locale, value = UNITS[unit], language.locale, number.value
    written = format_decimal(value, locale=locale)
    if per:
        compound = format_compound_unit(value, name, denominator_unit=UNITS.get(per, per), length="long", locale=locale)
        if compound is None:
            return None
        formatted = compound
    else:
        formatted = format_unit(value, name, length="long", locale=locale)
    single = number.value == 1 and not number.fraction
    count = _count("1", name in language.feminine_units, language) if single else _counted(number, language)
    # A line is better without the non-breaking spaces that some languages put here.
    return re.sub("[\u00a0\u202f]", " ", formatted).replace(re.sub("[\u00a0\u202f]", " ", written), count, 1)


def _counted(number: Number, language: Language) -> str:
    return re.sub("(?<=veinti)uno$", "ún", in_words(number, language))
