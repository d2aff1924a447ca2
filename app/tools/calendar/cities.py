"""Well-known places that give no time zone its name, and names of zones as people say them. Data only."""

from __future__ import annotations

ZONE_OF = {
    name: zone
    for zone, names in {
        "America/New_York": "boston|washington|washington dc|washington d c|philadelphia|miami|atlanta|orlando|tampa"
        "|cleveland|pittsburgh|baltimore|charlotte|new york city|nyc|buffalo|eastern time|new jersey|massachusetts"
        "|pennsylvania|virginia|north carolina|south carolina|ohio|connecticut|vermont|maine|new hampshire|maryland",
        "America/Chicago": "houston|dallas|austin|san antonio|new orleans|minneapolis|st louis|saint louis|milwaukee"
        "|kansas city|memphis|nashville|central time|illinois|minnesota|wisconsin|louisiana|alabama|iowa|oklahoma"
        "|arkansas|mississippi|missouri",
        "America/Denver": "salt lake city|albuquerque|boulder|colorado springs|mountain time|colorado|utah|wyoming"
        "|montana|new mexico",
        "America/Phoenix": "arizona|tucson",
        "America/Los_Angeles": "san francisco|seattle|las vegas|san diego|san jose|portland|sacramento|oakland|la|l a"
        "|hollywood|silicon valley|pacific time|california|washington state",
        "Pacific/Honolulu": "hawaii|maui",
        "America/Anchorage": "alaska",
        "America/Toronto": "montreal|ottawa|quebec|quebec city|ontario",
        "America/Edmonton": "calgary|alberta",
        "America/Vancouver": "british columbia",
        "America/Sao_Paulo": "rio de janeiro|rio|brasilia",
        "America/Mexico_City": "guadalajara",
        "America/Argentina/Buenos_Aires": "buenos aires",
        "Europe/London": "england|scotland|wales|great britain|britain|uk|the uk|united kingdom|u k|edinburgh|glasgow"
        "|manchester|liverpool|birmingham|cardiff|oxford|cambridge|northern ireland|leeds|bristol",
        "Europe/Dublin": "cork|galway",
        "Europe/Paris": "lyon|marseille|nice|bordeaux|toulouse|strasbourg",
        "Europe/Berlin": "munich|hamburg|frankfurt|cologne|stuttgart|dresden|leipzig|dusseldorf|düsseldorf",
        "Europe/Zurich": "geneva|bern|basel|zürich",
        "Europe/Vienna": "salzburg|graz|innsbruck",
        "Europe/Madrid": "barcelona|seville|valencia|bilbao|malaga",
        "Europe/Lisbon": "porto",
        "Europe/Rome": "milan|venice|florence|naples|turin|sicily",
        "Europe/Amsterdam": "rotterdam|the hague|holland|the netherlands|utrecht",
        "Europe/Brussels": "antwerp|bruges",
        "Europe/Prague": "czechia|czech republic|the czech republic|brno",
        "Europe/Warsaw": "krakow|cracow|gdansk",
        "Europe/Stockholm": "gothenburg",
        "Europe/Oslo": "bergen",
        "Europe/Athens": "thessaloniki|crete",
        "Europe/Istanbul": "ankara|türkiye",
        "Europe/Kyiv": "kiev|kyiv|lviv|odessa|odesa",
        "Europe/Moscow": "saint petersburg|st petersburg",
        "Asia/Tokyo": "osaka|kyoto|hiroshima|nagoya|sapporo",
        "Asia/Shanghai": "beijing|shenzhen|guangzhou|wuhan|peking",
        "Asia/Hong_Kong": "hong kong",
        "Asia/Seoul": "south korea|korea|busan",
        "Asia/Pyongyang": "north korea",
        "Asia/Kolkata": "mumbai|delhi|new delhi|bangalore|bengaluru|chennai|hyderabad|calcutta|bombay|pune",
        "Asia/Karachi": "islamabad|lahore",
        "Asia/Kathmandu": "kathmandu",
        "Asia/Dubai": "abu dhabi|uae|the uae|emirates|the emirates",
        "Asia/Riyadh": "mecca|jeddah",
        "Asia/Jerusalem": "tel aviv",
        "Asia/Ho_Chi_Minh": "saigon|hanoi|ho chi minh city",
        "Asia/Yangon": "myanmar|burma|rangoon",
        "Asia/Jakarta": "java",
        "Asia/Makassar": "bali",
        "Asia/Manila": "the philippines",
        "Africa/Johannesburg": "cape town|pretoria|durban",
        "Africa/Lagos": "abuja",
        "Africa/Casablanca": "marrakesh|marrakech|rabat",
        "Africa/Abidjan": "ivory coast",
        "Africa/Kinshasa": "kinshasa",
        "Australia/Sydney": "canberra|new south wales",
        "Pacific/Auckland": "wellington",
        "UTC": "utc|gmt|greenwich|zulu time|coordinated universal time|universal time",
    }.items()
    for name in names.split("|")
}

MAIN_ZONE_ONLY = frozenset(["AR", "CL", "CN", "CY", "DE", "EC", "ES", "MH", "MY", "NZ", "PS", "PT", "UA", "UZ"])
"""Countries with several zones, of which the first is meant when only the country is named."""

NO_PLACES = frozenset(
    ["center", "easter", "north", "south", "west", "east", "act", "nsw", "lhi", "georgia", "troll", "nome"]
)
"""Names of zones and countries that may mean something else."""

ALSO = {
    "usa": "united states",
    "us": "united states",
    "the us": "united states",
    "the usa": "united states",
    "america": "united states",
    "the united states": "united states",
    "the states": "united states",
}
