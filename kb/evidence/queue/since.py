"""Days that the records themselves tell."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kb.evidence.state import State


def added(state: State, ids: Iterable[str]) -> list[dt.date]:
    """The days on which records (or the findings of claims) were added, earliest first."""
    return sorted(state.corpus.entries[i.partition("/")[0]].record.added for i in ids)
