"""Research objects read back by ro-crate-py, and held against what RO-Crate 1.1 and Process Run Crate ask for."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path
from typing import Any

import exporting
import kbmaker
import pytest
from rocrate.rocrate import ROCrate

from kb.evidence.state import derive
from schemas import Result

LICENCE = "https://creativecommons.org/licenses/by/4.0/"
FILES = exporting.made(
    "ro-crate", derive(kbmaker.corpus(exporting.overrides(**{"kb.yaml": {"license": LICENCE, "repository": "https://example.org/tiny.git"}})))
)
METADATA = "ro-crate-metadata.json"
HOSTILE = exporting.made("ro-crate", exporting.hostile())


def put(folder: Path, files: dict[str, bytes]) -> Path:
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


@pytest.mark.parametrize("files", [FILES, HOSTILE], ids=["small", "hostile"])
def test_ro_crate_py_reads_it(files: dict[str, bytes], tmp_path: Path) -> None:
    crate = ROCrate(put(tmp_path, files) / "moved-persona")
    assert str(crate.root_dataset["datePublished"]).startswith("2026-01-10")
    (instrument, *_) = {action["instrument"].id for action in crate.get_by_type("CreateAction")}
    assert instrument.startswith("#replication-moved-persona-")
    on_disk = {path.relative_to(tmp_path / "moved-persona").as_posix() for path in (tmp_path / "moved-persona").rglob("*") if path.is_file()}
    assert {entity.id for entity in crate.data_entities} == on_disk - {METADATA}


def entities(files: dict[str, bytes]) -> dict[str, dict[str, Any]]:
    document = json.loads(files[f"moved-persona/{METADATA}"])
    assert document["@context"] == "https://w3id.org/ro/crate/1.1/context"
    found = {entity["@id"]: entity for entity in document["@graph"]}
    assert len(found) == len(document["@graph"])
    return found


def references(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [value["@id"]] if set(value) == {"@id"} else [ref for inner in value.values() for ref in references(inner)]
    return [ref for inner in value for ref in references(inner)] if isinstance(value, list) else []


@pytest.mark.parametrize("files", [FILES, HOSTILE], ids=["small", "hostile"])
def test_what_ro_crate_asks_for(files: dict[str, bytes]) -> None:
    found = entities(files)
    descriptor, root = found[METADATA], found["./"]
    assert descriptor["@type"] == "CreativeWork"
    assert descriptor["about"] == {"@id": "./"}
    assert descriptor["conformsTo"] == {"@id": "https://w3id.org/ro/crate/1.1"}
    assert root["@type"] == "Dataset"
    assert re.fullmatch(r"\d{4}-\d{2}-\d{2}", root["datePublished"])
    assert root["name"]
    assert root["description"]
    assert all(entity.get("@type") for entity in found.values())
    outside = {"https://w3id.org/ro/crate/1.1"}
    for entity in found.values():
        assert set(references({key: value for key, value in entity.items() if key != "@id"})) <= set(found) | outside, entity["@id"]
    parts = {part["@id"] for part in root["hasPart"]}
    assert parts == {name for name, entity in found.items() if entity["@type"] == "File"}
    assert {f"moved-persona/{part}" for part in parts} == {name for name in files if name.startswith("moved-persona/")} - {f"moved-persona/{METADATA}"}
    assert all(int(found[part]["contentSize"]) == len(files[f"moved-persona/{part}"]) for part in parts)


def test_what_process_run_crate_asks_for() -> None:
    found = entities(FILES)
    assert found["./"]["conformsTo"] == {"@id": "https://w3id.org/ro/wfrun/process/0.5"}
    assert found["./"]["license"] == {"@id": LICENCE}
    assert found[LICENCE]["@type"] == "CreativeWork"
    actions = [entity for entity in found.values() if entity["@type"] == "CreateAction"]
    assert (
        {action["@id"] for action in actions} == {ref["@id"] for ref in found["./"]["mentions"]} == {"#run-rerun-small", "#run-rerun-smoke", "#run-rerun-model"}
    )
    for action in actions:
        assert found[action["instrument"]["@id"]]["@type"] == "SoftwareApplication"
        assert {found[ref["@id"]]["@type"] for ref in action["object"]} == {"File", "CreativeWork", "Claim"}
        assert {found[ref["@id"]]["@type"] for ref in action["result"]} == {"File"}
    assert found["#replication-moved-persona-2"] is not found["#replication-moved-persona-1"]
    assert "license" not in entities(HOSTILE)["./"]


def test_the_files_hold_what_the_records_hold() -> None:
    record = json.loads(FILES["moved-persona/results/rerun-small.json"])
    assert Result.model_validate(record) == exporting.small().corpus.results["rerun-small"]
    assert json.loads(FILES["moved-persona/configs/rerun-small.json"]) == record["config"]
    plot = list(csv.reader(io.StringIO(FILES["moved-persona/plots/rerun-small/by-dose.csv"].decode())))
    assert plot[:3] == [["series", "x", "y", "low", "high"], ["prompted", "0.0", "0.1", "", ""], ["prompted", "10.0", "0.4", "", ""]]
