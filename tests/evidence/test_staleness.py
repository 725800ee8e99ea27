"""Results whose sources have changed: compared as files, never imported, and never outside their package."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from kbmaker import corpus

import schemas
from kb.evidence.staleness import Staleness, staleness
from kb.evidence.state import derive
from schemas.fingerprint import fingerprint

SOURCE = "import lost_module\n\n\ndef run():\n    return 1\n"


@pytest.fixture
def lab(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An importable package `toylab_a` of one module that can't be imported."""
    folder = tmp_path / "toylab_a"
    folder.mkdir()
    (folder / "__init__.py").write_text("raise RuntimeError('imported')\n", encoding="utf-8")
    (folder / "rep.py").write_text(SOURCE, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    return folder


def of(code: dict[str, str]) -> Staleness:
    return staleness(corpus({"result/rerun-one": {"code": code}}))["rerun-one"]


@pytest.mark.usefixtures("lab")
def test_the_same_source_is_current_and_nothing_is_imported() -> None:
    found = of({"toylab_a/rep.py": fingerprint(SOURCE)})
    assert found == Staleness(1)
    assert found.state == "current"
    assert "toylab_a" not in sys.modules


def test_a_comment_does_not_make_it_stale_and_code_does(lab: Path) -> None:
    code = {"toylab_a/rep.py": fingerprint(SOURCE)}
    (lab / "rep.py").write_text('"""Said."""\n' + SOURCE + "# and commented\n", encoding="utf-8")
    assert of(code).state == "current"
    (lab / "rep.py").write_text(SOURCE.replace("1", "2"), encoding="utf-8")
    assert of(code) == Staleness(1, changed=("toylab_a/rep.py",))
    assert of(code).state == "stale"


@pytest.mark.parametrize("left", [None, b"def run(:\n", b"\xff\xfe", b"x = 1\x00", b"#" * ((1 << 20) + 1)])
def test_a_source_that_is_gone_or_no_python_is_a_change(lab: Path, left: bytes | None) -> None:
    code = {"toylab_a/rep.py": fingerprint(SOURCE)}
    (lab / "rep.py").unlink()
    if left is not None:
        (lab / "rep.py").write_bytes(left)
    assert of(code).changed == ("toylab_a/rep.py",)


@pytest.mark.usefixtures("lab")
def test_no_code_and_packages_that_are_not_here_are_unknown_not_current() -> None:
    assert of({}).state == "unknown"
    absent = of({"no_such_package_xyz/rep.py": "0" * 16, "toylab_a/rep.py": fingerprint(SOURCE)})
    assert absent == Staleness(2, unknown=("no_such_package_xyz/rep.py",))
    assert absent.state == "unknown"


@pytest.mark.usefixtures("lab")
def test_one_change_outweighs_what_is_unknown() -> None:
    found = of({"no_such_package_xyz/rep.py": "0" * 16, "toylab_a/rep.py": "0" * 16})
    assert (found.state, found.changed) == ("stale", ("toylab_a/rep.py",))


@pytest.mark.parametrize(
    "path",
    [
        "/etc/passwd", "../toylab_a/rep.py", "toylab_a/../toylab_a/rep.py", "toylab_a//rep.py", "toylab_a/rep", "toylab_a/re p.py", ".py",
        "toylab_a/rep.py\u202e", "~/x.py", "C:/x.py", "toylab_a/.rep.py",
    ],
)  # fmt: skip
def test_a_path_of_a_stranger_leads_nowhere(lab: Path, path: str) -> None:
    (lab / ".rep.py").write_text(SOURCE, encoding="utf-8")
    assert of({path: fingerprint(SOURCE)}) == Staleness(1, unknown=(path,))


@pytest.mark.parametrize("name", ["builtins", "sys", "no_package_of_this_name"])
def test_names_without_a_folder_are_unknown(name: str) -> None:
    assert of({f"{name}/x.py": "0" * 16}).state == "unknown"


def test_a_module_that_has_lost_its_spec_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules["__main__"], "__spec__", None)
    assert of({"__main__/x.py": "0" * 16}).state == "unknown"


def test_our_own_sources_are_found_where_they_are_imported_from() -> None:
    path = Path(schemas.__file__).parent / "result.py"
    now = fingerprint(path.read_text(encoding="utf-8"))
    assert of({"schemas/result.py": now}).state == "current"
    assert of({"schemas/result.py": "0" * 16}).state == "stale"


def test_each_source_is_read_once(lab: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import kb.evidence.staleness as module

    read: list[Path] = []
    before = module._read
    monkeypatch.setattr(module, "_read", lambda path: read.append(path) or before(path))  # type: ignore[func-returns-value]
    code = {"toylab_a/rep.py": fingerprint(SOURCE)}
    found = staleness(corpus({f"result/rerun-{name}": {"code": code} for name in ("one", "two", "three")}))
    assert [one.state for one in found.values()] == ["current"] * 3
    assert read == [lab / "rep.py"]


def test_it_agrees_with_verify(lab: Path) -> None:
    """`verify status` and the site read one record alike."""
    changed = pytest.importorskip("verify.code").changed
    for was in (fingerprint(SOURCE), "0" * 16):
        code = {"toylab_a/__init__.py": fingerprint((lab / "__init__.py").read_text(encoding="utf-8")), "toylab_a/rep.py": was, "toylab_a/gone.py": was}
        assert list(of(code).changed) == changed(code)


def test_stale_results_of_one_replication_wait_together() -> None:
    stale = {"code": {"schemas/result.py": "0" * 16}}
    records = {
        "result/coin-small": {"replication": "coin-toss", "scale": "small", "added": "2026-01-11", **stale},
        "result/coin-full": {"replication": "coin-toss", "scale": "full", "added": "2026-01-12", **stale},
        "result/coin-smoke": {"replication": "coin-toss", "scale": "smoke"},
        "result/coin-model": {"replication": "coin-toss", "tier": "small-model", "config": {"model": "Qwen3-0.6B"}, **stale},
    }
    waiting = [item for item in derive(corpus(records)).queue if item.kind == "stale-result"]
    assert [item.records for item in waiting] == [("coin-model",), ("coin-full", "coin-small")]
    assert [item.id for item in waiting] == ["stale-result:coin-toss/small-model/Qwen3-0.6B", "stale-result:coin-toss/organism"]
    assert [item.title for item in waiting] == ["coin toss, Qwen3-0.6B: run it again?", "coin toss, organism tier: run it again?"]
    assert "schemas/result.py" in waiting[1].what
    assert "verify run coin-toss --scale full" in waiting[1].options[0].words
    assert str(waiting[1].since) == "2026-01-12"
