"""A page before it is a file: where it goes, what its front matter says, which template fills it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from kb.site.escape import front_matter

if TYPE_CHECKING:
    from kb.site.model import Site

_HEADING = re.compile(r"^(#{2,3} .*)$", re.M)


@dataclass(frozen=True)
class Page:
    """One page of the wiki."""

    path: str
    """Below the docs folder, ending in .md."""
    title: str
    template: str
    values: Mapping[str, Any] = field(default_factory=dict)
    description: str = ""
    tags: tuple[str, ...] = ()
    search: bool = True
    boost: float | None = None
    toc: bool = True
    markdown: bool = False
    """The template writes Markdown of our own, whose blank lines count."""
    data: str = ""
    """JSON-LD about what the page shows, ready for a script element; browsers don't run it."""

    @property
    def address(self) -> str:
        """The page below the site's root."""
        return self.path.removesuffix(".md") + ".html"

    @property
    def front(self) -> dict[str, object]:
        search: dict[str, object] = {} if self.search else {"exclude": True}
        if self.boost is not None:
            search["boost"] = self.boost
        return {
            "title": self.title,
            "description": self.description or None,
            "tags": list(self.tags),
            "hide": ["navigation", "tags"] + ([] if self.toc else ["toc"]),
            "search": search,
        }


def relative(here: str, there: str) -> str:
    """The way from one address of the site to another. Both are below its root; `there` may carry an anchor."""
    target, hash_, anchor = there.partition("#")
    if target == here and hash_:
        return "#" + anchor
    ours, theirs = here.split("/")[:-1], target.split("/")
    shared = 0
    while shared < len(ours) and shared < len(theirs) - 1 and ours[shared] == theirs[shared]:
        shared += 1
    return "../" * (len(ours) - shared) + "/".join(theirs[shared:]) + hash_ + anchor


def markdown(page: Page, body: str | Markup) -> str:
    """The file's text: front matter, then HTML blocks and headings.

    No HTML block holds a blank line or an indented line, so that python-markdown and CommonMark agree on where it ends.
    """
    if page.markdown:
        return front_matter(page.front) + "\n" + body.strip() + "\n"
    flat = "\n".join(stripped for line in body.splitlines() if (stripped := line.strip()))
    data = f'\n<script type="application/ld+json">{page.data}</script>\n' if page.data else ""
    return front_matter(page.front) + "\n" + _HEADING.sub(r"\n\1\n", flat).lstrip("\n").replace("\n\n\n", "\n\n") + "\n" + data


Maker = Callable[["Site"], Iterator[Page]]
makers: dict[str, Maker] = {}


def pages(kind: str) -> Callable[[Maker], Maker]:
    """Register the maker of one kind of page."""

    def register(maker: Maker) -> Maker:
        if kind in makers:
            raise ValueError(f"two makers of {kind} pages")
        makers[kind] = maker
        return maker

    return register
