"""Ways to name a work: one module per kind of identifier or file, each registered by a decorator."""
