"""Pages about the knowledge base itself: decisions waiting, the checks, the guide."""

from __future__ import annotations

from collections.abc import Iterator

from kb.checks import all_rules
from kb.numbers.named.registry import NamedTest, all_tests
from kb.site.board import decisions
from kb.site.model import Site
from kb.site.page import Page, pages

DECISIONS_SHOWN = 12
"""Of each kind in sight; the rest is folded away."""


@pages("queue")
def queue(site: Site) -> Iterator[Page]:
    values = {"groups": decisions(site), "shown": DECISIONS_SHOWN}
    yield Page("decisions.md", "Decisions waiting", "decisions.html", values, "What waits for a person to decide.", search=False)


@pages("checks")
def checks(_site: Site) -> Iterator[Page]:
    rules = all_rules()
    groups = [("Reading and schema", [rule for rule in rules if rule.code < "KB2"]), ("Links and content", [rule for rule in rules if rule.code >= "KB2"])]
    yield Page("checks/index.md", "Checks", "checks.html", {"groups": groups}, "Every check, what it finds and how to fix it.")
    yield Page(
        "checks/number-tests.md",
        "Number tests",
        "number-tests.html",
        {"tests": all_tests().values(), "parameters": _parameters, "shown": _SHOWN},
        "Named tests of reported figures: what each asks, how, where it comes from, and how a record declares it.",
        markdown=True,
    )
    for rule in rules:
        yield Page(f"checks/{rule.code.lower()}.md", f"{rule.code} {rule.name}", "check.html", {"rule": rule}, rule.summary.replace("`", ""), markdown=True)


_SHOWN = """
checks:
  - after / before ~ fold
  - {test: k-of-n, of: share}
  - expression: first + second = total
    acknowledged: {on: 2026-01-10, by: ann, why: The table of the source prints these three; its authors were asked.}
"""


def _parameters(test: NamedTest) -> list[tuple[str, str, bool]]:
    """Key, meaning and whether it must be given, of the fields of a test's entry."""
    fields = test.model.model_fields
    own = [name for name in fields if name not in ("test", "acknowledged")]
    return [(fields[name].alias or name, " ".join((fields[name].description or "").split()), fields[name].is_required()) for name in own]


@pages("guide")
def guide(site: Site) -> Iterator[Page]:
    for name, text in sorted(site.guide.items()):
        title = next((line[2:].strip() for line in text.splitlines() if line.startswith("# ")), name)
        yield Page(f"guide/{name}.md", title, "guide.html", {"text": text}, markdown=True)
