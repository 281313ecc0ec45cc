"""A run's results described for archives: RO-Crate 1.1 with the Process Run Crate profile.

https://w3id.org/ro/crate/1.1 and https://w3id.org/ro/wfrun/process/0.5.
"""

from __future__ import annotations

import json
import platform
import re
from collections.abc import Iterable, Mapping
from importlib.metadata import PackageNotFoundError, distribution, version
from pathlib import PurePosixPath
from typing import Any, Final
from urllib.parse import quote

from majung.ensemble.store.blocks import Kept
from majung.ensemble.store.sealing.manifest import MANIFEST, Manifest, dumped
from majung.messages import Lang, text

__all__ = ["CRATE", "INPUTS", "REQUIREMENTS", "crate", "requirements"]

CRATE: Final = "ro-crate-metadata.json"
REQUIREMENTS: Final = "requirements.txt"
INPUTS: Final = "inputs"
_SPECIFICATION: Final = "https://w3id.org/ro/crate/1.1"
_PROFILE: Final = "https://w3id.org/ro/wfrun/process/0.5"
_TERMS: Final = "https://w3id.org/ro/terms/workflow-run/context"
_SOFTWARE: Final = "https://pypi.org/project/majung/"
_FORMATS: Final[Mapping[str, str]] = {
    ".html": "text/html",
    ".json": "application/json",
    ".csv": "text/csv",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".toml": "application/toml",
    ".yaml": "application/yaml",
    ".yml": "application/yaml",
    ".md": "text/markdown",
    ".txt": "text/plain",
    ".parquet": "application/vnd.apache.parquet",
}
_UNKNOWN: Final = "application/octet-stream"
_NAME: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?")
_EXTRA: Final = re.compile(r"\bextra\s*==")

Entity = dict[str, Any]


def crate(run: Manifest, lang: Lang = "en") -> str:
    """Return the metadata file of a run's folder.

    Parameters
    ----------
    run : Manifest
        With the files of the folder, but for this one and the manifest.
    lang : {"en", "ko"}
        Of the names and descriptions.
    """
    folders, files = _data(run.files)
    top = [name for name in sorted({*folders, *(name for name in files if "/" not in name)})]
    taken = {f"{INPUTS}/", REQUIREMENTS}
    settings = [*_settings("request", run.request), *_settings("identity", run.identity)]
    outcome = _setting("result", "result_hash", run.result_hash)
    manifest = {"@id": MANIFEST, "@type": "File", "name": MANIFEST, "encodingFormat": _FORMATS[".json"]}
    action = f"#{run.run_id}"
    root = {
        "@id": "./",
        "@type": "Dataset",
        "name": run.title.text(lang) or run.run_id,
        "description": text("ensemble.store.crate.description", lang, run_id=run.run_id, version=_version(run)),
        "identifier": run.run_id,
        "datePublished": run.finished,
        "license": {"@id": "#license"},
        "conformsTo": {"@id": _PROFILE},
        "hasPart": _references([*top, MANIFEST]),
        "mentions": {"@id": action},
    }
    graph: list[Entity] = [
        {
            "@id": CRATE,
            "@type": "CreativeWork",
            "conformsTo": {"@id": _SPECIFICATION},
            "about": {"@id": "./"},
        },
        root,
        {"@id": _PROFILE, "@type": "CreativeWork", "name": "Process Run Crate", "version": "0.5"},
        {
            "@id": "#license",
            "@type": "CreativeWork",
            "name": text("ensemble.store.crate.license", lang),
            "description": text("ensemble.store.crate.license_note", lang),
        },
        {
            "@id": _SOFTWARE,
            "@type": "SoftwareApplication",
            "name": "majung",
            "url": _SOFTWARE,
            "softwareVersion": _version(run),
        },
        {
            "@id": action,
            "@type": "CreateAction",
            "name": text("ensemble.store.crate.action", lang, kind=run.kind, title=run.title.text(lang)),
            "description": json.dumps(run.request, ensure_ascii=False, sort_keys=True),
            "instrument": {"@id": _SOFTWARE},
            "object": _references([name for name in top if name in taken]) + [{"@id": s["@id"]} for s in settings],
            "result": [*_references([name for name in top if name not in taken]), {"@id": outcome["@id"]}],
            "startTime": run.created,
            # A clock may have been set back in between.
            "endTime": max(run.created, run.finished),
            "actionStatus": "http://schema.org/CompletedActionStatus",
        },
        *settings,
        outcome,
        manifest,
        *folders.values(),
        *files.values(),
    ]
    graph = [{key: _single(value) for key, value in entity.items()} for entity in graph]
    return dumped({"@context": [f"{_SPECIFICATION}/context", _TERMS], "@graph": graph})


def requirements() -> str:
    """Return the releases of majung and of all that it needs, as pip reads them."""
    found: dict[str, str] = {}
    wanted = ["majung"]
    while wanted:
        name = _normalised(wanted.pop())
        if name in found:
            continue
        try:
            package = distribution(name)
        except PackageNotFoundError:
            # Needed only on other systems.
            continue
        found[name] = package.version
        for requirement in package.requires or []:
            matched = _NAME.match(requirement)
            if matched and not _EXTRA.search(requirement):
                wanted.append(matched.group())
    lines = [f"# Python {platform.python_version()}", *(f"{name}=={found[name]}" for name in sorted(found))]
    return "\n".join(lines) + "\n"


def _data(files: Mapping[str, Kept]) -> tuple[dict[str, Entity], dict[str, Entity]]:
    """Return the folders at the top, each with all that is in it, and the files."""
    folders: dict[str, Entity] = {}
    entities: dict[str, Entity] = {}
    for name, kept in sorted(files.items()):
        top, slash, _ = name.partition("/")
        if slash:
            place = f"{top}/"
            folder = folders.setdefault(place, {"@id": quote(place), "@type": "Dataset", "name": top, "hasPart": []})
            folder["hasPart"].append({"@id": quote(name)})
        entities[name] = {
            "@id": quote(name),
            "@type": "File",
            "name": name,
            "encodingFormat": _FORMATS.get(PurePosixPath(name).suffix.lower(), _UNKNOWN),
            "contentSize": str(kept.bytes),
            "sha256": kept.sha256,
        }
    return folders, entities


def _settings(group: str, values: Mapping[str, Any]) -> list[Entity]:
    return [_setting(group, name, value) for name, value in sorted(values.items()) if value is not None]


def _setting(group: str, name: str, value: Any) -> Entity:
    scalar = isinstance(value, bool | int | float | str)
    written = value if scalar else json.dumps(value, ensure_ascii=False, sort_keys=True)
    return {"@id": f"#{group}-{quote(name)}", "@type": "PropertyValue", "name": name, "value": written}


def _references(names: Iterable[str]) -> list[dict[str, str]]:
    return [{"@id": quote(name)} for name in names]


def _single(value: Any) -> Any:
    """Return a list's only item without the list, as the specification wants it."""
    return value[0] if isinstance(value, list) and len(value) == 1 else value


def _normalised(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _version(run: Manifest) -> str:
    return str(run.identity.get("version") or version("majung"))
