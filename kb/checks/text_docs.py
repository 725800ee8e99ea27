"""The pages of the codes that comparing with a paper's text reports (`kb check --text`): KB510 and KB511."""

from __future__ import annotations

from typing import Final

from kb.checks.reading_docs import Page, register_pages
from kb.records.codes import Code

TEXT: Final = (
    Code("KB510", "figure-not-in-text", "The text of the source does not print a figure of the record."),
    Code("KB511", "figure-with-other-digits", "The text of the source prints a figure of the record with more or fewer digits."),
)

_CLAIM = (
    "# findings/steering-works.yaml\n"
    "claims:\n"
    "  - id: rate\n"
    "    statement: The rate rises.\n"
    "    nature: measurement\n"
    "    at: [{part: abstract}]\n"
    '    measures: [{name: rate, value: VALUE, unit: "%"}]\n'
)

PAGES: dict[str, Page] = {
    "KB510": Page(
        "Where the source's text is given with `kb check --text KEY=FILE`, every figure of every finding that rests on it is looked for in that text,"
        " in each way of printing a number and in per cent as well as fractions. The nearest numbers are named. Without a text nothing is reported.",
        "A figure cited from memory or from another page drifts; the text shows it at once.",
        _CLAIM.replace("VALUE", "24.5") + "# The paper: The rate was 42.5 per cent.\n",
        _CLAIM.replace("VALUE", "42.5") + "# The paper: The rate was 42.5 per cent.\n",
        "Correct the figure. Where another source prints it, name that source in the place (`at`). A figure that stands in a plot alone, or was computed,"
        " can't be found: say so in the claim's `note`.",
    ),
    "KB511": Page(
        "The text prints the same number with more or fewer digits: 0.23 for 0.230.",
        "The digits say how far a figure was rounded, and the consistency tests reckon with that.",
        _CLAIM.replace("VALUE", "42.50") + "# The paper: The rate was 42.5 per cent.\n",
        _CLAIM.replace("VALUE", "42.5") + "# The paper: The rate was 42.5 per cent.\n",
        "Write the figure as printed.",
    ),
}

register_pages(TEXT, PAGES, "warning")
