"""The layout of a record's text: a tree that keeps comments and spellings, and the one canonical way to write it."""

from kb.contribute.layout.canonical import LayoutError, canonical

__all__ = ["LayoutError", "canonical"]
