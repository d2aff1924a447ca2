"""Which language a text is in, told by its small words, among the languages that have a voice.

A guess for choosing a voice, no more: libraries that identify languages bring models of megabytes, and what matters
here is that a clear German sentence is not read by an English voice, and that an English one is never taken for
another.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection

FEWEST, SHARE = 2, 0.25
"""Small words of a language that a text must hold, and their share of all its words."""

_SMALL = {
    "en": "the of and to is are was were that it for on with as at by this be have has had not you your they from "
    "which will would can could their there what when how its than into been about our we he she i my",
    "de": "der das und ist nicht ein eine einen einem einer mit für auf dem den von zu sich auch wie aus bei nach über "
    "sind wird werden kann können ich du wir ihr sie es oder aber wenn weil dass im am zum zur noch nur sehr haben hat "
    "hier gibt vom diese dieser dieses was wo ja nein bitte",
    "fr": "le la les une des du et est dans pour que qui sur pas avec ce cette il elle nous vous ils sont au aux plus "
    "par je tu mais ou où être avoir fait très aussi comme c'est d'un d'une l'on ces leur son ses oui non merci de un",
    "es": "el la los las un una y es en de del que por para con no se su lo como más pero sus al está son muy también "
    "fue hay ser o este esta yo tú él ella nosotros usted sí gracias porque cuando qué",
    "it": "il lo la gli le un una e è di del della dei che per con non si su come più ma sono anche questo questa "
    "nel nella alla ha hanno essere molto io tu lui lei noi voi sì grazie perché quando dove degli dal",
    "nl": "de het een en van is niet dat op te zijn met voor aan er ook als bij maar om naar dan nog wel kan wordt "
    "deze dit ik jij wij hij zij ja nee",
    "pt": "o a os as um uma e é de do da dos das que em no na por para com não se mais como mas foi são também muito "
    "eu você ele ela nós sim obrigado porque quando está",
}
_WORDS = {code: frozenset(words.split()) for code, words in _SMALL.items()}
_SCRIPTS = {
    "CYRILLIC": "ru", "GREEK": "el", "HEBREW": "he", "ARABIC": "ar", "DEVANAGARI": "hi", "HANGUL": "ko",
    "HIRAGANA": "ja",
    "KATAKANA": "ja", "CJK": "cmn", "THAI": "th", "GEORGIAN": "ka", "ARMENIAN": "hy", "TAMIL": "ta", "BENGALI": "bn",
}  # fmt: skip
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")


def guess_language(text: str, languages: Collection[str], expected: str = "en") -> str | None:
    """The one of `languages` (two-letter codes) that `text` is clearly in; None if it may as well be `expected`."""
    words = [word.replace("’", "'") for word in _WORD.findall(text.lower())]
    if not words:
        return None
    script = _script("".join(words))
    if script is not None:
        return script if script in languages and script != expected else None
    at_home = _hits(words, expected)
    ranked = sorted(((_hits(words, code), code) for code in languages if code != expected), reverse=True)
    if not ranked or ranked[0][0] < max(FEWEST, SHARE * len(words)):
        return None
    hits, best = ranked[0]
    return best if hits > 2 * at_home else None


class AnswerLanguage:
    """The language of a text that comes clause by clause: once it is certain it stays."""

    def __init__(self, languages: Collection[str], expected: str = "en") -> None:
        self._languages = languages
        self._expected = expected
        self._text = ""
        self.language: str | None = None

    def add(self, clause: str) -> str | None:
        """What is known with this clause; None means the expected language."""
        if self.language is None:
            self._text = f"{self._text} {clause}"[-500:]
            self.language = guess_language(self._text, self._languages, self._expected)
        return self.language


def _hits(words: list[str], code: str) -> int:
    small = _WORDS.get(code, frozenset())
    return sum(word in small for word in words)


def _script(letters: str) -> str | None:
    """The language of a script that most letters are of, if it is not Latin. Kana anywhere make it Japanese."""
    counts: dict[str, int] = {}
    for letter in letters[:200]:
        code = _SCRIPTS.get(unicodedata.name(letter, "").partition(" ")[0], "") if letter > "\u02ff" else ""
        counts[code] = counts.get(code, 0) + 1
    if counts.get("ja"):
        return "ja"
    best = max(counts, key=lambda code: counts[code])
    return best or None
