"""The pages of the codes that validation against the models reports: KB101 to KB109. Names and summaries are those of `kb.records.codes`."""

from __future__ import annotations

from kb.checks.reading_docs import Page, register_pages
from kb.records.codes import SCHEMA

_FINDING = "# findings/steering-works.yaml\n"

PAGES: dict[str, Page] = {
    "KB101": Page(
        "Every key must be a field of the record type. The nearest field is offered.",
        "An unknown key is a field that nobody reads: a misspelt `limitatons` would vanish.",
        _FINDING + "limitatons: [One model only.]\n",
        _FINDING + "limitations: [One model only.]\n",
        "Correct the key; an editor with the schema line completes it.",
    ),
    "KB102": Page(
        "Every field that the record type requires must be there.",
        "A finding without sources or a source without authors cannot be counted, cited or checked.",
        "# sources/roe-2025-steering.yaml\nauthor: [{given: Richard, family: Roe}]\nchecked: [{by: ann, on: 2026-01-10}]\n",
        "# sources/roe-2025-steering.yaml\nauthor: [{given: Richard, family: Roe}]\nchecked: [{by: ann, on: 2026-01-10, extent: abstract}]\n",
        "Add the field. `kb new` writes a scaffold with all of them.",
    ),
    "KB103": Page(
        "A field with a fixed vocabulary (`kind`, `status`, `role`, `nature`, `type`, `direction` …) takes one of its words. The nearest one is offered.",
        "Roles, natures and types decide what is counted where; a free text would be counted nowhere.",
        _FINDING + "kind: emprical\n",
        _FINDING + "kind: empirical\n",
        "Use one of the words; their meanings are in the field's description.",
    ),
    "KB104": Page(
        "A value has the type, form, length and range of its field: ids are lower-case words with hyphens, dates are real days as YYYY-MM-DD, figures"
        " are numbers as printed, titles stand on one line.",
        "What the form of a value leaves open, every reader of the record would have to guess.",
        _FINDING + "added: 2026-02-30\n",
        _FINDING + "added: 2026-02-28\n",
        "Write the value in the form that the report shows.",
    ),
    "KB105": Page(
        "Values that are valid each for itself must go together: `low` with `high`, `k` with `n`, `moderator` with conflicts-with, `resolution` with "
        "a resolved dispute, `codify-at` with its reason, names unique in their list.",
        "Half an interval or a threshold without a reason says less than nothing: it looks complete.",
        _FINDING + "relations:\n  - {type: extends, to: prompts-move-styles, moderator: size of the model}\n",
        _FINDING + "relations:\n  - {type: extends, to: prompts-move-styles}\n",
        "Add the value that is missing, or remove the one that has no partner.",
    ),
}

register_pages(SCHEMA, PAGES)
