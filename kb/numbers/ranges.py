"""The range of an expression when each measure may lie anywhere in its interval. Exact fractions, no floats in finite ends.

Plain interval arithmetic treats each occurrence of a measure as if it could take a value of its own, so that `a - a`
with a in [1, 2] becomes [-1, 1] although it is 0. Here an occurrence is the same number everywhere: where a measure occurs more
than once, the interval of its partial derivative is computed (forward mode); where its sign is settled, the measure is fixed
at the end that gives the extremum, otherwise its interval is halved, best candidate first (branch and bound; Moore, Kearfott and
Cloud 2009, Introduction to Interval Analysis, ch. 6 and 11). An expression in which every measure occurs once needs none of
that: natural interval extension is exact there.

Ends are taken as closed; `kb.numbers.evaluate` says what follows when only ends meet.
"""

from __future__ import annotations

import heapq
from collections.abc import Mapping
from fractions import Fraction
from functools import reduce
from math import inf
from typing import NamedTuple

from kb.numbers.grammar import ExpressionError
from kb.numbers.interval import Interval, show
from kb.numbers.nodes import Binary, Call, Name, Negative, Node, Number, children, uses

End = Fraction | float
"""A finite end is a Fraction; the only floats are plus and minus infinity."""

Box = Mapping[str, "Span"]

BOXES = 400
"""Boxes looked at for one bound before it is given as not settled."""
WORK = 40_000
"""Visits to nodes, times measures followed, for one bound: the same limit for large expressions. Both count steps, never seconds."""


class Span(NamedTuple):
    low: End
    high: End


class UndefinedError(ExpressionError):
    """A value that the intervals leave undefined: a divisor that may be zero."""


class Extremum(NamedTuple):
    """The least value of an expression: it is no less than `outer`, and `inner` is reached or approached."""

    outer: End
    inner: End

    @property
    def settled(self) -> bool:
        return self.outer == self.inner


def span_of(interval: Interval) -> Span:
    return Span(-inf if interval.low is None else interval.low, inf if interval.high is None else interval.high)


def _infinite(x: End) -> bool:
    return isinstance(x, float)


def _plus(x: End, y: End) -> End:
    # Lows are never +infinity and highs never -infinity, so that opposite infinities do not meet.
    return x if _infinite(x) else y if _infinite(y) else x + y


def _times(x: End, y: End) -> End:
    if x == 0 or y == 0:
        return Fraction(0)
    if _infinite(x) or _infinite(y):
        return inf if (x > 0) == (y > 0) else -inf
    return x * y


def add(a: Span, b: Span) -> Span:
    return Span(_plus(a.low, b.low), _plus(a.high, b.high))


def negate(a: Span) -> Span:
    return Span(-a.high, -a.low)


def multiply(a: Span, b: Span) -> Span:
    products = [_times(x, y) for x in a for y in b]
    return Span(min(products), max(products))


def invert(a: Span, column: int, text: str = "the divisor") -> Span:
    """1 / a. Raises UndefinedError where a contains zero."""
    if a.low <= 0 <= a.high:
        end = [("-infinity" if x < 0 else "infinity") if isinstance(x, float) else show(x) for x in a]
        raise UndefinedError(f"{text} may be zero (it lies between {end[0]} and {end[1]}), so the quotient is unbounded", column)
    return Span(*(Fraction(0) if isinstance(x, float) else 1 / x for x in (a.high, a.low)))


def hull(a: Span, b: Span) -> Span:
    return Span(min(a.low, b.low), max(a.high, b.high))


def natural(node: Node, box: Box) -> Span:
    """Natural interval extension: contains the range; equal to it where no measure that is not a point occurs twice."""
    return _slopes(node, box, frozenset())[0]


ZERO = Span(Fraction(0), Fraction(0))
ONE = Span(Fraction(1), Fraction(1))
Slopes = dict[str, Span]


def _slopes(node: Node, box: Box, over: frozenset[str]) -> tuple[Span, Slopes]:
    """The value's interval, and the interval of its derivative by each measure in `over` that occurs in the node."""
    match node:
        case Number(value=number):
            return Span(number, number), {}
        case Name(name=name):
            return box[name], ({name: ONE} if name in over else {})
        case Negative(of=of):
            value, slopes = _slopes(of, box, over)
            return negate(value), {k: negate(d) for k, d in slopes.items()}
        case Binary(op=op, left=left, right=right):
            (a, da), (b, db) = _slopes(left, box, over), _slopes(right, box, over)
            if op in "+-":
                if op == "-":
                    b, db = negate(b), {k: negate(d) for k, d in db.items()}
                return add(a, b), _linear(da, ONE, db, ONE)
            if op == "*":
                return multiply(a, b), _linear(da, b, db, a)
            inverse = invert(b, node.column)
            value = multiply(a, inverse)
            return value, _linear(da, inverse, db, negate(multiply(value, inverse)))
        case Call(function=function, args=args):
            return _call(function, [_slopes(arg, box, over) for arg in args])
    raise AssertionError(node)


def _linear(da: Slopes, a: Span, db: Slopes, b: Span) -> Slopes:
    return {k: add(multiply(da.get(k, ZERO), a), multiply(db.get(k, ZERO), b)) for k in sorted({*da, *db})}


