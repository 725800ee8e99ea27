"""KB610: credences of one holder that break what the beliefs say of each other."""

from __future__ import annotations

from collections.abc import Iterator

from kb.checks.context import Context
from kb.checks.credences import incoherent
from kb.checks.registry import Hit, check


@check(
    "KB610",
    "incoherent-credences",
    severity="warning",
    summary="One holder's credences contradict what the beliefs declare of each other.",
    what="""
Where `depends-on` says that one belief entails or presupposes another, the other may not have the lower credence; statements that exclude each other
may have credences that sum to 1 at most, in pairs and in larger sets that all exclude each other. Current credences of one holder are
compared; two people may well disagree.
""",
    why="Whoever holds such credences could be sold a set of bets that loses whatever happens. One of them, or the dependence, is not what was meant.",
    bad="""
# beliefs/styles-are-selected.yaml
depends-on:
  - {belief: prompts-suffice, how: entails, note: What is selected can be selected by prompt.}
holders: [{holder: ann, history: [{date: 2026-01-10, credence: 0.8, because: a first guess}]}]
# beliefs/prompts-suffice.yaml
holders: [{holder: ann, history: [{date: 2026-01-10, credence: 0.5, because: a first guess}]}]
""",
    good="""
# beliefs/styles-are-selected.yaml
depends-on:
  - {belief: prompts-suffice, how: entails, note: What is selected can be selected by prompt.}
holders: [{holder: ann, history: [{date: 2026-01-10, credence: 0.5, because: a first guess}]}]
# beliefs/prompts-suffice.yaml
holders: [{holder: ann, history: [{date: 2026-01-10, credence: 0.8, because: a first guess}]}]
""",
    fix="Ask the holder; correct the dependence where it says more than was meant.",
)
def incoherent_credences(ctx: Context) -> Iterator[Hit]:
    for found in incoherent(ctx.corpus.beliefs, ctx.canonical):
        yield Hit(found.belief, found.path, found.words, "credences that can all be right", "correct a credence or the dependence")
