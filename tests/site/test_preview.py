"""The local preview: what is served, how a rebuild reaches the browser, and that errors end nothing."""

from __future__ import annotations

import itertools
import json
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from kb.site import preview


@pytest.fixture
def shown() -> preview.Shown:
    return preview.Shown()


@pytest.fixture
def base(shown: preview.Shown) -> Iterator[str]:
    server = preview.serve(shown, 0)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    assert server.server_address[0] == "127.0.0.1"
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


def get(address: str) -> str:
    with urllib.request.urlopen(address, timeout=10) as answer:
        body: bytes = answer.read()
    return body.decode()


def site(folder: Path, text: str) -> str:
    (folder / "findings").mkdir(parents=True, exist_ok=True)
    (folder / "index.html").write_text(f"<html><body>{text}</body></html>", encoding="utf-8")
    (folder / "findings" / "a.html").write_text("<html><body>A</body></html>", encoding="utf-8")
    (folder / "style.css").write_text("p {}", encoding="utf-8")
    return ""


def test_a_rebuild_is_shown_and_reloads(tmp_path: Path, shown: preview.Shown, base: str) -> None:
    folders = (tmp_path / "a", tmp_path / "b")
    assert preview.rebuild(shown, folders, lambda into: site(into, "first"))
    page = get(base + "/")
    assert "first" in page
    assert preview.RELOAD in page
    assert preview.RELOAD in get(base + "/findings/a.html?x=1")
    assert get(base + "/style.css") == "p {}"
    before = json.loads(get(base + preview.STATUS))
    assert preview.rebuild(shown, folders, lambda into: site(into, "second"))
    after = json.loads(get(base + preview.STATUS))
    assert after["version"] > before["version"]
    assert "second" in get(base + "/")
    assert "fetch" in get(base + preview.RELOAD)


@pytest.mark.parametrize("how", ["says", "raises"])
def test_an_error_keeps_the_last_good_pages(tmp_path: Path, shown: preview.Shown, base: str, how: str) -> None:
    folders = (tmp_path / "a", tmp_path / "b")

    def fails(into: Path) -> str:
        site(into, "half")
        if how == "raises":
            raise ValueError("no such page")
        return "no such page"

    assert not preview.rebuild(shown, folders, fails)
    assert "could not be built yet" in get(base + "/")
    assert preview.rebuild(shown, folders, lambda into: site(into, "good"))
    assert not preview.rebuild(shown, folders, fails)
    assert "good" in get(base + "/")
    assert "no such page" in json.loads(get(base + preview.STATUS))["error"]
    assert preview.rebuild(shown, folders, lambda into: site(into, "better"))
    assert json.loads(get(base + preview.STATUS))["error"] == ""


@pytest.mark.parametrize("path", ["/../secret.html", "/%2e%2e/secret.html", "/findings/../../secret.html", "/none.html"])
def test_nothing_outside_the_site_is_served(tmp_path: Path, shown: preview.Shown, base: str, path: str) -> None:
    (tmp_path / "secret.html").write_text("secret", encoding="utf-8")
    preview.rebuild(shown, (tmp_path / "a", tmp_path / "b"), lambda into: site(into, "x"))
    with pytest.raises(urllib.error.HTTPError):
        get(base + path)


def test_fingerprint_sees_changes_new_files_and_removals(tmp_path: Path) -> None:
    (tmp_path / "findings").mkdir()
    record = tmp_path / "findings" / "a.yaml"
    seen = [preview.fingerprint([tmp_path / "findings", tmp_path / "kb.yaml"])]
    for change in (lambda: record.write_text("a"), lambda: record.write_text("ab"), lambda: (tmp_path / "kb.yaml").write_text("x"), record.unlink):
        change()
        seen.append(preview.fingerprint([tmp_path / "findings", tmp_path / "kb.yaml"]))
    assert all(before != after for before, after in itertools.pairwise(seen))
    assert seen[-1] == preview.fingerprint([tmp_path / "findings", tmp_path / "kb.yaml"])


def test_before_the_first_build_the_page_says_that_it_is_under_way(base: str) -> None:
    assert "is being built" in get(base + "/")


def test_pages_are_shown_under_the_policy_of_the_public_site(tmp_path: Path, shown: preview.Shown, base: str) -> None:
    assert preview.rebuild(shown, (tmp_path / "a", tmp_path / "b"), lambda into: site(into, "x"))
    assert shown.folder is not None
    (shown.folder / "404.html").write_text('<script>x=new URL("/",location)</script>', encoding="utf-8")
    with urllib.request.urlopen(base + "/findings/a.html", timeout=10) as answer:
        rules = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in rules
    assert rules.count("'sha256-") == 3
