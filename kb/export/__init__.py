"""Exports: the knowledge base in the formats of other tools. One module per format, named after it, registered by `@export`.

`kb export --list` prints them; docs/exports.md, written from the registry, describes their columns and keys.
"""
