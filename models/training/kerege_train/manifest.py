"""The data manifest: hash, scene and part of each labelled picture that the weights were made with."""

from __future__ import annotations

from pathlib import Path

MANIFEST = Path(__file__).with_name("data-manifest.tsv")


def read_manifest(text: str, origin: str) -> dict[str, str]:
    """Part by key; `ValueError` names a line that is not source, file, hash, scene, part."""
    found = {}
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith("#") or not line.strip():
            continue
        fields = line.split("\t")
        if len(fields) != 5:
            raise ValueError(f"{origin}:{number}: {len(fields)} fields instead of source, file, hash, scene, part")
        found[f"{fields[0]}/{fields[1]}"] = fields[4]
    return found
