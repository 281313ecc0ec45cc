"""The requirements of RO-Crate 1.1 and of Process Run Crate 0.5, each as their specifications word it."""

from __future__ import annotations

import hashlib
import json
import re
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from tests.unit.store_cases import A, complete, scenario, tree

from majung.ensemble.store import Store

Entity = dict[str, Any]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("runs")
    with Store.open(root / "store", create=True) as store:
        return complete(store, "4f1c", [A], scenario(root / "given"))


@pytest.fixture(scope="module")
def graph(folder: Path) -> dict[str, Entity]:
    metadata = json.loads((folder / "ro-crate-metadata.json").read_text(encoding="utf-8"))
    assert metadata["@context"][0] == "https://w3id.org/ro/crate/1.1/context"
    by_id = {entity["@id"]: entity for entity in metadata["@graph"]}
    assert len(by_id) == len(metadata["@graph"])
    return by_id


@pytest.fixture(scope="module")
def root(graph: dict[str, Entity]) -> Entity:
    descriptor = graph["ro-crate-metadata.json"]
    assert descriptor["@type"] == "CreativeWork"
    assert descriptor["conformsTo"] == {"@id": "https://w3id.org/ro/crate/1.1"}
    return graph[descriptor["about"]["@id"]]


def referred(value: Any) -> list[str]:
    return [item["@id"] for item in (value if isinstance(value, list) else [value])]


def test_every_entity_has_an_id_and_a_type_and_is_flat(graph: dict[str, Entity]) -> None:
    for entity in graph.values():
        assert entity["@type"]
        for value in entity.values():
            for item in value if isinstance(value, list) else [value]:
                assert not isinstance(item, dict) or set(item) == {"@id"}


def test_every_reference_leads_to_an_entity(graph: dict[str, Entity]) -> None:
    elsewhere = {"https://w3id.org/ro/crate/1.1"}
    for entity in graph.values():
        for value in entity.values():
            for item in value if isinstance(value, list) else [value]:
                assert not isinstance(item, dict) or item["@id"] in graph.keys() | elsewhere


def test_the_root_says_what_it_is(root: Entity, graph: dict[str, Entity]) -> None:
    assert (root["@id"], root["@type"], root["name"]) == ("./", "Dataset", "A market")
    assert "4f1c" in root["description"]
    assert datetime.fromisoformat(root["datePublished"]).utcoffset() is not None
    licence = graph[root["license"]["@id"]]
    assert licence["name"]
    assert licence["description"]


def test_it_conforms_to_the_profile(root: Entity, graph: dict[str, Entity]) -> None:
    profile = graph[root["conformsTo"]["@id"]]
    assert profile["@id"] == "https://w3id.org/ro/wfrun/process/0.5"
    assert profile["@type"] == "CreativeWork"


def test_every_file_is_a_part_with_its_hash_and_size(folder: Path, root: Entity, graph: dict[str, Entity]) -> None:
    parts = referred(root["hasPart"])
    for name in list(parts):
        if graph[name]["@type"] == "Dataset":
            assert (folder / unquote(name)).is_dir()
            assert name.endswith("/")
            parts += referred(graph[name]["hasPart"])
    found = tree(folder)
    files = {unquote(name) for name in parts if graph[name]["@type"] == "File"}
    assert files == found.keys() - {"ro-crate-metadata.json"}
    for name in parts:
        entity = graph[name]
        assert re.fullmatch(r"[A-Za-z0-9._~/%-]+", name)
        if entity["@type"] == "File" and name != "manifest.json":
            data = found[unquote(name)]
            assert entity["contentSize"] == str(len(data))
            assert entity["sha256"] == hashlib.sha256(data).hexdigest()
            assert entity["encodingFormat"]


def test_the_action_says_what_was_run_on_what_with_what_result(root: Entity, graph: dict[str, Entity]) -> None:
    action = graph[root["mentions"]["@id"]]
    assert action["@type"] == "CreateAction"
    assert action["name"]
    assert action["actionStatus"] == "http://schema.org/CompletedActionStatus"
    assert datetime.fromisoformat(action["startTime"]) <= datetime.fromisoformat(action["endTime"])
    software = graph[action["instrument"]["@id"]]
    assert (software["@type"], software["name"], software["softwareVersion"]) == (
        "SoftwareApplication",
        "majung",
        "0.1.0",
    )
    assert software["url"].startswith("https://")
    objects = [graph[name] for name in referred(action["object"])]
    assert {"inputs/", "requirements.txt"} <= {entity["@id"] for entity in objects}
    settings = {entity["name"]: entity["value"] for entity in objects if entity["@type"] == "PropertyValue"}
    assert settings == {
        "replications": 100,
        "strategies": '["blanket", "first-buyer"]',
        "seed": 7,
        "version": "0.1.0",
    }
    results = [graph[name] for name in referred(action["result"])]
    assert {"report.html", "data.zarr/"} <= {entity["@id"] for entity in results}
    assert "hash of 4f1c" in {entity.get("value") for entity in results}


def test_the_releases_are_those_installed(folder: Path) -> None:
    from importlib.metadata import version

    lines = (folder / "requirements.txt").read_text().splitlines()
    assert {f"{name}=={version(name)}" for name in ("majung", "numpy", "xarray", "typing-extensions")} <= set(lines)
    assert not [line for line in lines if line.startswith(("pytest==", "ruff=="))]


def test_it_can_be_in_korean(tmp_path: Path) -> None:
    with Store.open(tmp_path, create=True) as store:
        outputs = complete(store, "one", [A])
        store.finish("one", "hash", outputs, lang="ko")
    metadata = json.loads((outputs / "ro-crate-metadata.json").read_text(encoding="utf-8"))
    (root,) = (entity for entity in metadata["@graph"] if entity["@id"] == "./")
    assert root["name"] == "시장"
    assert "입니다" in root["description"]