def _call(function: str, parts: list[tuple[Span, Slopes]]) -> tuple[Span, Slopes]:
    if function in ("sum", "mean"):
        value, slopes = reduce(lambda x, y: (add(x[0], y[0]), _linear(x[1], ONE, y[1], ONE)), parts)
        if function == "mean":
            share = Span(Fraction(1, len(parts)), Fraction(1, len(parts)))
            value, slopes = multiply(value, share), {k: multiply(d, share) for k, d in slopes.items()}
        return value, slopes
    if function == "abs":
        value, slopes = parts[0]
        flipped, other = negate(value), {k: negate(d) for k, d in slopes.items()}
        return _larger((value, slopes), (flipped, other))
    if function == "max":
        return reduce(_larger, parts)
    value, slopes = reduce(_larger, [(negate(v), {k: negate(d) for k, d in s.items()}) for v, s in parts])
    return negate(value), {k: negate(d) for k, d in slopes.items()}


def _larger(x: tuple[Span, Slopes], y: tuple[Span, Slopes]) -> tuple[Span, Slopes]:
    (a, da), (b, db) = x, y
    value = Span(max(a.low, b.low), max(a.high, b.high))
    if a.low >= b.high:
        return value, da
    if b.low >= a.high:
        return value, db
    return value, {k: hull(da.get(k, ZERO), db.get(k, ZERO)) for k in sorted({*da, *db})}


def least(node: Node, box: Box) -> Extremum:
    """The least value of `node` over `box`. Raises UndefinedError where a divisor may be zero."""
    search = _Search(node, box)
    search.put(dict(box))
    while search.heap and search.boxes < BOXES and search.work < WORK and search.heap[0][0] < min(search.inner, search.finished):
        _, _, part = heapq.heappop(search.heap)
        widest = max(search.repeated, key=lambda k: part[k].high - part[k].low)
        low, high = part[widest]
        middle = (low + high) / 2
        search.put(part | {widest: Span(low, middle)})
        search.put(part | {widest: Span(middle, high)})
    outer = min([search.finished, *(entry[0] for entry in search.heap[:1])])
    return Extremum(min(outer, search.inner), search.inner)


class _Search:
    """Branch and bound for the least value: boxes still open, least outer bound first, and what is known so far."""

    def __init__(self, node: Node, box: Box) -> None:
        count = uses(node)
        self.node = node
        self.repeated = sorted(name for name, n in count.items() if n > 1)
        self.heap: list[tuple[End, int, dict[str, Span]]] = []
        self.inner: End = inf
        """The least value known to be reached or approached."""
        self.finished: End = inf
        """The least outer bound among boxes that can't be cut further."""
        self.boxes = self.work = 0
        # Long fractions cost more at each step: 64 bits are a word.
        bits = max((end.numerator.bit_length() + end.denominator.bit_length() for span in box.values() for end in span if isinstance(end, Fraction)), default=0)
        self._size = _size(node) * (1 + bits // 64)

    def put(self, part: dict[str, Span]) -> None:
        """Look at a box: keep it for cutting, or close it."""
        self.boxes += 1
        part, free = self._fix(part)
        outer = natural(self.node, part).low
        if not free:
            self.inner, self.finished = min(self.inner, outer), min(self.finished, outer)
            return
        middle = {k: Span(m, m) for k in free if (m := _middle(part[k])) is not None}
        if len(middle) == len(free):
            self.inner = min(self.inner, natural(self.node, part | middle).low)
            heapq.heappush(self.heap, (outer, self.boxes, part))
        else:  # an interval without end can't be halved
            self.finished = min(self.finished, outer)

    def _fix(self, box: dict[str, Span]) -> tuple[dict[str, Span], list[str]]:
        """Fix repeated measures whose slope has one sign at the end where the least value is; returns those that stay free."""
        while True:
            free = [k for k in self.repeated if box[k].low != box[k].high]
            self.work += self._size * (1 + len(free))
            if not free or self.work > WORK:
                return box, free
            _, slopes = _slopes(self.node, box, frozenset(free))
            # A measure without a slope has no say here: some other branch of a min or max is the outer one.
            signs = {k: slopes.get(k, ZERO) for k in free}
            ends = {k: box[k].low if signs[k].low >= 0 else box[k].high for k in free if signs[k].low >= 0 or signs[k].high <= 0}
            fixed = {k: Span(end, end) for k, end in ends.items() if not _infinite(end)}
            if not fixed:
                return box, free
            box = box | fixed


def _size(node: Node) -> int:
    return 1 + sum(map(_size, children(node)))


def _middle(span: Span) -> End | None:
    return None if _infinite(span.low) or _infinite(span.high) else (span.low + span.high) / 2


def bounds(node: Node, box: Box) -> tuple[Extremum, Extremum]:
    """Least and greatest value of `node` over `box`; for the greatest, `outer` is no smaller than `inner`."""
    if max(uses(node).values(), default=0) <= 1:  # nearly every expression: one pass gives both ends, exactly
        span = natural(node, box)
        return Extremum(span.low, span.low), Extremum(span.high, span.high)
    low, high = least(node, box), least(Negative(node), box)
    return low, Extremum(-high.outer, -high.inner)
