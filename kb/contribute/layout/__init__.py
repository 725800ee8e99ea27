"""The layout of a record's text: a tree that keeps comments and spellings, and the one canonical way to write it."""
