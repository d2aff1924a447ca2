"""Makes resources/endpointing/endings.json: how readily an utterance ends after a word, and after a pair of words.

The figures are read off the trigram language model that pocketsphinx bundles (en-us, mostly transcribed talk): the
natural logarithm of P(end of utterance | last word), and of P(end | last two words) where that is common and differs.
The library runs in a process of its own, since it is a model library. Run it again after pocketsphinx was updated:

    python -m app.bench.endpointing.endings
"""

from __future__ import annotations

import subprocess
import sys

from app.files import resource

OUT = resource("endpointing", "endings.json")

_READ = """
import json, os, sys
from pocketsphinx import LogMath, NGramModel, get_model_path
math, folder = LogMath(), get_model_path() + "/en-us/"
model = NGramModel.readfile(folder + "en-us.lm.bin")
def ln(*last_first):
    return math.log_to_ln(model.prob(list(last_first)))
WORDS, PARTNERS, RAREST, DIFFERS = 4000, 1500, -11.5, 0.7
with open(folder + "cmudict-en-us.dict", encoding="utf-8") as dictionary:
    words = {line.split()[0].split("(")[0] for line in dictionary}
how_common = {word: ln(word) for word in words}
top = sorted(sorted(words), key=lambda word: -how_common[word])[:WORDS]
ends = {word: round(ln("</s>", word), 1) for word in top}
pairs = {}
for last in top[:PARTNERS]:
    for before in ["<s>", *top[:PARTNERS]]:  # <s>: the word is the whole utterance
        if how_common.get(before, 0) + ln(last, before) > RAREST:
            after_both = ln("</s>", last, before)
            if abs(after_both - ends[last]) > DIFFERS:
                pairs[before + " " + last] = round(after_both, 1)
source = "pocketsphinx en-us.lm.bin: ln P(end of utterance | last word), | last two words"
json.dump({"source": source, "words": ends, "pairs": pairs}, sys.stdout, separators=(",", ":"), sort_keys=True)
sys.stdout.flush()
os._exit(0)  # the library does not survive its own end
"""


def main() -> None:
    read = subprocess.run([sys.executable, "-c", _READ], check=True, capture_output=True, text=True)
    OUT.write_text(read.stdout + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
