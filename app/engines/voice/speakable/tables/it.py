"""Italian."""

from app.engines.voice.speakable.language import Currency, Language

ITALIAN = Language(
    code="it",
    locale="it",
    long_decimals=True,
    point="virgola",
    minus="meno",
    range="a",
    dot="punto",
    at="chiocciola",
    slash="barra",
    dash="trattino",
    underscore="trattino basso",
    colon="due punti",
    number="numero",
    over="su",
    about="circa",
    power="elevato a",
    root="radice di",
    one_masculine="un",
    one_feminine="una",
    feminine_units=frozenset({"duration-hour", "duration-week", "mass-tonne", "mass-pound", "mass-ounce"})
    | {"energy-calorie"},
    and_word="e",
    half_after="e",
    halves={2: ("un mezzo", "mezzi"), 3: ("un terzo", "terzi"), 4: ("un quarto", "quarti")}
    | {5: ("un quinto", "quinti"), 6: ("un sesto", "sesti"), 7: ("un settimo", "settimi")}
    | {8: ("un ottavo", "ottavi"), 9: ("un nono", "noni"), 10: ("un decimo", "decimi")},
    signs={
        "&": "e", "=": "uguale", "+": "più", "×": "per", "÷": "diviso", "±": "più o meno", "≠": "è diverso da",
        "≈": "è circa", "≤": "è al massimo", "≥": "è almeno", "∞": "infinito", "√": "radice di", "π": "pi",
        "²": "al quadrato", "³": "al cubo", "°": "gradi", "%": "per cento", "‰": "per mille", "→": "a", "€": "euro",
        "$": "dollari", "£": "sterline", "¥": "yen", "§": "paragrafo", "©": "copyright", "®": "", "™": "",
        "¢": "centesimi", "−": "meno", "∑": "somma di", "∫": "integrale di", "µ": "mu", "Ω": "ohm", "‖": "",
        "@": "chiocciola",
    },
    between_numbers={"<": "è minore di", ">": "è maggiore di", "*": "per", "·": "per", "-": "meno", "/": "su"},
    money_joint=" e ",
    currencies={
        "USD": Currency(one="dollaro", many="dollari", cent="centesimo", cents="centesimi"),
        "EUR": Currency(one="euro", many="euro", cent="centesimo", cents="centesimi"),
        "GBP": Currency(one="sterlina", many="sterline", feminine=True, cent="penny", cents="pence"),
        "CHF": Currency(one="franco svizzero", many="franchi svizzeri", cent="centesimo", cents="centesimi"),
        "JPY": Currency(one="yen", many="yen"),
    },
    magnitudes={"mila": "mila", "M": "milioni", "Mld": "miliardi", "mln": "milioni", "mld": "miliardi"}
    | {"milioni": "milioni", "milione": "milione", "miliardi": "miliardi", "miliardo": "miliardo"},
    of_money=" di ",
    abbreviations={
        "sig.": "signor", "Sig.": "signor", "sig.ra": "signora", "Sig.ra": "signora", "dott.": "dottor",
        "Dott.": "dottor", "dott.ssa": "dottoressa", "Dott.ssa": "dottoressa", "ecc.": "eccetera",
        "ad es.": "ad esempio",
        "p. es.": "per esempio", "es.": "esempio", "prof.": "professor", "Prof.": "professor", "ca.": "circa",
        "tel.": "telefono", "max.": "massimo",
        "min.": "minimo", "a.C.": "avanti Cristo", "d.C.": "dopo Cristo",
        "ing.": "ingegner", "avv.": "avvocato",
    },
    before_numbers={"n.": "numero", "nº": "numero ", "n°": "numero ", "pag.": "pagina", "pagg.": "pagine"}
    | {"p.": "pagina", "cap.": "capitolo", "vol.": "volume", "art.": "articolo"},
    after_numbers={"min.": "min"},
    clock="{hour} e {minute}",
    full_hour="{hour} in punto",
    date="{day} {month}",
    first_day="primo",
    code_notice="Nella finestra c'è del codice.",
    more_units={"dB": ("decibel", "decibel"), "px": ("pixel", "pixel")},
)  # fmt: skip
