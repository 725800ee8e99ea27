"""Two-sided tables of the checks on text."""

from __future__ import annotations

from checks.table_links import BELIEF, PERSONA, QUESTION, ROE, STEER, Table, claims, instance, relation
from kbmaker import Overrides


def says(*texts: str) -> list[Overrides]:
    """Each text as a finding's summary."""
    return [{STEER: {"summary": text}} for text in texts]


def defines(*texts: str) -> list[Overrides]:
    """Each text as a concept's definition."""
    return [{PERSONA: {"definition": text}} for text in texts]


def everywhere(text: str) -> list[Overrides]:
    """A text in every sort of field, keys of mappings among them."""
    return [
        {STEER: {"title": f"A title {text}"}},
        {STEER: {"limitations": [text]}},
        {STEER: {"models": [{"name": text}]}},
        {STEER: {"contributors": [text]}},
        claims(statement=text),
        claims(measures=[{"name": "rate", "value": "1", "unit": "%", "of": {"model": text}}]),
        instance(note=text),
        {STEER: {"relations": [relation("explains", "prompts-move-personas", note=text)]}},
        {PERSONA: {"is-not": [text]}},
        {BELIEF: {"rationale": text}},
        {QUESTION: {"asks": text}},
        {ROE: {"author": [{"family": text}]}},
        {ROE: {"checked": [{"by": "ann", "on": "2026-01-10", "extent": "full-text", "note": text}]}},
        {"result/rerun-smoke": {"device": text}},
        {"result/rerun-smoke": {"plots": [{"id": "p", "title": "t", "x": "x", "y": "y", "series": {text: [[0, 1]]}}]}},
    ]


