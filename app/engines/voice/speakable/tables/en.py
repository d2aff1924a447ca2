"""English."""

from dataclasses import replace

from app.engines.voice.speakable.language import Currency, Language

ENGLISH = Language(
    code="en",
    locale="en",
    comma_decimals=False,
    point="point",
    minus="minus",
    range="to",
    dot="dot",
    at="at",
    slash="slash",
    dash="dash",
    underscore="underscore",
    colon="colon",
    number="number",
    over="over",
    about="about",
    power="to the power of",
    root="the square root of",
    one_masculine="one",
    one_feminine="one",
    and_word="and",
    half_after="and",
    halves={2: ("a half", "halves"), 3: ("a third", "thirds"), 4: ("a quarter", "quarters")}
    | {5: ("a fifth", "fifths"), 6: ("a sixth", "sixths"), 7: ("a seventh", "sevenths"), 8: ("an eighth", "eighths")}
    | {9: ("a ninth", "ninths"), 10: ("a tenth", "tenths")},
    signs={
        "&": "and", "=": "equals", "+": "plus", "×": "times", "÷": "divided by", "±": "plus or minus", "≠": "is not",
        "≈": "is about", "≤": "is at most", "≥": "is at least", "∞": "infinity", "√": "the square root of",
        "π": "pi", "²": "squared", "³": "cubed", "°": "degrees", "%": "percent", "‰": "per mille", "→": "to",
        "€": "euros", "$": "dollars", "£": "pounds", "¥": "yen", "§": "section", "©": "copyright", "®": "registered",
        "™": "trademark", "¢": "cents", "−": "minus", "∑": "the sum of", "∫": "the integral of", "µ": "mu", "Ω": "ohms",
        "‖": "", "@": "at",
    },
    between_numbers={"<": "is less than", ">": "is greater than", "*": "times", "·": "times", "-": "minus",
        "/": "divided by"},
    money_joint=" and ",
    name_cents=True,
    currencies={
        "USD": Currency(one="dollar", many="dollars", cent="cent", cents="cents"),
        "EUR": Currency(one="euro", many="euros", cent="cent", cents="cents"),
        "GBP": Currency(one="pound", many="pounds", cent="penny", cents="pence"),
        "CHF": Currency(one="Swiss franc", many="Swiss francs", cent="centime", cents="centimes"),
        "INR": Currency(one="rupee", many="rupees", cent="paisa", cents="paise"),
        "JPY": Currency(one="yen", many="yen"),
    },
    magnitudes={
        "k": "thousand", "K": "thousand", "m": "million", "M": "million", "bn": "billion", "b": "billion",
        "B": "billion", "tn": "trillion", "T": "trillion",
        "thousand": "thousand", "million": "million", "billion": "billion", "trillion": "trillion",
    },
    abbreviations={
        "Dr.": "Doctor", "Mr.": "Mister", "Mrs.": "Missus", "Ms.": "Miz", "Prof.": "Professor", "St.": "Saint",
        "Rev.": "Reverend", "Gen.": "General", "Capt.": "Captain", "Lt.": "Lieutenant", "Sgt.": "Sergeant",
        "Mt.": "Mount", "e.g.": "for example", "i.e.": "that is", "etc.": "et cetera", "vs.": "versus",
        "cf.": "compare",
        "approx.": "approximately", "dept.": "department", "Dept.": "Department", "govt.": "government",
        "min.": "minimum", "max.": "maximum", "Inc.": "Incorporated", "Ltd.": "Limited", "Corp.": "Corporation",
        "Co.": "Company", "Jr.": "Junior", "Sr.": "Senior", "est.": "estimated", "ca.": "about", "Ave.": "Avenue",
        "Blvd.": "Boulevard", "Rd.": "Road", "w/o": "without", "w/": "with", "vs": "versus",
        "a.k.a.": "also known as", "aka": "also known as",
        "et al.": "and others", "Ph.D.": "P H D", "PhD": "P H D", "U.S.A.": "U S A", "U.S.": "U S", "U.K.": "U K",
        "24/7": "twenty-four seven",
    },
    before_numbers={
        "no.": "number", "No.": "Number", "nos.": "numbers", "Nos.": "Numbers", "p.": "page", "pp.": "pages",
        "Fig.": "Figure", "fig.": "figure", "Vol.": "Volume", "vol.": "volume", "Ch.": "Chapter", "ch.": "chapter",
        "Sec.": "Section", "sec.": "section", "#": "number ",
    },
    after_numbers={
        "tbsp.": "tbsp", "tsp.": "tsp", "hrs.": "hrs", "hr.": "hr", "mins.": "mins", "min.": "min", "sec.": "sec",
        "oz.": "oz", "lb.": "lb", "lbs.": "lbs", "ft.": "ft", "in.": "inch", "yd.": "yd", "mi.": "mi", "kg.": "kg",
    },
    clock="{hour} {minute}",
    full_hour="{hour} o'clock",
    date="{month} {day}",
    year_joint=", ",
    year_words=frozenset({"in", "since", "by", "from", "until", "till", "year", "of", "around", "circa", "before"})
    | {"after", "between", "early", "late", "to", "and", "during", "winter", "summer", "spring", "autumn", "fall"},
    code_notice="There is code in the window.",
    month_first=True,
    more_units={
        "fps": ("frame per second", "frames per second"), "px": ("pixel", "pixels"), "rpm": ("R P M", "R P M"),
        "inch": ("inch", "inches"),
        "dB": ("decibel", "decibels"), "mAh": ("milliamp hour", "milliamp hours"), "lbs": ("pound", "pounds"),
        "hrs": ("hour", "hours"), "mins": ("minute", "minutes"), "secs": ("second", "seconds"),
        "sec": ("second", "seconds"), "hr": ("hour", "hours"), "bps": ("bit per second", "bits per second"),
        "kbps": ("kilobit per second", "kilobits per second"), "Mbps": ("megabit per second", "megabits per second"),
        "Gbps": ("gigabit per second", "gigabits per second"), "GiB": ("gibibyte", "gibibytes"),
        "MiB": ("mebibyte", "mebibytes"), "tbsp": ("tablespoon", "tablespoons"), "tsp": ("teaspoon", "teaspoons"),
    },
)  # fmt: skip

BRITISH = replace(ENGLISH, locale="en_GB", month_first=False, date="{day} of {month}")
"""Dates in figures have the day first; everywhere in English but in the United States."""
