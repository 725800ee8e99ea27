"""One belief with everything that follows for it from the rest of the knowledge base."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from math import isinf
from typing import TYPE_CHECKING, Any

from kb.evidence.coherence import Doubt, doubts
from kb.evidence.implied import Implied, implied
from kb.evidence.plain import plain
from kb.evidence.scoring import Score, score
from kb.evidence.triggers import Condition, Trigger
from schemas import Belief

if TYPE_CHECKING:
    from kb.evidence.state import State


@dataclass(frozen=True, slots=True)
class Weighed:
    """What the engine has to say about one belief. It changes nothing in the record."""

    belief: Belief
    tally: Mapping[str, int]
    """Direction to the number of items listed, directions without any left out."""
    conditions: tuple[Condition, ...]
    """Every update, in the order written."""
    triggers: tuple[Trigger, ...]
    """Those that are true, due ones first."""
    doubts: tuple[Doubt, ...]
    implied: tuple[Implied, ...]
    """For each holder."""
    scores: tuple[Score, ...]
    """For each holder, once the belief is resolved as true or false."""

    @property
    def due(self) -> tuple[Trigger, ...]:
        """The triggers for which somebody's review is due."""
        return tuple(trigger for trigger in self.triggers if trigger.due)

    def trigger(self, update: str) -> Trigger | None:
        """The trigger of an update, if its predicate is true."""
        return next((trigger for trigger in self.triggers if trigger.update == update), None)

    def to_json(self) -> Any:
        """Plain data, keys in kebab case; an infinite score is the text "infinite", an absent one null."""
        belief = self.belief
        return {
            "id": belief.id,
            "title": belief.title,
            "holders": [
                {
                    "holder": holding.holder,
                    "credence": holding.current.credence,
                    "since": holding.current.date.isoformat(),
                    "history": [{"date": entry.date.isoformat(), "credence": entry.credence} for entry in holding.history],
                }
                for holding in belief.holders
            ],
            "evidence": {direction: self.tally.get(direction, 0) for direction in ("for", "against", "mixed")},
            "review-due": [trigger.update for trigger in self.due],
            "conditions": plain(self.conditions),
            "triggers": plain(self.triggers),
            "doubts": plain(self.doubts),
            "implied": plain(self.implied),
            "resolution": plain(belief.resolution.model_dump(mode="json", by_alias=True)) if belief.resolution else None,
            "scores": [finite(plain(found)) for found in self.scores],
        }


def finite(data: dict[str, Any]) -> dict[str, Any]:
    """Infinite numbers, which JSON lacks, as the text "infinite"."""
    return {key: "infinite" if isinstance(value, float) and isinf(value) else value for key, value in data.items()}


def weighed(state: State, belief_id: str) -> Weighed:
    """Everything about one belief. Raises KeyError where there is none of that id."""
    belief = state.corpus.beliefs[belief_id]
    resolution = belief.resolution
    return Weighed(
        belief=belief,
        tally=dict(Counter(item.direction for item in belief.evidence)),
        conditions=state.reviewing.conditions(belief_id),
        triggers=state.reviewing.triggers(belief_id),
        doubts=doubts(state, belief),
        implied=tuple(implied(belief, holding, state.corpus.canonical) for holding in belief.holders),
        scores=tuple(found for holding in belief.holders if resolution and (found := score(holding, resolution)) is not None),
    )
