"""The bibliography as BibTeX."""

from __future__ import annotations

from kb.evidence.state import State
from kb.export.registry import Options, export
from kb.forms.bibtex import bibliography, entry


@export(
    "bibtex",
    summary="The bibliography for LaTeX",
    file="bibliography.bib",
    media="application/x-bibtex",
    reader="bibtexparser; also BibTeX, biber and JabRef",
    schema={
        "key": "the source's id",
        "type": "article, inproceedings, techreport, phdthesis, incollection or misc",
        "title": "title, words with inner capitals braced",
        "author": "names in the order of the work",
        "year, month": "date of the first version",
        "journal, booktitle, howpublished": "where it appeared, by type",
        "publisher, institution, school": "publisher, by type",
        "eprint, archiveprefix": "arXiv identifier",
        "doi, url": "DOI and address",
        "version": "the version that the findings cite, of preprints, software and data sets",
    },
    notes="In TeX commands for accents and signs, so that every BibTeX reads it; other scripts are UTF-8. The site offers the same file.",
)
def bibtex(state: State, _: Options) -> str:
    return bibliography({i: entry(source) for i, source in state.corpus.sources.items()})
