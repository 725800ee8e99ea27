"""Forms of records that several outputs share: plain text, Markdown, BibTeX, CSL, JSON-LD, addresses on the site.

The site, the exports and `kb contribute` do not know each other; what two of them write stands here.
"""
