"""The content-security policy of the built site: nothing foreign, and of scripts in pages only the theme's own.

The theme writes three short scripts into every page; the policy names them by their hashes. They are read from the page for
addresses that lead nowhere, which holds no text of any record: a script that a record brought into a page would not be among
them. One of them holds the way to the site's root, which differs with a page's depth.

Style attributes are allowed: bars and plots have their lengths there, and nothing that a style loads (`img-src`, `font-src`)
can come from elsewhere. Style elements are not. The policy is a header, never a `meta` element: opened from disk, where a page
has no origin, `'self'` would be nobody.
"""

from __future__ import annotations

import re
from base64 import b64encode
from hashlib import sha256
from pathlib import Path

from kb.errors import UsageError

PAGE = "404.html"
_INLINE = re.compile(r"<script>(.*?)</script>", re.DOTALL)
_ROOT = 'new URL("/",location)'
_BASES = (".", "..", "/")
"""From a page to the root: pages lie in it or one folder below; the page for lost addresses may be shown at any depth."""


def policy(site: Path) -> str:
    """The value of the header `Content-Security-Policy` for a built site. Raises UsageError where there is none."""
    page = site / PAGE
    if not page.is_file():
        raise UsageError(f"no built site in {site} (there is no {PAGE}): `make site` builds it")
    scripts = _INLINE.findall(page.read_text(encoding="utf-8"))
    allowed = {script.replace(_ROOT, f'new URL("{base}",location)') for script in scripts for base in _BASES}
    hashes = " ".join(sorted(f"'sha256-{b64encode(sha256(script.encode()).digest()).decode()}'" for script in allowed))
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src 'self' {hashes}",
            "style-src 'self'",
            "style-src-attr 'unsafe-inline'",
            "img-src 'self' data:",
            "connect-src 'self'",
            "worker-src 'self'",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
        )
    )
