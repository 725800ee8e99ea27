"""Text that tries to break out of a page, for the tests of the site."""

from __future__ import annotations

from typing import Any

HOSTILE = (
    "<script>window.pwned=1</script>{{ 7*7 }} **b** `c` &amp; \"q\" 'x' [l](javascrip"
    't:window.pwned=1) {: onclick=pwned } :smile: --8<-- "f" $x$ ![i](x) </title>'
)
# What fits fields that take no free text: a DOI, a web address.
NARROW = ('10.1234/"><script>window.pwned=1</script>', "https://example.org/?a=1&quot;onload=pwned()&b=)](javascript:pwned())")


def hostile_result(result: dict[str, Any]) -> dict[str, Any]:
    """A result record of which every text tries to break out, or to be run by whoever copies it."""
    estimate = {**result["estimates"][0], "says": HOSTILE, "unit": HOSTILE}
    return {
        **result,
        **dict.fromkeys(("hypothesis", "departures", "planted", "rule", "device"), HOSTILE),
        "replication-version": 3,
        "tier": "same-model",
        "estimates": [estimate, {**estimate, "name": "whole", "measure": HOSTILE}],
        "criteria": [{"id": "rises", "rule": HOSTILE, "outcome": "not-met", "observed": HOSTILE}],
        "manipulation-checks": [{"id": "learnt", "rule": HOSTILE, "passed": False, "observed": HOSTILE}],
        "config": {"model": HOSTILE, "device": "cuda; touch pwned", "worlds": "3; touch pwned", "seeds": True, HOSTILE: [HOSTILE, {HOSTILE: HOSTILE}]},
        "versions": {HOSTILE: HOSTILE},
        "code": {HOSTILE: "0" * 16, "../../etc/passwd.py": "0" * 16, "schemas/result.py": "0" * 16},
        "plots": [{"id": "by-dose", "title": HOSTILE, "x": HOSTILE, "y": HOSTILE, "series": {HOSTILE: [[0, 0.1], [1, 0.2]]}, "bands": {HOSTILE: [[0, 0, 1]]}}],
    }
