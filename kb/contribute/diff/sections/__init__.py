"""The sections of a report, one module each; see `kb.contribute.diff.registry`."""
