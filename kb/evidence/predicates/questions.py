"""The state of a question."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kb.evidence.predicates.bounds import absent, definite, either, words_of
from kb.evidence.predicates.reading import Reading
from kb.evidence.predicates.registry import atom
from schemas.predicate import QuestionReading

if TYPE_CHECKING:
    from kb.evidence.state import State


@atom(QuestionReading)
def question(state: State, asked: QuestionReading) -> Reading:
    """Rests on the question and on the records that answer it. Unknown only where there is no such question."""
    wanted = words_of(asked.is_)
    says = f"question {asked.question} is {either(wanted)}"
    found = state.corpus.questions.get(state.corpus.canonical(asked.question) or "")
    if found is None:
        return absent(says, f"no question {asked.question}", "the question")
    answers = [present.partition("/")[0] for answer in found.answers if (present := state.corpus.canonical(answer.record))]
    lacking = f"question {found.id} is {either([found.state])}, not {either(wanted)}"
    return definite(state.corpus, says, either([found.state]), [found.id, *answers], holds=found.state in wanted, lacking=lacking)
