"""The verdict: does a second answer agree with the first, add to it, or correct it?

`judge` compares what two answers claim; where a tool's exact result decides, that alone counts (`facts`). The parts:
`words` (stems, synonyms, opposites), `numerals`, `units`, `quantities` and `moments` read values, `claims` puts
together what a text claims, `asking` says what a question wants, `stances` and `comparing` find contradictions,
`judging` decides.
"""

from app.assistant.verdict.facts import ToolFact
from app.assistant.verdict.judging import judge
from app.assistant.verdict.outcome import Name, Opinion, Verdict

__all__ = ["Name", "Opinion", "ToolFact", "Verdict", "judge"]
