"""What a knowledge base may be called, and that its settings read back whatever that is."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from kb.errors import UsageError
from kb.records.config import parse_config
from kb.start.about import about
from kb.start.content import GUIDE, THEME, contents, site_settings


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("title", "Sleep and memory"),
        ("title", "yes"),
        ("title", "12:30"),
        ("title", "# no comment: {a}, [b] & 'c' *d* !e %f |g"),
        ("title", "Schlaf und Gedächtnis: „was bleibt“"),
        ("title", "記憶"),
        ("title", "x" * 300),
        ("url", "https://example.org/wiki/"),
        ("license", "https://creativecommons.org/licenses/by/4.0/"),
    ],
)
def test_accepted(option: str, value: str) -> None:
    assert getattr(about({"title": "A title"} | {option: value}), option) == value


@pytest.mark.parametrize(
    ("option", "value", "says"),
    [
        ("title", "", "one line"),
        ("title", " Sleep", "without blanks"),
        ("title", "x" * 301, "300 characters"),
        ("title", "Sleep\nurl: https://example.com", "one line"),
        ("title", "Sleep\x1b[31m", "control character"),
        ("title", "Sleep\u202e", "U+202E"),
        ("title", "<script>alert(1)</script>", "markup"),
        ("tagline", 'a" onload="b', "markup"),
        ("url", "javascript:alert(1)", "address"),
        ("url", "example.org", "address"),
        ("repository", "git@example.org:a/b", "address"),
        ("license", "MIT", "address"),
    ],
)
def test_refused_by_its_option(option: str, value: str, says: str) -> None:
    with pytest.raises(UsageError, match=f"^--{option} ") as caught:
        about({"title": "A title"} | {option: value})
    assert says in str(caught.value)
    assert str(caught.value).isprintable()


LINES = st.text(st.characters(blacklist_categories=("Cs", "Cc", "Zl", "Zp", "Cn", "Cf", "Co"), blacklist_characters='<>"'), min_size=1, max_size=60)


@given(LINES, LINES)
def test_any_line_that_is_accepted_reads_back_from_both_settings(title: str, tagline: str) -> None:
    try:
        config = about({"title": title, "tagline": tagline})
    except UsageError:
        return
    files = contents(config)
    read = parse_config(files["kb.yaml"])
    assert (read.title, read.tagline) == (title, tagline)
    site = yaml.safe_load(files["mkdocs.yml"])
    assert (site["site_name"], site["site_description"]) == (title, tagline)


def test_the_navigation_lists_reruns_and_models_where_it_is_told_to_and_leaves_no_page_out() -> None:
    config = about({"title": "A title"})
    without, both = (yaml.safe_load(site_settings(config, theme=THEME, guide=GUIDE, reruns=flag, models=flag)) for flag in (False, True))
    for page in ("reruns.md", "models.md"):
        assert page not in str(without["nav"])
        assert f"/{page}" in without["not_in_nav"].split()
        assert page in str(both["nav"])
        assert f"/{page}" not in both["not_in_nav"].split()
    assert without["theme"] == both["theme"]
    assert "copyright" not in without
