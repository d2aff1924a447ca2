"""French."""

from app.engines.voice.speakable.language import Currency, Language

FRENCH = Language(
    code="fr",
    locale="fr",
    long_decimals=True,
    point="virgule",
    minus="moins",
    range="à",
    dot="point",
    at="arobase",
    slash="barre oblique",
    dash="tiret",
    underscore="tiret bas",
    colon="deux points",
    number="numéro",
    over="sur",
    about="environ",
    power="puissance",
    root="racine de",
    one_masculine="un",
    one_feminine="une",
    feminine_units=frozenset({"duration-hour", "duration-minute", "duration-second", "duration-week", "mass-tonne"})
    | {"mass-ounce", "energy-calorie", "duration-millisecond"},
    and_word="et",
    half_after="et",
    halves={2: ("un demi", "demis"), 3: ("un tiers", "tiers"), 4: ("un quart", "quarts")}
    | {5: ("un cinquième", "cinquièmes"), 6: ("un sixième", "sixièmes"), 7: ("un septième", "septièmes")}
    | {8: ("un huitième", "huitièmes"), 9: ("un neuvième", "neuvièmes"), 10: ("un dixième", "dixièmes")},
    signs={
        "&": "et", "=": "égale", "+": "plus", "×": "fois", "÷": "divisé par", "±": "plus ou moins",
        "≠": "est différent de", "≈": "est environ", "≤": "est au plus", "≥": "est au moins", "∞": "l'infini",
        "√": "racine de", "π": "pi", "²": "au carré", "³": "au cube", "°": "degrés", "%": "pour cent",
        "‰": "pour mille",
        "→": "vers", "€": "euros", "$": "dollars", "£": "livres", "¥": "yens", "§": "paragraphe", "©": "copyright",
        "®": "", "™": "", "¢": "centimes", "−": "moins", "∑": "somme de", "∫": "intégrale de", "µ": "mu", "Ω": "ohms",
        "‖": "", "@": "arobase",
    },
    between_numbers={"<": "est inférieur à", ">": "est supérieur à", "*": "fois", "·": "fois", "-": "moins",
        "/": "sur"},
    money_joint=" ",
    currencies={
        "USD": Currency(one="dollar", many="dollars", cent="cent", cents="cents"),
        "EUR": Currency(one="euro", many="euros", cent="centime", cents="centimes"),
        "GBP": Currency(one="livre", many="livres", feminine=True, cent="penny", cents="pence"),
        "CHF": Currency(one="franc suisse", many="francs suisses", cent="centime", cents="centimes"),
        "JPY": Currency(one="yen", many="yens"),
    },
    magnitudes={"k": "mille", "M": "millions", "Md": "milliards", "Mds": "milliards", "millions": "millions"}
    | {"million": "million", "milliards": "milliards", "milliard": "milliard"},
    of_money=" de ",
    abbreviations={
        "M.": "monsieur", "MM.": "messieurs", "Mme": "madame", "Mlle": "mademoiselle", "Dr": "docteur",
        "Dr.": "docteur", "Pr": "professeur", "p. ex.": "par exemple", "p.ex.": "par exemple",
        "c.-à-d.": "c'est-à-dire",
        "etc.": "et cetera", "env.": "environ", "St-": "saint ",
        "av. J.-C.": "avant Jésus-Christ", "apr. J.-C.": "après Jésus-Christ", "max.": "maximum", "min.": "minimum",
        "tél.": "téléphone", "av.": "avenue", "bd": "boulevard",
        "svp": "s'il vous plaît", "SVP": "s'il vous plaît", "cf.": "voir",
    },
    before_numbers={"n°": "numéro ", "N°": "numéro ", "nº": "numéro ", "p.": "page", "pp.": "pages", "vol.": "volume"}
    | {"chap.": "chapitre", "fig.": "figure", "art.": "article"},
    after_numbers={"min.": "min"},
    clock="{hour} {minute}",
    full_hour="{hour}",
    hour_words=("heure", "heures"),
    first_day="premier",
    date="{day} {month}",
    code_notice="Il y a du code dans la fenêtre.",
    more_units={"dB": ("décibel", "décibels"), "px": ("pixel", "pixels"), "Go": ("gigaoctet", "gigaoctets")}
    | {"Mo": ("mégaoctet", "mégaoctets"), "ko": ("kilooctet", "kilooctets"), "To": ("téraoctet", "téraoctets")},
)  # fmt: skip
