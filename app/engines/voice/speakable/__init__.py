"""Written text made speakable: numbers, dates, units, abbreviations, signs and addresses in words, markup left out.

English, German, French, Spanish and Italian have tables (`tables`). For any other language the voice reads numbers and
signs itself, and only markup, emoji and control characters go. Rules look at the text alone: they know no voice, and
none raises on any text. Worker code: the libraries behind it are slow to import.
"""

from __future__ import annotations

from app.engines.voice.speakable.abbreviations import expand, split_words
from app.engines.voice.speakable.addresses import tell_addresses, tell_codes
from app.engines.voice.speakable.characters import (
    safe,
    tell_emoji,
    tell_operators,
    tell_powers,
    tell_signs,
    tidy,
    without_markup,
)
from app.engines.voice.speakable.clock import tell_dates, tell_times
from app.engines.voice.speakable.language import language_of
from app.engines.voice.speakable.markup import without_markdown, without_math_marks
from app.engines.voice.speakable.quantities import tell_quantities
from app.engines.voice.speakable.spelled import join_thousands, spell
from app.engines.voice.speakable.tracked import Tracked


def speakable(text: str, tag: str | None) -> Tracked:
    """What to say for `text`, in the language of `tag` ("en-us", "de", ...). Empty when there is nothing to say."""
    return spoken(Tracked.of(text), tag)


def spoken(text: Tracked, tag: str | None) -> Tracked:
    """As `speakable`, for text that was already rewritten once."""
    language = language_of(tag)
    text = safe(tell_emoji(text, tag, language))
    text = without_math_marks(text, language.over if language else "/", language.root if language else "")
    text = without_markdown(text)
    if language is None:
        return tidy(without_markup(text))
    text = tell_codes(join_thousands(tell_addresses(text, language), language), language)
    text = tell_powers(expand(text, language), language)
    text = tell_times(tell_dates(text, language), language)
    text = tell_quantities(text, language)
    text = tell_operators(text, language)
    return tidy(tell_signs(split_words(spell(text, language)), language))
