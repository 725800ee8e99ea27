"""Broken and hostile variants of valid records, drawn from one random generator: for the fuzzer and the tests.

Two floors: data (values of other types, numbers at the edges, texts that try to break out) and text (tags, anchors,
directives, tabs, damaged bytes). A file may be hit on both.
"""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Iterator
from typing import Any

import yaml

NUMBERS: tuple[Any, ...] = (
    0, -1, 1, 2**31, 2**63, -(2**63), 10**39, -(10**39), 0.0, -0.0, 1e-320, 5e-324, 1e308, -1e308, 1.7976931348623157e308, 1e300, 0.1 + 0.2, 1e-9, 0.5, 99.95,
)  # fmt: skip
LOOKALIKES = (
    "1e999999999999", "9e-99999999", "0x7fffffffffffffffffffffff", "0o17", "1_000", "12:30:45", "190:20:30",
    "2026-02-30", "2026-1-1", "0000-00-00", "9999-12-31",
    "0001-01-01", "2999-12-31T23:59:59Z", "yes", "no", "~", "null", ".inf", "-.inf", ".nan", "+1", "1.", ".5",
    "-.5e+5", "1e5", "00", "-0", "0.000", "1" * 40,
    "0." + "1" * 38, "1" * 41, "٣", "１２", "true", "True",
)  # fmt: skip
TEXTS = (
    "", " ", "x", "\n", "\n\n\n", "a\n\nb", "\t", "\x00", "\x1b[31m", "\r", "\x85", "\u2028", "\ufeff", "\u202e", "\u200b", "\u00ad", "\U000e0041",
    "e" + "\u0301" * 500,
    "[[persona]]", "[[prompts-move-personas/rate]]", "[[x|", "[[" * 500, "]]", "[[persona|" + "w" * 400 + "]]",
    "../../etc/passwd", "/etc/passwd", "C:\\x", "con",
    "nul", "index", "tags", "404", "a/b/c", "-", "--", "a--b", "A-B", "ａ", "persona", "no-such-record",
    "x" * 81, "x" * 301, "x" * 20_001, "<script>alert(1)</script>",
    "{{ 7*7 }}", "{% include 'x' %}", "&lt;", "javascript:alert(1)", "data:text/html,x", "//evil.example",
    "https://example.org/\u202e", "https://x.y/" + "a" * 600,
    "before < after", "before = after" + " = after" * 20, "(" * 150 + "1" + ")" * 150 + " = 1", "1/0 = 1", "sum() = 1", "before - before = 0",
    "before / after / before ~ 1",
    "- " * 140, "9" * 290 + " = 1", "##[stop-commands]x", "::error::x", "%0A::error::x", "**b**", "`c`", "| a | b |",
    "---", "# h", "{#", "10.1234/" + "<>" * 90,
    "2401.00001", "< 0.001", "= 1e-999999999999", "0000-0000-0000-0000", "日本語", "🙂", "한\u115f국",
    "\U0001f468\u200d\U0001f469", "می\u200cخواهم", "葛\U000e0100城",
)  # fmt: skip
TOKENS = (
    "!!python/object/apply:os.system [x]", "!!binary aGk=", "!x", "!<tag:yaml.org,2002:str>", "&a ", "*a", "*b",
    "<<: *a\n", "? ", ": ", "- ", "---\n", "...\n", "%YAML 1.1\n",
    "%TAG ! tag:x,2026:\n", "\t", "\r", "\r\n", "\x00", "\x85", "\ufeff", "\u2028", "\u202e", "# ", "#", "'", '"', "|",
    ">", "|2-\n", "@", "`", "{", "}", "[", "]", ",", "\\", '"\\x00"',
    '"\\ud800"', '"\\U00110000"', '"\\u202e"', "\n", "\n ", "  ", "\u3000", "é", "🙂",
)  # fmt: skip
BYTES = (b"\xff", b"\xfe\xff", b"\xed\xa0\x80", b"\xc0\x80", b"\xf4\x90\x80\x80", b"\xe2\x80", b"\x80", b"\xf8\x88\x80\x80\x80", b"\xef\xbf\xbf")


def bombs(random: random.Random) -> str:
    """A text that asks for far more work than its length: aliases that multiply, nesting, very many or very long values."""
    n = random.choice((10, 60, 400))
    return random.choice(
        (
            "a0: &a0 [x]\n" + "".join(f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]\n" for i in range(1, n)),
            "a: " + "[" * 50 * n,
            "a: " + "{a: " * 20 * n,
            "- " * 30 * n,
            "? " * 30 * n,
            "".join(" " * i + "a:\n" for i in range(min(n, 300))),
            "a: &a [*a]\n",
            "x" * 300 * n + ": 1\n",
            "a: '" + "'" * 300 * n,
            "a: |\n" + " x\n" * 100 * n,
            "".join(f"k{i}: 1\n" for i in range(50 * n)),
            "k: 1\n" * 50 * n,
            "a: [" + "1, " * 100 * n + "]\n",
            "a: " + "!" * 100 * n + "\n",
            "a: " + "&" * 100 * n + "\n",
            "# " + "x" * 500 * n + "\n",
            "\n" * 300 * n,
            "a: \"" + "\\\n" * 100 * n + '"\n',
        )
    )  # fmt: skip


