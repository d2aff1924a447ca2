"""German."""

from app.engines.voice.speakable.language import Currency, Language

GERMAN = Language(
    code="de",
    locale="de",
    point="Komma",
    minus="minus",
    range="bis",
    dot="Punkt",
    at="ät",
    slash="Schrägstrich",
    dash="Strich",
    underscore="Unterstrich",
    colon="Doppelpunkt",
    number="Nummer",
    over="durch",
    about="etwa",
    power="hoch",
    root="Wurzel aus",
    one_masculine="ein",
    one_feminine="eine",
    feminine_units=frozenset({"duration-hour", "duration-minute", "duration-second", "duration-week", "mass-ton"})
    | {"mass-tonne", "length-mile", "mass-ounce", "energy-kilowatt-hour", "energy-calorie", "energy-foodcalorie"}
    | {"duration-millisecond", "mile-per-hour", "energy-kilocalorie"},
    and_word="und",
    half_after="einhalb",
    halves={2: ("ein halb", "halbe"), 3: ("ein Drittel", "Drittel"), 4: ("ein Viertel", "Viertel")}
    | {5: ("ein Fünftel", "Fünftel"), 6: ("ein Sechstel", "Sechstel"), 7: ("ein Siebtel", "Siebtel")}
    | {8: ("ein Achtel", "Achtel"), 9: ("ein Neuntel", "Neuntel"), 10: ("ein Zehntel", "Zehntel")},
    signs={
        "&": "und", "=": "ist gleich", "+": "plus", "×": "mal", "÷": "geteilt durch", "±": "plus minus",
        "≠": "ist ungleich", "≈": "ist ungefähr", "≤": "ist höchstens", "≥": "ist mindestens", "∞": "unendlich",
        "√": "Wurzel aus", "π": "pi", "²": "Quadrat", "³": "hoch drei", "°": "Grad", "%": "Prozent", "‰": "Promille",
        "→": "nach", "€": "Euro", "$": "Dollar", "£": "Pfund", "¥": "Yen", "§": "Paragraf", "©": "Copyright",
        "®": "", "™": "", "¢": "Cent", "−": "minus", "∑": "Summe über", "∫": "Integral über", "µ": "mü", "Ω": "Ohm",
        "‖": "", "@": "ät",
    },
    between_numbers={"<": "ist kleiner als", ">": "ist größer als", "*": "mal", "·": "mal", "-": "minus", "/": "durch"},
    money_joint=" ",
    currencies={
        "USD": Currency(one="Dollar", many="Dollar", cent="Cent", cents="Cent"),
        "EUR": Currency(one="Euro", many="Euro", cent="Cent", cents="Cent"),
        "GBP": Currency(one="Pfund", many="Pfund", cent="Penny", cents="Pence"),
        "CHF": Currency(one="Franken", many="Franken", cent="Rappen", cents="Rappen"),
        "JPY": Currency(one="Yen", many="Yen"),
    },
    magnitudes={
        "Tsd.": "tausend", "Mio.": "Millionen", "Mrd.": "Milliarden", "Mio": "Millionen", "Mrd": "Milliarden",
        "Millionen": "Millionen", "Milliarden": "Milliarden", "Million": "Million", "Milliarde": "Milliarde",
        "tausend": "tausend",
    },
    abbreviations={
        "z. B.": "zum Beispiel", "z.B.": "zum Beispiel", "d. h.": "das heißt", "d.h.": "das heißt",
        "u. a.": "unter anderem", "u.a.": "unter anderem", "o. ä.": "oder ähnliches", "o.ä.": "oder ähnliches",
        "usw.": "und so weiter", "etc.": "et cetera", "bzw.": "beziehungsweise", "ca.": "circa", "Dr.": "Doktor",
        "Prof.": "Professor", "Str.": "Straße", "evtl.": "eventuell", "ggf.": "gegebenenfalls",
        "inkl.": "inklusive", "vgl.": "vergleiche", "Mio.": "Millionen", "Mrd.": "Milliarden", "Tsd.": "tausend",
        "Hr.": "Herr", "Fr.": "Frau", "Jh.": "Jahrhundert", "max.": "maximal", "min.": "minimal",
        "sog.": "sogenannt", "Tel.": "Telefon",
        "St.": "Sankt", "v. Chr.": "vor Christus", "n. Chr.": "nach Christus", "zzgl.": "zuzüglich",
        "gem.": "gemäß", "i. d. R.": "in der Regel", "i.d.R.": "in der Regel",
        "m. E.": "meines Erachtens", "s. o.": "siehe oben", "s. u.": "siehe unten", "jmd.": "jemand",
    },
    before_numbers={"Nr.": "Nummer", "nr.": "Nummer", "S.": "Seite", "Abb.": "Abbildung", "Kap.": "Kapitel",
        "Bd.": "Band"}
    | {"Art.": "Artikel", "Abs.": "Absatz"},
    after_numbers={"Std.": "Std", "Min.": "min", "Sek.": "Sek", "min.": "min"},
    clock="{hour} {minute}",
    full_hour="{hour}",
    hour_words=("Uhr", "Uhr"),
    date="{day} {month}",
    year_words=frozenset({"im", "jahr", "jahre", "seit", "ab", "bis", "um", "von", "in", "anno", "sommer", "winter"}),
    code_notice="Im Fenster steht Code.",
    more_units={
        "Std": ("Stunde", "Stunden"), "Sek": ("Sekunde", "Sekunden"), "dB": ("Dezibel", "Dezibel"),
        "px": ("Pixel", "Pixel"), "fps": ("Bild pro Sekunde", "Bilder pro Sekunde"),
        "Mbit/s": ("Megabit pro Sekunde", "Megabit pro Sekunde"), "EL": ("Esslöffel", "Esslöffel"),
        "TL": ("Teelöffel", "Teelöffel"),
    },
)  # fmt: skip
