"""The languages whose written forms are put into words, by their two letters."""

from app.engines.voice.speakable.language import Language
from app.engines.voice.speakable.tables.de import GERMAN
from app.engines.voice.speakable.tables.en import BRITISH, ENGLISH
from app.engines.voice.speakable.tables.es import SPANISH
from app.engines.voice.speakable.tables.fr import FRENCH
from app.engines.voice.speakable.tables.it import ITALIAN

LANGUAGES: dict[str, Language] = {
    "en": ENGLISH,
    "en-gb": BRITISH,
    "de": GERMAN,
    "fr": FRENCH,
    "es": SPANISH,
    "it": ITALIAN,
}
