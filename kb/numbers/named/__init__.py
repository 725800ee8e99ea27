"""Named tests of reported figures: one module per test, on rounding intervals.

`registry.all_tests()` lists them; `kb.numbers.claims` runs those that a claim declares and those that need no declaration.
No honest figure, rounded half up or half to even, is ever called inconsistent: where a rule could do that, it is left out.
"""