def places(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The path of every value of some data, the whole among them."""
    yield path
    for step, inner in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield from places(inner, (*path, step))


def _odd(random: random.Random, old: Any) -> Any:
    """A value to stand instead of another."""
    draw = random.random()
    if draw < 0.2:
        return random.choice(NUMBERS)
    if draw < 0.35:
        return random.choice(LOOKALIKES)
    if draw < 0.65:
        return random.choice(TEXTS)
    if draw < 0.78:
        return [copy.deepcopy(old)] * random.choice((1, 2, 40))
    if draw < 0.85:
        return {random.choice(TEXTS) or "k": copy.deepcopy(old)}
    return random.choice((None, True, False, [], {}, [None], {"a": None}, [[[]]]))


def strange(random: random.Random, data: dict[str, Any], times: int) -> dict[str, Any]:
    """A copy of a record's data in which sentences hold other words and numbers are others: most of these are valid."""
    data = copy.deepcopy(data)
    free = [path for path in places(data) if (isinstance(value := _at(data, path), str) and " " in value) or type(value) in (int, float)]
    for path in random.sample(free, min(times, len(free))):
        parent = _at(data, path[:-1])
        old = parent[path[-1]]
        at = random.choice((0, len(str(old)) // 2, len(str(old))))
        parent[path[-1]] = str(old)[:at] + random.choice(TEXTS) + str(old)[at:] if isinstance(old, str) else random.choice(NUMBERS)
    return data


def _at(data: Any, path: tuple[str | int, ...]) -> Any:
    for step in path:
        data = data[step]
    return data


def changed(random: random.Random, data: dict[str, Any], times: int = 1) -> dict[str, Any]:
    """A copy of a record's data with some values replaced, removed, doubled, moved, or their keys changed."""
    data = copy.deepcopy(data)
    for _ in range(times):
        path = random.choice(list(places(data))[1:] or [()])
        if not path:
            break
        parent: Any = data
        for step in path[:-1]:
            parent = parent[step]
        draw, step = random.random(), path[-1]
        if draw < 0.7:
            parent[step] = _odd(random, parent[step])
        elif draw < 0.8:
            del parent[step]
        elif isinstance(parent, list):
            parent.insert(int(step), copy.deepcopy(parent[int(step)]))
        elif draw < 0.9:
            parent[random.choice((*TEXTS, *(str(key) + "x" for key in parent)))] = parent.pop(step)
        else:
            parent[step] = copy.deepcopy(parent[random.choice(list(parent))])
    return data


def written(data: dict[str, Any], *, as_json: bool, flow: bool = False) -> str:
    """The text of a file that holds some data; what JSON or YAML can't hold is left to their writers."""
    if as_json:
        return json.dumps(data, ensure_ascii=False, indent=1, default=str)
    return yaml.safe_dump(data, allow_unicode=True, sort_keys=False, default_flow_style=flow, width=10_000)


def damaged(random: random.Random, text: str) -> bytes:
    """The bytes of a text with signs put in, lines doubled, moved or cut, or bytes that are no text."""
    for _ in range(random.choice((1, 1, 2, 5))):
        draw, at = random.random(), random.randrange(len(text) + 1)
        if draw < 0.45:
            text = text[:at] + random.choice(TOKENS) + text[at:]
        elif draw < 0.55:
            text = text[:at] + text[at + random.choice((1, 2, 30)) :]
        elif draw < 0.7:
            lines = text.split("\n")
            i, j = random.randrange(len(lines)), random.randrange(len(lines))
            lines.insert(j, lines[i] if draw < 0.63 else lines.pop(i) if len(lines) > 1 else "")
            text = "\n".join(lines)
        elif draw < 0.78:
            text = text.replace("\n", random.choice(("\r\n", "\r", "\n\n", "\n \n", " #\n")))
        elif draw < 0.85:
            text = text[:at] + bombs(random) + text[at:] if draw < 0.82 else text + bombs(random)
        elif draw < 0.9:
            text = text.replace("  ", random.choice(("\t", " ", "   ", "\u00a0 ")), random.choice((1, 3, -1)))
        else:
            text = text[:at]
    raw = bytearray(text.encode("utf-8", "surrogatepass"))
    if random.random() < 0.25:
        for _ in range(random.choice((1, 2, 8))):
            at = random.randrange(len(raw) + 1)
            raw[at : at + random.choice((0, 1))] = random.choice((bytes([random.randrange(256)]), *BYTES))
    return bytes(raw)


def variant(random: random.Random, data: dict[str, Any], *, as_json: bool = False, head: str = "") -> bytes:
    """The bytes of a broken or hostile file made of a valid record; `head` is its first line."""
    if random.random() < 0.4:
        return (head + written(strange(random, data, random.choice((1, 2, 4))), as_json=as_json)).encode("utf-8", "surrogatepass")
    draw = random.random()
    data = changed(random, data, random.choice((1, 1, 1, 2, 6))) if draw < 0.8 else data
    text = head + written(data, as_json=as_json, flow=random.random() < 0.1)
    return damaged(random, text) if draw > 0.55 else text.encode("utf-8", "surrogatepass")
