"""The engine of the knowledge base: records in, evidence, checks and a site out.

    import kb

    base = kb.open("path/to/knowledge-base")

`Corpus` and `open` are imported when first asked for, so that `import kb` stays light; docs/guide-python.md shows them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kb.api import Corpus, open

__version__ = "0.1.0"

__all__ = ["Corpus", "__version__", "open"]


def __getattr__(name: str) -> Any:
    if name not in ("Corpus", "open"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module("kb.api"), name)
