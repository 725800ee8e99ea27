"""Structural shapes whose count, independent count or state moved, and why; thresholds reached and lost."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from kb.contribute.diff.registry import Item, section
from kb.contribute.diff.sides import Change
from kb.contribute.diff.words import clip, listed
from kb.evidence.board import Example, ShapeRow


@section(
    "shapes",
    "Structural shapes",
    order=30,
    counts={
        "threshold-reached": ("threshold reached", "thresholds reached"),
        "threshold-lost": ("threshold lost", "thresholds lost"),
        "moved": ("shape moved", "shapes moved"),
        "tracked": ("shape newly tracked", "shapes newly tracked"),
        "untracked": ("shape no longer tracked", "shapes no longer tracked"),
        "beside": ("shape with other findings beside its count", "shapes with other findings beside their counts"),
    },
)
def shapes(change: Change) -> Iterator[Item]:
    """Thresholds first, then what moved, each by concept and shape."""
    before = {(change.now(row.concept), row.shape): row for row in change.before.state.board.rows}
    after = {(row.concept, row.shape): row for row in change.after.state.board.rows}
    found = [item for key in sorted(before.keys() | after.keys()) if (item := _item(change, before.get(key), after.get(key)))]
    kinds = ("threshold-reached", "threshold-lost", "moved", "tracked", "untracked", "beside")
    yield from sorted(found, key=lambda item: (kinds.index(item.kind), item.about))


def _item(change: Change, old: ShapeRow | None, new: ShapeRow | None) -> Item | None:
    if new is None:
        assert old is not None
        return Item("untracked", f"{old.concept}/{old.shape}", f"{old.concept}/{old.shape} is no longer tracked; it stood at {_standing(old)}")
    about = f"{new.concept}/{new.shape}"
    if old is None:
        kind = "threshold-reached" if new.count >= new.threshold else "tracked"
        return Item(kind, about, f"{about} is newly tracked: {_standing(new)}", tuple(f"example: {example.finding}" for example in new.examples))
    moved = list(_moved(old, new))
    beside = list(_beside(change, old, new))
    if not moved and not beside:
        return None
    held, holds = old.count >= old.threshold, new.count >= new.threshold
    kind = "threshold-reached" if holds and not held else "threshold-lost" if held and not holds else "moved" if moved else "beside"
    said = "; ".join(moved) if moved else f"the count stays: {_standing(new)}"
    return Item(kind, about, f"{about}: {said}", (*_why(change, old, new), *beside))


def _standing(row: ShapeRow) -> str:
    return f"{row.state_words}, {row.count_words} different ({row.independent_words} independent) of {row.threshold}"


def _moved(old: ShapeRow, new: ShapeRow) -> Iterator[str]:
    if old.count_words != new.count_words:
        yield f"{old.count_words} → {new.count_words} different examples of {new.threshold}"
    if old.independent_words != new.independent_words:
        yield f"{old.independent_words} → {new.independent_words} of them independent"
    if old.threshold != new.threshold:
        yield f"threshold {old.threshold} → {new.threshold}"
    if old.state != new.state:
        yield f"{old.state_words} → {new.state_words}"


def _why(change: Change, old: ShapeRow, new: ShapeRow) -> Iterator[str]:
    """What happened to the examples, to the ties between them, and to what the editors said."""
    was = {change.now(example.finding): example for example in old.examples}
    now = {example.finding: example for example in new.examples}
    left_out = {excluded.finding: excluded.reason for excluded in new.excluded}
    for name in sorted(now.keys() - was.keys()):
        yield f"joined: {name} ({_axes(now[name].axes)})" + ("" if now[name].counted else "; not in the largest set of different examples")
    for name in sorted(was.keys() - now.keys()):
        yield f"left: {name}, {_reason(change, new, name, left_out)}"
    for name in sorted(was.keys() & now.keys()):
        yield from _axis_changes(name, was[name], now[name])
    if (rule := change.before.corpus.config.thresholds.min_axes) != (rules := change.after.corpus.config.thresholds.min_axes):
        yield f"axes on which examples must differ: {rule} → {rules}"
    ties_before = {_pair(change.now(tie.a), change.now(tie.b)): tie.words for tie in old.ties}
    ties_after = {(tie.a, tie.b): tie.words for tie in new.ties}
    for pair, words in sorted(ties_after.items()):
        if pair not in ties_before:
            yield f"tied: {pair[0]} and {pair[1]}, by {clip(words)}"
        elif ties_before[pair] != words:
            yield f"tied otherwise: {pair[0]} and {pair[1]}, by {clip(words)}; before by {clip(ties_before[pair])}"
    for pair in sorted(ties_before.keys() - ties_after.keys()):
        if set(pair) <= now.keys():
            yield f"no longer tied: {pair[0]} and {pair[1]}, by {clip(ties_before[pair])}"
    for what, before, after in (("codified", old.codified, new.codified), ("retired", old.retired, new.retired)):
        if before != after:
            yield f"{what} on {after['on']} by {after['by']}: {clip(after['why'])}" if after else f"no longer {what}"


def _pair(a: str, b: str) -> tuple[str, str]:
    return min(a, b), max(a, b)


def _reason(change: Change, new: ShapeRow, name: str, left_out: Mapping[str, str]) -> str:
    if name in left_out:
        return left_out[name]
    if name not in change.after.corpus.findings:
        return "which is no valid finding any more" if name in change.after.ids_of_broken else "which was removed"
    roles = [role for role, findings in new.beside.items() if name in findings]
    return f"which is {roles[0]} now" if roles else "which does not list the shape any more"


def _axis_changes(name: str, was: Example, now: Example) -> Iterator[str]:
    for axis in sorted(was.axes.keys() | now.axes.keys()):
        before, after = was.axes.get(axis, "not assessed"), now.axes.get(axis, "not assessed")
        if before != after:
            yield f"{name}: {axis} {before} → {after}"


def _axes(axes: Mapping[str, str]) -> str:
    return ", ".join(f"{axis} {value}" for axis, value in axes.items()) or "no axis assessed"


def _beside(change: Change, old: ShapeRow, new: ShapeRow) -> Iterator[str]:
    """Findings that bear on the shape in another role than as an example."""
    for role in sorted(old.beside.keys() | new.beside.keys()):
        before, after = _now(change, old.beside.get(role, ())), set(new.beside.get(role, ()))
        if come := sorted(after - before):
            yield f"{role} now: {listed(come)}"
        if gone := sorted(before - after):
            yield f"{role} no longer: {listed(gone)}"


def _now(change: Change, names: Sequence[str]) -> set[str]:
    return {change.now(name) for name in names}
