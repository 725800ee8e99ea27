"""Former ids keep working: a page of its own at each old address, which leads to the new one."""

from __future__ import annotations

from kb.forms.addresses import FOLDERS
from kb.site.escape import text
from kb.site.model import Site
from kb.site.page import relative

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Moved: {title}</title>
<meta name="robots" content="noindex">
<meta http-equiv="refresh" content="0; url={href}">
</head>
<body><p>This page has moved to <a href="{href}">{title}</a>.</p></body>
</html>
"""


def redirects(site: Site, taken: set[str]) -> dict[str, str]:
    """File name to HTML for every alias whose address no page has."""
    made: dict[str, str] = {}
    for alias, record_id in site.corpus.aliases.items():
        entry, there = site.corpus.entries[record_id], site.address(record_id)
        here = f"{FOLDERS.get(entry.kind, '')}/{alias}.html"
        if there is None or entry.kind not in FOLDERS or alias in site.corpus.entries or here.removesuffix(".html") + ".md" in taken:
            continue
        made[here] = _PAGE.format(title=text(entry.record.label), href=text(relative(here, there)))
    return made
