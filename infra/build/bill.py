"""The bill of materials: what is in the zip, in CycloneDX's JSON."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import Distribution, PackageMetadata, distribution, distributions
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model.bom import Bom, BomMetaData
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL

from chalicelib.settings import VERSION

NAME = "safeguarding"
# The newer field is an SPDX expression, the older one whatever the author wrote.
LICENSE_FIELDS = ("License-Expression", "License")
LICENSE_CLASSIFIER = "License :: "


@dataclass(frozen=True)
class Part:
    """A package in the zip. ``needs`` holds the names of other packages."""

    name: str
    version: str
    license: str
    needs: frozenset[str]


def parts(contents: Path) -> tuple[Part, ...]:
    """The packages that were unpacked below ``contents``, and Chalice's own runtime."""
    found = [*distributions(path=[str(contents)]), distribution("chalice")]
    read = [_part(each) for each in found]
    names = {part.name for part in read}
    return tuple(
        Part(
            part.name,
            part.version,
            part.license,
            # Chalice ships two modules of itself, and none of what its command needs.
            frozenset() if part.name == "chalice" else part.needs & names,
        )
        for part in sorted(read, key=lambda part: part.name)
    )


def of_materials(parts: Sequence[Part], *, digest: str) -> str:
    """The bill for the zip with this SHA-256: the same zip has the same bill."""
    service = Component(name=NAME, version=VERSION, type=ComponentType.APPLICATION, bom_ref=NAME)
    bom = Bom(
        metadata=BomMetaData(component=service),
        serial_number=uuid5(NAMESPACE_URL, f"sha256:{digest}"),
    )
    # Where a moment stood, two builds would differ.
    bom.metadata.timestamp = None  # type: ignore[assignment] # It may be left out, says the format.
    components = {part.name: _component(part) for part in parts}
    for component in components.values():
        bom.components.add(component)
    bom.register_dependency(service, components.values())
    for part in parts:
        needed = [components[name] for name in sorted(part.needs)]
        bom.register_dependency(components[part.name], needed)
    return JsonV1Dot6(bom).output_as_string(indent=2) + "\n"


def _component(part: Part) -> Component:
    url = PackageURL("pypi", name=part.name, version=part.version)
    licenses = [LicenseFactory().make_from_string(part.license)] if part.license else []
    return Component(
        name=part.name,
        version=part.version,
        type=ComponentType.LIBRARY,
        purl=url,
        bom_ref=url.to_string(),
        licenses=licenses,
    )


def _part(found: Distribution) -> Part:
    metadata = found.metadata
    return Part(
        name=_canonical(metadata["Name"]),
        version=found.version,
        license=_license(metadata),
        needs=frozenset(_canonical(_named(each)) for each in found.requires or ()),
    )


def _license(metadata: PackageMetadata) -> str:
    for field in LICENSE_FIELDS:
        if field in metadata:
            return metadata[field]
    classifiers: list[str] = metadata.get_all("Classifier", [])
    found = [each for each in classifiers if each.startswith(LICENSE_CLASSIFIER)]
    return found[0].rpartition(" :: ")[2] if found else ""


def _named(requirement: str) -> str:
    """The package of a requirement: ``dnspython`` of ``dnspython>=2.0; extra == "x"``."""
    return re.split(r"[^A-Za-z0-9._-]", requirement, maxsplit=1)[0]


def _canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