TABLE: Table = {
    "KB401": (
        [
            *says("p < 0.05 and x<3", "a < b, c > d", "R&D, AT&T; more", "from 3 -> 4 <- 5", "the token <|im_start|>", "1 <2> 3", "x <= y & z"),
            claims(checks=["before<after"], measures=[{"name": n, "value": "1", "unit": "%"} for n in ("before", "after")]),
        ],
        [
            *everywhere("<b>bold</b>"),
            *says(
                "<script>alert(1)</script>",
                "<img src=x onerror=alert(1)>",
                "</div>",
                "<!-- hidden -->",
                "<?php",
                "<ScRiPt src=//x",
                "<x-custom a=1>",
                "&lt;b&gt;",
                "&#60;",
                "&#x3C;",
                "<svg/onload=alert(1)",
                "the <think> tag",
                "<a\nhref=x>",
            ),
        ],
    ),
    "KB402": (
        [
            *says(
                "JavaScript: The Good Parts",
                "data: twelve sets",
                "the data:text split",
                "a file: see there",
                "JavaScript, TypeScript",
                "metadata: text/plain, as said",
            )
        ],
        [
            *everywhere("javascript:alert(1)"),
            *says(
                "JaVaScRiPt:alert(1)",
                "javascript: alert(1)",
                "java\nscript:alert(1)",
                "vbscript:msgbox(1)",
                "data:text/html;base64,AAAA",
                "file:///etc/passwd",
                "data:text/html,x",
            ),
        ],
    ),
    "KB403": (
        [
            *says(
                "an interval [0, 1] (closed)",
                "f[i] (0)",
                "2 ** 3",
                "item #1 of 2",
                "see [[persona]]",
                "see [[persona|words]]",
                "a * b * c",
                "the list [1]: a, b",
            )
        ],
        [
            *everywhere("[words](https://example.org)"),
            *says(
                "![alt](x.png)",
                "[x](javascript:alert)",
                "[ref]: https://example.org",
                "```\ncode\n```",
                "Text\n\n## Heading",
                "very **bold** words",
                "![[persona]]",
                "[](x)",
            ),
        ],
    ),
    "KB404": (
        [*says("a slot {persona}", "a set { {a}, {b} }", "50 % } of", "{a: {b: 1}}")],
        [*everywhere("{{ config }}"), *says("{% include 'x' %}", "{{persona}}", "{# comment #}")],
    ),
    "KB405": (
        [*says("Émile's naïve café, 10 µm, Ångström", "“quoted” – dashed…", "São Paulo, ÃO", "日本語", "5 €")],
        [
            *everywhere("damaged \ufffd text"),
            *says("models\u00e2\u20ac\u2122 answers", "caf\u00c3\u00a9", "di\ue001erent", "plane \U000f0001", "last \U00100001", "\u00e2\u20ac\u0153quoted"),
        ],
    ),
    "KB406": (
        [
            *says(
                "plain",
                "Ünïcödé – “text”",
                "نمی\u200cخواهم",  # a joiner between Persian letters
                "क्\u200dष and श्री\u200cमान",
                "ന്\u200d",  # after a virama, at the end of a word
                "👩\u200d🔬 at work",
                "🏳\ufe0f\u200d🌈 and ❤\ufe0e",
                "a ❤\ufe0f",
                "葛\U000e0100城 and 葛\ufe00",
                "ᠮᠣᠩᠭᠣᠯ\u180bᠤᠨ",
                "\u05e9\u05dc\u05d5\u05dd, \u0645\u0631\u062d\u0628\u0627",
                "a no-break\u00a0space and a thin\u2009one",
                "ninety-nine" + " " * 99 + "blanks",
            ),
        ],
        [
            *everywhere("zero\u200bwidth"),
            *says(
                "\u202e52%\u202c",
                "soft\u00adhyphen",
                "join\u200der",
                "tag\U000e0041",
                "mark\ufeff",
                "variant a\ufe0f",
                "\u2066isolate\u2069",
                "a\u2060b",
                "mark\u200e",
                "arabic\u061cmark",
                "grapheme\u034fjoiner",
                "hangul\u3164filler",
                "half\uffa0filler",
                "blank\u2800cell",
                "musical\U0001d173control",
                "é\u200dé",  # a joiner that joins nothing
                "é" + "\u200c\u200d" * 40 + "é",  # a text in two letters
                "نمی\u200c\u200cخواهم",
                "क्\u200d\u200cष",
                "語\u200d語",
                "👩\u200d at work",
                "flag 🏴\U000e0067\U000e007f",
                "葛\U000e0100\U000e0101",
                "a\U000e0100",
                "语\ufe05",
                "a\u180b",
                "a" + " " * 100 + "b",
                "a" + "\u3000" * 100 + "b",
            ),
            {"source/roe-2025-steering": {"URL": "https://example.org/\u202ea"}},
            {"source/roe-2025-steering": {"DOI": "10.1234/a\u200bb"}},
            {"result/rerun-smoke": {"config": {"a\u200bb": 1}}},
            {"result/rerun-smoke": {"config": {"a": ["x\u00ady"]}}},
        ],
    ),
    "KB407": (
        [*says("see [[persona]]", "see [[prompts-move-personas/rate|the rate]]", "[a] and [b]", "x[i[0]] = 1")],
        [
            *everywhere("see [[No Such]]"),
            *says(
                "[[persona]",
                "persona]]",
                "[[ persona ]]",
                "[[Persona]]",
                "[[persona|]]",
                "[[persona#part]]",
                "[[../secret]]",
                "[[persona|two\nlines]]",
                "[[]]",
                "[[a/b/c]]",
            ),
        ],
    ),
    "KB408": (
        [
            *says("Δp and μm, σ2", "Иван Иванов", "α-helix, β2", "KLθ", "the words модель and model", "о том, как модель GPT рос", "рос сом"),
            {ROE: {"author": [{"family": "Ελύτης"}]}},
        ],
        [
            *everywhere("p\u0430ypal"),
            *says("\u0421laude", "GP\u03a4", "\u041ellama", "dir\u0435ction", "\u13a0dam", "wide\uff21", "m\U0001d41fdel", "\u0585ne"),
            *says("We let the \u0441\u043e\u0440\u0443 run"),
        ],
    ),
    "KB409": (
        [
            *defines(
                "Two models show it, on three data sets and in four families.",
                "At least three examples are needed, and a shape is codified at three.",
                "It stays a candidate until a second example.",
                "Each example counts once; several findings bear on it.",
                "The first layer, the second stage and the third principal component.",
                "The seed page asks for a second example.",
                "Two further findings would settle it.",
                "In 2025 findings came faster.",
                "Trained on three poisoned examples, or on 6,000 examples.",
                "Table 2 findings and Llama 3 examples are different things.",
                "In the first instance it is a prompt.",
                "Two models whose findings differ.",
                "One finding reads it this way, another that way.",
                "Three instances of the model debate.",
                "The first finding to measure it was theirs.",
                "Two finding aids.",
            ),
            *says(
                "Trained on 500 examples of each trait.",
                "Two examples in the prompt suffice.",
                "The authors report three findings.",
                "Four shapes of the loss curve.",
                "A second instance of the model judges.",
            ),
            {STEER: {"title": "With five examples in context the persona holds"}},
            {QUESTION: {"would-settle": ["Three independent examples."]}},
            {BELIEF: {"updates": [{"id": "more", "when": "Three findings contradict it.", "would": "lower"}]}},
            {BELIEF: {"holders": [{"holder": "ann", "history": [{"date": "2026-01-10", "credence": 0.6, "because": "Three findings say so."}]}]}},
            {
                PERSONA: {
                    "shapes": [
                        {"id": i, "name": "Shift", "family": "f", "definition": "D.", "codify-at": 2, "codify-at-why": "Two examples suffice."}
                        for i in ("prompted-shift", "steered-shift")
                    ]
                }
            },
            claims(
                disputes=[{"about": "the order", "reported": "the third finding", "instead": "the fourth finding", "by": "doe-2024-prompts", "state": "open"}]
            ),
        ],
        [
            *defines(
                "Three findings show it.",
                "It rests on two examples.",
                "There are five structural shapes.",
                "The third finding is the strongest.",
                "The eighteenth instantiating finding closed the gap.",
                "The 18th finding closed the gap.",
                "the third reactivation example",
                "Two independent, structurally different examples show it.",
                "This is a third example.",
                "Two of the three findings agree.",
                "Only one finding contradicts it.",
                "12 findings bear on it.",
                "the first instantiating finding",
                "Three instances of the pattern are known.",
                "Twenty-one findings are filed.",
                "Three\nfindings over a line end.",
                "Its second and third examples",
            ),
            *says("This is the third instantiating finding.", "It adds a second steered example.", "Two structurally different examples exist."),
            instance(note="The third example of the shape."),
            {STEER: {"relations": [relation("explains", "prompts-move-personas", note="Together the two findings say it.")]}},
            {STEER: {"instantiates": [], "no-concept": "Only two findings are like it."}},
            {BELIEF: {"rationale": "Four findings support it."}},
            {BELIEF: {"statement": "Three examples are real."}},
            {QUESTION: {"asks": "Do the two findings agree?"}},
            {QUESTION: {"why": "Five shapes wait for it."}},
            {PERSONA: {"scope-notes": [{"title": "T", "text": "Seven findings fall under it."}]}},
        ],
    ),
    "KB410": (
        [*says("Nguyễn", "e\u0323\u0302", "\u05e9\u05c1\u05b8\u0591\u05bd", "\u0e01\u0e33\u0e49", "x\u0302\u0303\u0304\u0305")],
        [*everywhere("z" + "\u0301\u0302\u0303\u0304\u0305" * 3), *says("a\u0300\u0301\u0302\u0303\u0304", "\u0e01" + "\u0e49" * 9)],
    ),
}
