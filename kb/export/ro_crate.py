"""An RO-Crate per replication: its result records, their configurations and plots, and what was run on what.

RO-Crate 1.1 with the profile Process Run Crate 0.5: each record is the result of an action whose instrument is the replication.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from typing import Any

from kb.evidence.state import State
from kb.export.cells import cell
from kb.export.registry import Options, export
from kb.forms.addresses import label, web
from kb.forms.text import line, words
from schemas import Result
from schemas.result import Plot

Entity = dict[str, Any]
_PROFILE = "https://w3id.org/ro/wfrun/process/0.5"
_METADATA = "ro-crate-metadata.json"


@export(
    "ro-crate",
    summary="A research object per replication: records, configurations, plots, and what was run",
    file="crates",
    media="application/ld+json",
    kind="folder",
    reader="rocrate (ro-crate-py); any RO-Crate 1.1 reader",
    schema={
        "NAME/ro-crate-metadata.json": "the crate of a replication: RO-Crate 1.1, Process Run Crate 0.5",
        "NAME/results/ID.json": "a result record",
        "NAME/configs/ID.json": "the configuration of its run",
        "NAME/plots/ID/PLOT.csv": "a plot's data: `series`, `x`, `y`, `low`, `high` (empty where there is no interval)",
        "CreateAction": "a run: `instrument` the replication with its version, `object` the configuration, finding and claims, `result` record and plots",
    },
    notes="The publication date is that of the newest record. The licence is that of kb.yaml, and is left out where it names none.",
)
def ro_crate(state: State, _: Options) -> dict[str, bytes]:
    by_name: dict[str, list[Result]] = {}
    for result in state.corpus.results.values():
        by_name.setdefault(result.replication, []).append(result)
    made: dict[str, bytes] = {}
    for name, results in sorted(by_name.items()):
        made |= {f"{name}/{file}": content for file, content in _crate(state, name, results).items()}
    return made


def _crate(state: State, name: str, results: list[Result]) -> dict[str, bytes]:
    config, newest = state.corpus.config, max(results, key=lambda result: (result.replication_version, result.added, result.id))
    files: dict[str, bytes] = {}
    entities: list[Entity] = []
    for result in results:
        made, described = _run(state, result)
        files |= made
        entities += described
    root: Entity = {
        "@id": "./",
        "@type": "Dataset",
        "name": f"Replication {name} of {line(config.title)}",
        "description": words(newest.hypothesis, lambda ref: label(state.corpus, ref)),
        "datePublished": max(result.added for result in results).isoformat(),
        "conformsTo": {"@id": _PROFILE},
        "hasPart": [{"@id": file} for file in sorted(files)],
        "mentions": [{"@id": f"#run-{result.id}"} for result in results],
    }
    if config.license:
        root["license"] = {"@id": config.license}
        entities.append({"@id": config.license, "@type": "CreativeWork", "name": "Licence", "url": config.license})
    head = [
        {"@id": _METADATA, "@type": "CreativeWork", "conformsTo": {"@id": "https://w3id.org/ro/crate/1.1"}, "about": {"@id": "./"}},
        root,
        {"@id": _PROFILE, "@type": "CreativeWork", "name": "Process Run Crate", "version": "0.5"},
    ]
    # Two records may share a finding, and two versions of a replication are two instruments.
    graph = {entity["@id"]: entity for entity in [*head, *entities]}
    document = {"@context": "https://w3id.org/ro/crate/1.1/context", "@graph": list(graph.values())}
    return {_METADATA: _json(document), **files}


def _run(state: State, result: Result) -> tuple[dict[str, bytes], list[Entity]]:
    """The files of one result record, and the entities that describe them and its run."""
    record, config = f"results/{result.id}.json", f"configs/{result.id}.json"
    files = {record: _json(result.model_dump(mode="json", by_alias=True, exclude_unset=True)), config: _json(result.config)}
    names = {
        record: f"Result record {result.id}: {result.verdict}, {result.tier} tier, scale {result.scale}",
        config: f"Configuration of the run behind {result.id}",
    }
    for plot in result.plots:
        file = f"plots/{result.id}/{plot.id}.csv"
        files[file], names[file] = _plot(plot), line(plot.title)
    instrument = f"#replication-{result.replication}-{result.replication_version}"
    about = [entity for ref in dict.fromkeys([result.finding, *result.claims]) if (entity := _reported(state, ref))]
    action: Entity = {
        "@id": f"#run-{result.id}",
        "@type": "CreateAction",
        "name": f"Run of {result.replication}, version {result.replication_version}, at scale {result.scale}",
        "description": line(result.departures),
        "endTime": result.added.isoformat(),
        "actionStatus": {"@id": "http://schema.org/CompletedActionStatus"},
        "instrument": {"@id": instrument},
        "object": [{"@id": config}, *({"@id": entity["@id"]} for entity in about)],
        "result": [{"@id": file} for file in files if file != config],
    }
    software: Entity = {
        "@id": instrument,
        "@type": "SoftwareApplication",
        "name": f"verify run {result.replication}",
        "version": str(result.replication_version),
        "softwareRequirements": "; ".join(f"{line(name)} {line(version)}" for name, version in sorted(result.versions.items())),
    }
    if state.corpus.config.repository:
        software["url"] = state.corpus.config.repository
    status = {"@id": "http://schema.org/CompletedActionStatus", "@type": "DefinedTerm", "name": "Completed"}
    described = [
        {
            "@id": file,
            "@type": "File",
            "name": names[file],
            "encodingFormat": "text/csv" if file.endswith(".csv") else "application/json",
            "contentSize": str(len(content)),
        }
        for file, content in files.items()
    ]
    return files, [action, software, status, *about, *described]


def _reported(state: State, ref: str) -> Entity | None:
    """A finding or claim as an entity outside of the crate."""
    address = web(state.corpus, ref)
    if address is None:
        return None
    return {"@id": address, "@type": "Claim" if "/" in ref else "CreativeWork", "name": line(label(state.corpus, ref))}


def _plot(plot: Plot) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(["series", "x", "y", "low", "high"])
    writer.writerows(map(cell, row) for row in _points(plot))
    return out.getvalue().encode()


def _points(plot: Plot) -> Iterator[tuple[str | float | None, ...]]:
    for series, points in plot.series.items():
        band = {x: (low, high) for x, low, high in plot.bands.get(series, [])}
        for x, y in points:
            yield line(series), x, y, *band.get(x, (None, None))


def _json(data: Any) -> bytes:
    return (json.dumps(data, ensure_ascii=False, indent=1) + "\n").encode("utf-8", "replace")
