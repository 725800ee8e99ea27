"""Beliefs as a LaTeX document: one page or more per holder, with nothing to install but a bare LaTeX."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import quote

from kb.evidence.state import State
from kb.export.beliefs import pages
from kb.export.beliefs_blocks import Block, Heading, Items, Para, Run, blocks
from kb.export.registry import Options, export
from kb.forms.tex import declarations, tex

_HEADINGS = {1: "section*", 2: "subsection*", 3: "paragraph"}
_PREAMBLE = r"""\documentclass[11pt,a4paper]{article}
\usepackage[margin=25mm]{geometry}
\usepackage{textcomp}
\usepackage[hidelinks]{hyperref}
\setlength{\parindent}{0pt}
\setlength{\parskip}{.5\baselineskip}
\emergencystretch=3em
"""


@export(
    "beliefs-latex",
    summary="Beliefs of each holder as a document to typeset",
    file="beliefs.tex",
    media="application/x-tex",
    reader="pylatexenc; compiled with pdfLaTeX",
    takes=("holder", "since"),
    schema={
        "\\section*": "a holder, on a new page",
        "\\subsection*": "a belief, and with `--since` the changes",
        "\\paragraph": "rationale, evidence, what does not fit, uncertainties, what would change it, reviews, dependences, readings",
        "itemize": "history, evidence, predicates and lists",
    },
    notes="Compiles with a bare LaTeX (article, geometry, hyperref). Accents and common signs become commands; pdfLaTeX prints any other character "
    "as its number, while XeLaTeX and LuaLaTeX print it where the font has it. All text of records is escaped.",
)
def beliefs_latex(state: State, options: Options) -> str:
    body = "\n\\newpage\n".join("\n\n".join(map(_block, blocks(state, page))) for page in pages(state, options)) or "No belief is filed."
    declared = "".join(f"{line}\n" for line in declarations(body))
    engine = f"\\ifdefined\\DeclareUnicodeCharacter\n\\usepackage[T1]{{fontenc}}\n{declared}\\else\n\\usepackage{{fontspec}}\n\\fi\n"
    return f"{_PREAMBLE}{engine}\\begin{{document}}\n{body}\n\\end{{document}}\n"


def _block(block: Block) -> str:
    if isinstance(block, Heading):
        return f"\\{_HEADINGS[block.level]}{{{_runs([block.run])}}}"
    if isinstance(block, Para):
        return _runs(block.runs)
    rows = block.items if isinstance(block, Items) else [_line(row) for row in block.rows]
    return "\\begin{itemize}\n" + "".join(f"\\item {_runs(row)}\n" for row in rows) + "\\end{itemize}"


def _line(row: Iterable[Run]) -> tuple[Run, ...]:
    """A row of a table as one line of a list: tables of LaTeX break over no page without further packages."""
    first, *rest = row
    parts = [Run(first.text, first.address, strong=True)]
    for cell in rest:
        parts += [Run(" · "), cell]
    return tuple(parts)


def _runs(runs: Iterable[Run]) -> str:
    parts = []
    for run in runs:
        made = tex(run.text)
        if run.address:
            # A % or # would be read by TeX before hyperref sees it.
            address = (
                quote(run.address, safe="/:?=;,.@()!*'+-_~&#%")
                .replace("%", r"\%")
                .replace("#", r"\#")
                .replace("&", r"\&")
                .replace("_", r"\_")
                .replace("~", r"\~{}")
            )
            made = f"\\href{{{address}}}{{{made}}}"
        made = f"\\textbf{{{made}}}" if run.strong else made
        parts.append((" " if run.text[:1] == " " else "") + made + (" " if run.text[-1:] == " " else ""))
    return "".join(parts).strip()
