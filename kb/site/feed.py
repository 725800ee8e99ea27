"""The Atom feed of new findings. No clock: everything is dated by the records."""

from __future__ import annotations

from xml.sax.saxutils import escape as xml_escape
from xml.sax.saxutils import quoteattr

from kb.forms.text import clean
from kb.site.model import Site

ENTRIES = 50


def _text(value: str) -> str:
    return xml_escape(" ".join(clean(value).split()))


def feed(site: Site) -> str:
    """Atom 1.0 (RFC 4287): the findings, concepts, beliefs and questions added last."""
    config = site.corpus.config
    base = config.url.rstrip("/") + "/"
    shown = sorted(
        (entry for entry in site.corpus if entry.kind not in ("source", "result")), key=lambda entry: (-entry.record.added.toordinal(), entry.record.id)
    )[:ENTRIES]
    latest = site.latest()
    lines = [
        '<?xml version="1.0" encoding="utf-8"?>',
        '<feed xmlns="http://www.w3.org/2005/Atom">',
        f"<title>{_text(config.title)}</title>",
        f"<id>{_text(base)}</id>",
        f"<link href={quoteattr(base)}/>",
        f'<link rel="self" type="application/atom+xml" href={quoteattr(base + "feed.xml")}/>',
        f"<updated>{latest.isoformat() if latest else '1970-01-01'}T00:00:00Z</updated>",
    ]
    for entry in shown:
        record = entry.record
        address = base + (site.address(record.id) or "")
        lines += [
            "<entry>",
            f"<title>{_text(record.label)}</title>",
            f"<id>{_text(address)}</id>",
            f"<link href={quoteattr(address)}/>",
            f"<updated>{record.added.isoformat()}T00:00:00Z</updated>",
            f"<category term={quoteattr(entry.kind)}/>",
            *(f"<author><name>{_text(name)}</name></author>" for name in record.contributors),
            f"<summary>{_text(_summary(record))}</summary>",
            "</entry>",
        ]
    return "\n".join([*lines, "</feed>", ""])


def _summary(record: object) -> str:
    for name in ("summary", "definition", "statement", "asks"):
        value = getattr(record, name, None)
        if value:
            return str(value)
    return str(getattr(record, "label", ""))
