"""Predicates over the derived state: what each atom reads, and whether the whole holds.

Three values. *true* and *false* say what the knowledge base holds today; *unknown* says that what was asked about is not there: no
result of that replication and tier, no interval, no such figure. A count is never unknown for want of records: none filed is 0 filed, and what is
counted is the knowledge base, not the world. `all`, `any` and `not` follow Kleene's strong logic (Introduction to
Metamathematics, 1952, section 64): a value is definite only if no filling in of the unknown parts could change it.
Each atom is a module here, registered by `@atom` for the model that it reads.
"""

from __future__ import annotations

from kb.evidence.predicates.evaluate import evaluate
from kb.evidence.predicates.reading import Reading, Truth

__all__ = ["Reading", "Truth", "evaluate"]
