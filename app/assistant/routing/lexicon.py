"""Words that are of one kind to the router, so that what it learnt of "condense" holds for "trim" as well.

Written from general knowledge of English, as an index of kinds, not read off any phrases. Data only; what a kind speaks
for is learnt. A word is of one kind; its plural is meant as well.
"""

from __future__ import annotations

from functools import cache

KINDS: dict[str, str] = {
    # work on a text
    "text work": """summarise summarize summarising summarizing summary sum recap recapitulate condense abridge shorten
        shorter trim tighten abbreviate rephrase reword paraphrase rewrite restate polish proofread edit
        correct spellcheck punctuate translate translation translating outline simplify gist tldr synopsis
        digest abstract nutshell overview highlight bullet extract skim wording""",
    "text": """text paragraph sentence article passage essay letter mail email e-mail message report document
        chapter book story transcript minutes review statement memo contract newsletter draft page headline
        title caption quotation quote paper thread conversation chat discussion speech toast resume cv blurb
        lecture description manuscript comment wikipedia post blog line wording poem lyrics""",
    "here": "this these following below above pasted attached",
    # programs
    "programming": """python java javascript typescript kotlin rust ruby php perl haskell scala swift golang bash
        powershell matlab julia lua html css sql xml json yaml toml regex latex react angular vue django
        flask numpy pandas docker kubernetes git github linux unix node npm pip cargo cmake pytest postgres
        mysql sqlite mongodb excel vba arduino csharp cpp""",
    "code": """code coding program programme function method class variable array loop string integer float boolean
        dict dictionary tuple pointer recursion recursive algorithm compile compiler compiles linker debug
        debugger debugging bug exception error traceback stack heap queue thread async await api endpoint
        server client request query database schema script snippet syntax library package module import
        repository repo commit branch merge rebase pull push refactor unit test mock lint regex pattern
        parse parser parsing terminal shell command console stdout bytes byte hash hashing encrypt null
        undefined nan none true false callback closure lambda iterator generator decorator inheritance
        interface instance object attribute parameter argument return cache mutex deadlock socket http url
        frontend backend framework webpage website html button element component container dockerfile
        makefile cron crontab segfault segmentation overflow typeerror keyerror valueerror importerror
        indexerror bytecode sort sorting binary index column row dataframe json csv""",
    # several steps
    "scheme": """plan planning planner schedule itinerary timetable strategy roadmap agenda budget routine programme
        timeline checklist stage step phase milestone goal rota curriculum course syllabus regimen blueprint
        approach procedure""",
    "arrange": """organise organize organising arrange prepare preparing design devise map lay structure coordinate
        prioritise prioritize allocate divide distribute split schedule sketch develop work figure sort
        break""",
    "weigh": """compare comparing comparison versus vs weigh pros cons advantage disadvantage better best worse
        cheaper worth decide deciding decision choose choosing choice option alternative evaluate rank
        recommend tradeoff trade-off contrast benefit drawback risk sensible wiser should""",
    "reason": """why because therefore reason reasoning explain suppose assume imagine consider considering given
        prove proof deduce estimate calculate solve puzzle probability likely odds chance each together
        altogether twice half third per""",
    "journey": """trip travel travelling traveling holiday vacation journey tour route flight drive driving train
        hotel sightseeing cruise hike hiking camping weekend""",
    # what this machine can do
    "keep": """note notes list reminder remind reminding remember forget jot record groceries grocery shopping todo
        to-do task memo""",
    "clock": "timer alarm countdown stopwatch snooze wake ring buzz clock o'clock midnight noon time",
    "span": "second minute hour day week month year decade century fortnight quarter",
    "date": """monday tuesday wednesday thursday friday saturday sunday january february march april june july
        august september october november december today tomorrow tonight yesterday christmas easter
        birthday weekend calendar date morning afternoon evening""",
    "unit": """metre meter kilometre kilometer centimetre centimeter millimetre millimeter mile foot feet inch yard
        gram kilogram kilo pound ounce stone ton litre liter millilitre milliliter gallon pint cup
        tablespoon teaspoon celsius fahrenheit kelvin degree acre hectare byte kilobyte megabyte gigabyte
        terabyte watt volt joule calorie mph kmh km cm mm kg lb oz ml""",
    "sum": """plus minus times divided multiplied multiply add subtract percent percentage square root squared
        cubed power sum total average mean convert conversion tip tax vat discount euro dollar cent""",
    "machine": """battery disk drive storage space memory ram processor cpu computer laptop machine system screen fan
        charging charger plugged wifi network download folder file desktop app application browser
        calculator window gigabyte uptime""",
    "do": """set start stop cancel put add delete remove clear open launch show find search look read save move
        tick cross close turn switch bring""",
    # talk
    "feeling": """happy sad angry lonely tired bored hungry thirsty nervous afraid scared excited proud sorry sick ill
        fine good bad awful lovely nice funny love hate like enjoy miss hope wish feel feeling""",
    "greeting": """hello hi hey goodbye bye thanks thank welcome please sorry yes no okay ok yeah nope sure maybe wow
        oh great cool right well""",
    "kin": """mother father mum mom dad sister brother son daughter wife husband friend boss neighbour neighbor
        uncle aunt grandma grandpa grandmother grandfather cousin kid child children baby family teacher""",
    "fun": """joke riddle story tale poem rhyme song sing limerick game play quiz film movie music band match
        fairy""",
    "creature": """animal dog cat horse bird fish lion tiger elephant spider mouse cow pig sheep wolf bear whale bee
        snake tree flower plant""",
    "fact": """capital country city continent river mountain ocean planet moon sun star president king queen
        inventor invented discovered wrote painted composed born died war century language population called
        mean means meaning opposite spell spelled colour color""",
    # the little words that tell English from other languages
    "english": """the a an of in on at to for from with by and or but if is are was were be been am do does did has
        have had can could would will shall may might must not it its he she they we you i me my your his
        her our their that what when where who which how than then there as about into over""",
}


@cache
def kinds() -> dict[str, str]:
    """The kind of each word; the first that has it counts."""
    found: dict[str, str] = {}
    for kind, words in KINDS.items():
        for word in words.split():
            found.setdefault(word, kind)
    return found


def kind_of(word: str) -> str | None:
    """The kind of a word in small letters, or of that of which it is the plural."""
    known = kinds()
    return known.get(word) or (known.get(word[:-1]) if word.endswith("s") else None)
