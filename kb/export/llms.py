"""Every page as Markdown, with the lists that lead to them."""

from __future__ import annotations

from kb.evidence.state import State
from kb.export.registry import Options, export
from kb.forms.twins import files


@export(
    "llms",
    summary="Every page as Markdown for language models, with llms.txt",
    file="llms",
    media="text/plain; charset=utf-8",
    kind="folder",
    reader="markdown-it; any reader of llms.txt",
    schema={
        "llms.txt": "title, summary, and a link to each twin by section; sources stand under Optional",
        "llms-full.txt": "all twins, one after another",
        "findings/ID.md.txt": "claims with figures as printed, places, disputes, what it bears on, reruns; likewise concepts, beliefs, questions, sources",
        "replications/NAME.md.txt": "verdicts, criteria and estimates of a replication's records",
    },
    notes="`kb build` puts the same files into the site, beside the pages that they are twins of. The ending `.md.txt` keeps site "
    "generators from taking them for pages.",
)
def llms(state: State, _: Options) -> dict[str, bytes]:
    return {name: content.encode("utf-8", "replace") for name, content in files(state).items()}
