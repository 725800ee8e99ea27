"""The pages of the codes that reading reports: KB001 to KB049. Names and summaries are those of `kb.records.codes`."""

from __future__ import annotations

from typing import NamedTuple

from kb.checks.registry import Rule, register
from kb.records.codes import READING, Code
from kb.records.diagnostic import Severity


class Page(NamedTuple):
    """What a rule's page says beyond its summary."""

    what: str
    why: str
    bad: str
    good: str
    fix: str


_FINDING = "# findings/steering-works.yaml\n"
_LINE = "# yaml-language-server: $schema=../schemas/json/finding.schema.json\n"
_CLAIM = "claims:\n  - {id: rate, statement: It rises., nature: existence, at: [{part: abstract}], measures: "
_QUESTION = "status: working\nadded: 2026-01-10\ncontributors: [ann]\ntitle: A title\nkind: open-question\nasks: Does it?\nwhy: It matters.\nstate: open\n"
_GOOD = _FINDING + "title: A direction steers\nsummary: Adding it changes the tone.\n"

PAGES: dict[str, Page] = {
    "KB001": Page(
        "Every entry of a folder of records must be a regular file that can be opened.",
        "A record that cannot be read would silently be missing from every count.",
        "$ chmod 000 findings/steering-works.yaml",
        "$ chmod 644 findings/steering-works.yaml",
        "Correct its permissions, or remove what is no file.",
    ),
    "KB002": Page(
        "Record files and folders of records may not be symbolic links.",
        "A link in a pull request could make the reader open any file of the machine that checks it, and two ids would share one text.",
        "$ ln -s /etc/passwd findings/steering-works.yaml",
        "$ cp draft.yaml findings/steering-works.yaml",
        "Replace the link by the file that it points to, if that is a record. A record's second name belongs into `aliases`.",
    ),
    "KB003": Page(
        "A record file may be 256 kB long; the longest ones known are a tenth of that.",
        "The limit bounds what a stranger's file can cost in time and memory. A record of that size is data, not a finding.",
        "$ ls -l findings/steering-works.yaml   # 3145728 bytes",
        "$ ls -l findings/steering-works.yaml   # 4096 bytes",
        "Keep the figures that carry the result, and link to the data with `data` of the source.",
    ),
    "KB004": Page(
        "Record files are UTF-8.",
        "Any other encoding would be guessed, and names and signs damaged by the guess.",
        "$ iconv -t latin1 …   # Müller as the bytes 4D FC 6C 6C 65 72",
        "$ iconv -t utf-8 …    # Müller as the bytes 4D C3 BC 6C 6C 65 72",
        "Save the file as UTF-8, without a byte order mark.",
    ),
    "KB005": Page(
        'Control characters other than tab and line end, Unicode\'s line and paragraph separators, and byte order marks, as such or as escapes (`"\\x1b"`).',
        "They can recolour or rewrite a terminal, end a line where none is expected, and make equal texts differ.",
        _FINDING + 'title: "A direction \\x1b[31m steers"\n',
        _GOOD,
        "Remove the character; it usually came with a copied text.",
    ),
    "KB006": Page(
        "A file that holds nothing, or nothing but comments.",
        "An empty record is an id that leads nowhere.",
        "# findings/empty-one.yaml, the whole file\n" + _LINE,
        _GOOD,
        "Fill it in (`kb new` writes a scaffold), or delete it.",
    ),
    "KB007": Page(
        "The file must be one YAML 1.2 document, results also one of JSON. The report says where reading stopped and what was expected there.",
        "What is no YAML holds no record.",
        _FINDING + "title: Steering: the basics\n",
        _FINDING + 'title: "Steering: the basics"\n',
        "Quote a text that holds a colon and a blank, begins with a sign, or stands in `[ ]` or `{ }` and holds a comma; compare the indentation with"
        " another record.",
    ),
    "KB008": Page(
        "Indentation is made of spaces.",
        "YAML allows no tabs there: how far a tab indents depends on the editor.",
        _FINDING + "summary: |\n  One line.\nmodels:\n\t- name: Small 1B\n",
        _FINDING + "summary: |\n  One line.\nmodels:\n  - name: Small 1B\n",
        "Replace each tab by two spaces.",
    ),
    "KB009": Page(
        "One document per file, without `%YAML` or `%TAG` lines.",
        "A second document would be read by some tools and not by others.",
        _FINDING + "title: A direction steers\n---\ntitle: Another\n",
        _GOOD,
        "Move the second record into a file of its own; remove the directive.",
    ),
    "KB010": Page(
        "The top level is a mapping of fields.",
        "A list or a single value has no fields to read.",
        "# findings/steering-works.yaml, the whole file\n" + _LINE + "- schema: 1\n- id: steering-works\n",
        _GOOD,
        "Write `key: value` lines, as in any other record.",
    ),
    "KB011": Page(
        "No mapping has a key twice.",
        "Most YAML readers keep the last one and drop the first without a word.",
        _FINDING + "title: A direction steers\ntitle: A direction moves\n",
        _GOOD,
        "Keep one of the two.",
    ),
    "KB012": Page(
        "Keys are texts.",
        "`on` and `no` are texts here, but `1`, `true` and `null` as keys are slips.",
        _FINDING + _CLAIM + '[{name: rate, value: 1, unit: "%", of: {20: layer}}]}\n',
        _FINDING + _CLAIM + '[{name: rate, value: 1, unit: "%", of: {layer: 20}}]}\n',
        "Name the field; quote a key that is a text made of digits.",
    ),
    "KB013": Page(
        "No value carries a tag like `!!python/object` or `!include`.",
        "Tags are how YAML asks a program to build something; records are plain data.",
        _FINDING + "title: !!str A direction steers\n",
        _GOOD,
        "Remove the tag; quote a text that begins with an exclamation mark.",
    ),
    "KB014": Page(
        "The merge key `<<` is not used.",
        "Inheritance hides what a record says, and its rules differ between readers.",
        _FINDING + "models:\n  - &small {name: Small 1B, family: Small}\n  - {<<: *small, size: 1B}\n",
        _FINDING + "models:\n  - {name: Small 1B, family: Small}\n  - {name: Small 1B, family: Small, size: 1B}\n",
        "Write the fields out.",
    ),
    "KB015": Page(
        "Anchors and aliases are few, point to an earlier value, and are used once each as anchors.",
        "Nested aliases let a short file grow to any size when it is read.",
        _FINDING + "title: *unknown\n",
        _GOOD,
        "Write the values out.",
    ),
    "KB016": Page(
        "Nesting and the number of values are bounded.",
        "Deep nesting exhausts the stack of whatever reads it.",
        _FINDING + "title: " + "[" * 40 + "]" * 40 + "\n",
        _GOOD,
        "Check the brackets and the indentation.",
    ),
    "KB017": Page(
        "Numbers are finite and have at most 40 characters.",
        "No source prints more digits; such a number is a slip or an attempt to keep a reader busy.",
        _FINDING + _CLAIM + '[{name: rate, value: 1e999999, unit: "%"}]}\n',
        _FINDING + _CLAIM + '[{name: rate, value: 1e9, unit: "%"}]}\n',
        "Write the figure as the source prints it; quote a text made of digits.",
    ),
    "KB018": Page(
        "The first line of a record names the JSON Schema of its type, in a comment that editors read.",
        "With it an editor completes fields and marks errors while you type.",
        "# questions/without-line.yaml, the whole file\nschema: 1\nid: without-line\n" + _QUESTION,
        "# questions/with-line.yaml, the whole file\n"
        "# yaml-language-server: $schema=../schemas/json/question.schema.json\n"
        "schema: 1\nid: with-line\n" + _QUESTION,
        "Put the line that the report shows at the top (`kb fmt` does it too).",
    ),
    "KB019": Page(
        "The id of a record is the name of its file without the ending.",
        "A reader who knows an id knows the file, and two files cannot claim one id.",
        _FINDING + "id: steering-worked\n",
        _FINDING + "id: steering-works\n",
        "Rename the file, or correct the id. A record that is merged keeps its id.",
    ),
    "KB020": Page(
        "Ids and aliases are unique in the whole knowledge base, whatever the type.",
        "A link names an id and nothing else: it could mean either record.",
        _FINDING + "aliases: [style]\n",
        _FINDING + "aliases: [steering-worked]\n",
        "Give one of them another id or alias.",
    ),
    "KB021": Page(
        "File names differ in more than capitals or Unicode form.",
        "On macOS and Windows such files overwrite each other.",
        "# findings/Steering-works.yaml, the whole file\n" + _LINE,
        _GOOD,
        "Rename one of the two; ids are lower case.",
    ),
    "KB022": Page(
        "Folders of records hold records (`.yaml`, for results also `.json`) and a README.md, named in lower case with hyphens.",
        "A file with another ending or name looks filed, and no command ever reads it.",
        "# findings/notes-on-steering.txt, the whole file\nTo do.\n",
        _GOOD,
        "Rename it (`.yml` becomes `.yaml`, capitals and blanks become hyphens) or move it elsewhere.",
    ),
    "KB023": Page(
        "Folders of records hold no folders.",
        "The name of a file is the id of a record; a record in a folder further down would not be read.",
        "# findings/old/first-try.yaml, the whole file\n" + _LINE,
        _GOOD,
        "Move its records up, and remove it.",
    ),
}


def register_pages(codes: tuple[Code, ...], pages: dict[str, Page], severity: Severity = "error") -> None:
    """Register a page for each code; one without a page, or a page without a code, is an error of ours."""
    if [code.code for code in codes] != sorted(pages):
        raise ValueError(f"codes and pages differ: {sorted({code.code for code in codes} ^ set(pages))}")
    for code in codes:
        page = pages[code.code]
        register(Rule(code.code, code.name, code.summary, page.what, page.why, page.bad.rstrip("\n") + "\n", page.good.rstrip("\n") + "\n", page.fix, severity))


register_pages(READING, PAGES)
