"""Two-sided tables of the checks on figures that must agree."""

from __future__ import annotations

from typing import Any

from checks.table_evidence import dispute, measure
from checks.table_links import Table, claims

ACKNOWLEDGED = {"on": "2026-01-10", "by": "ann", "why": "The source prints both."}
PAIR = [measure(name="before", value="10"), measure(name="after", value="40"), measure(name="fold", value="3", unit="times")]
SHARE = measure(k=12, n=30, value="40.0")
WRONG = measure(k=12, n=30, value="43.0")


def fold(**fields: Any) -> dict[str, Any]:
    return {"test": "fold-change", "before": "before", "after": "after", "fold": "fold"} | fields


def pair(*checks: Any, **fields: Any) -> Any:
    return claims(checks=list(checks), **({"measures": PAIR} | fields))


def one(*checks: Any, **fields: Any) -> Any:
    return claims(measures=[measure(**fields)], checks=list(checks))


TABLE: Table = {
    "KB501": (
        [
            {},
            pair("before < after"),
            pair(fold(acknowledged=ACKNOWLEDGED)),
            pair({"expression": "after < before", "acknowledged": ACKNOWLEDGED}),
            pair(fold(), disputes=[dispute("fold")]),
            pair(fold(), disputes=[dispute("whether 40 is the rate after it")]),
            pair("after = 4 * before"),
            one({"test": "grim", "of": "rate", "n": 40}, value="42.5"),
            one("rate = 42.55"),  # only just possible
            pair({"test": "multiply", "factors": ["before", 4], "product": "after"}),
        ],
        [
            pair("after < before"),
            pair(fold()),
            pair({"expression": "after < before"}),
            pair(fold(), disputes=[dispute("what the factor is relative to")]),
            pair(fold(), disputes=[dispute("other_figure")], measures=[*PAIR, measure(name="other_figure")]),
            one({"test": "grim", "of": "rate", "n": 30}, value="42.5"),
            one({"test": "p-against-statistic", "of": "rate", "statistic": "z", "p": "< 0.05"}, value="1.50", unit="times"),
            one({"test": "k-of-n", "of": "rate"}, value="43", k=12, n=30),
        ],
    ),
    "KB502": (
        [
            {},
            pair(fold()),
            pair("before < nowhere"),  # KB304 says so
            pair(fold(after="nowhere")),
            one("rate / (rate - rate) > 1"),  # undecidable is no mistake
        ],
        [
            pair("before <"),
            pair("before ** 2 < after"),
            pair({"expression": "before <> after", "acknowledged": ACKNOWLEDGED}),
            one({"test": "grim", "of": "rate"}),  # no n
            one({"test": "grim", "of": "rate"}, unit="pp", n=30),
            one({"test": "k-of-n", "of": "rate"}, unit="times", k=1, n=2),
            one({"test": "interval-symmetric", "of": "rate"}),
            one({"test": "interval-against-p", "of": "rate"}, low="1", high="2", p="< 0.05"),
            pair(fold(before="fold")),
            claims(
                measures=[measure(name="first"), measure(name="second", unit="fraction", value="0.4")],
                checks=[{"test": "sums-to-total", "parts": ["first", "second"], "total": 100}],
            ),
        ],
    ),
    "KB503": (
        [{}, pair(fold(acknowledged=ACKNOWLEDGED)), pair("before < after"), one({"expression": "rate = 42.55", "acknowledged": ACKNOWLEDGED})],
        [
            pair({"expression": "before < after", "acknowledged": ACKNOWLEDGED}),
            pair({"test": "ordering", "of": "after", "place": "largest", "among": ["before"], "acknowledged": ACKNOWLEDGED}),
            claims(measures=[SHARE], checks=[{"test": "k-of-n", "of": "rate", "acknowledged": ACKNOWLEDGED}]),
        ],
    ),
    "KB504": (
        [
            {},
            claims(measures=[SHARE], checks=[]),
            claims(measures=[WRONG], checks=[{"test": "k-of-n", "of": "rate", "acknowledged": ACKNOWLEDGED}]),
            claims(measures=[WRONG], checks=[], disputes=[dispute("rate")]),
            one(low="40", high="45", level="0.95"),
            one(low="42.5", high="45"),
            one(sd="0.0"),
            one(sd="0"),
            one(k=3, n=10, value="5", unit="times"),  # k says nothing of such a figure
            one(k=0, n=0),
            one(k=1, n=8, value="12.5", qualifier="at-least"),
        ],
        [
            claims(measures=[WRONG], checks=[]),
            one(k=1, n=3, value="0.34", unit="fraction"),
            one(low="43.0", high="45.0"),
            one(low="40.0", high="42.0", level="0.95"),
            one(sd="-0.2"),
        ],
    ),
}
