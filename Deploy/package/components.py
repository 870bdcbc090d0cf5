#!/usr/bin/env python3
"""What is inside the binary, and under which licences.

    components.py sbom BINARY ARCHIVE     SPDX 2.3 as JSON, of the archive that holds the binary
    components.py licenses BINARY         the licences' texts and notices, for whoever passes the binary on
    components.py copyright BINARY        the stanzas of debian/copyright for them, after those on stdin

The packages are those of Package.resolved whose modules the linker was given, so that what only tests use is not among
them; licences are read from their own files in .build/checkouts.
"""

import hashlib
import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CHECKOUTS = ROOT / ".build/checkouts"

#: Linked into the binary with `--static-swift-stdlib`, and none of Package.resolved's.
RUNTIME = {"name": "swift", "license": "Apache-2.0 WITH Swift-exception", "location": "https://github.com/swiftlang/swift"}


def linked_modules(binary):
    """The names of the modules whose objects the linker was given."""
    listed = (binary.parent / "boardcast.product/Objects.LinkFileList").read_text()
    return set(re.findall(r"/([^/\s]+)\.build/", listed))


def modules(checkout):
    """The names of the modules that a package may have: its folders of sources."""
    folders = {path.parent.name for path in checkout.rglob("*") if path.suffix in (".swift", ".c", ".S", ".cc")}
    return folders | {path.name for path in checkout.glob("Sources/*")} | {path.name for path in checkout.glob("*")}


def license_files(checkout):
    return sorted(path for path in checkout.iterdir() if re.match(r"(LICEN[CS]E|NOTICE)", path.name) and path.is_file())


def license_of(checkout):
    """The SPDX expression of a package's licence.

    Exits where the text is none of those known here: a person has to look at it.
    """
    text = " ".join(license_files(checkout)[0].read_text("utf-8", "replace").split())
    if "Apache License Version 2.0" in text:
        return "Apache-2.0 WITH Swift-exception" if "Runtime Library Exception" in text else "Apache-2.0"
    if "Permission is hereby granted, free of charge" in text:
        return "MIT"
    sys.exit(f"{checkout.name}: its licence is not known here")


def copyright_of(checkout):
    """The lines with which its sources say whose it is."""
    for path in license_files(checkout):
        if found := re.search(r"^\W*(Copyright.*?)\s*$", path.read_text("utf-8", "replace"), re.M):
            if "[yyyy]" not in found[1] and "owner" not in found[1]:
                return found[1]
    for path in sorted(checkout.glob("Package*.swift")):
        if found := re.search(r"(Copyright.*?)\s*$", path.read_text("utf-8", "replace"), re.M):
            return found[1]
    return f"The authors of {checkout.name}"


def components(binary):
    """The packages in the binary, by name."""
    linked = linked_modules(binary)
    pins = {Path(pin["location"]).stem.lower(): pin for pin in json.loads((ROOT / "Package.resolved").read_text())["pins"]}
    found = []
    for checkout in sorted(CHECKOUTS.iterdir(), key=lambda path: path.name.lower()):
        pin = pins.get(checkout.name.lower()) or pins.get(checkout.stem.lower())
        if pin and linked & modules(checkout):
            found.append({
                "name": checkout.name, "version": pin["state"]["version"], "revision": pin["state"]["revision"],
                "location": pin["location"], "license": license_of(checkout), "checkout": checkout,
            })
    compiler = subprocess.run(["swift", "--version"], capture_output=True, text=True, check=True).stdout
    version = re.search(r"Swift version (\S+)", compiler)[1]
    return [*found, {**RUNTIME, "version": version, "revision": f"swift-{version}-RELEASE"}]


def sbom(binary, archive):
    """The document. Its time is SOURCE_DATE_EPOCH's, and its namespace follows from its content."""
    ours = subprocess.run([binary, "--version"], capture_output=True, text=True, check=True).stdout.split()[0]
    digest = hashlib.sha256(archive.read_bytes()).hexdigest()
    created = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(int(os.environ.get("SOURCE_DATE_EPOCH", time.time()))))
    packages = [{
        "SPDXID": "SPDXRef-boardcast", "name": "boardcast", "versionInfo": ours, "packageFileName": archive.name,
        "downloadLocation": "NOASSERTION", "filesAnalyzed": False, "licenseConcluded": "Apache-2.0",
        "licenseDeclared": "Apache-2.0", "copyrightText": "NOASSERTION", "primaryPackagePurpose": "APPLICATION",
        "checksums": [{"algorithm": "SHA256", "checksumValue": digest}],
    }]
    relations = [("SPDXRef-DOCUMENT", "DESCRIBES", "SPDXRef-boardcast")]
    for part in components(binary):
        name = "SPDXRef-" + re.sub(r"[^A-Za-z0-9.-]", "-", part["name"])
        packages.append({
            "SPDXID": name, "name": part["name"], "versionInfo": part["version"],
            "downloadLocation": f"git+{part['location']}@{part['revision']}", "filesAnalyzed": False,
            "licenseConcluded": part["license"], "licenseDeclared": part["license"],
            "copyrightText": copyright_of(part["checkout"]) if "checkout" in part else "NOASSERTION",
            "externalRefs": [{
                "referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl",
                "referenceLocator": "pkg:swift/" + re.sub(r"^https://|\.git$", "", part["location"]) + "@" + part["version"],
            }],
        })
        relations.append(("SPDXRef-boardcast", "STATIC_LINK", name))
    return {
        "spdxVersion": "SPDX-2.3", "dataLicense": "CC0-1.0", "SPDXID": "SPDXRef-DOCUMENT",
        "name": f"boardcast-{ours}", "documentNamespace": f"https://spdx.org/spdxdocs/boardcast-{ours}-{digest[:16]}",
        "creationInfo": {"created": created, "creators": ["Tool: boardcast-components.py"]},
        "packages": packages,
        "relationships": [
            {"spdxElementId": one, "relationshipType": kind, "relatedSpdxElement": other}
            for one, kind, other in relations
        ],
    }


def licenses(binary):
    print("Boardcast is under the Apache License 2.0 (LICENSE). Its binary holds these packages, under their own licences.")
    shown = {}
    for part in components(binary):
        print(f"\n{'=' * 78}\n{part['name']} {part['version']}  {part['location']}\n{part['license']}\n{'=' * 78}\n")
        for path in license_files(part["checkout"]) if "checkout" in part else ():
            text = path.read_text("utf-8", "replace").strip()
            first = shown.setdefault(text, f"{path.name} of {part['name']}")
            print(text if first == f"{path.name} of {part['name']}" else f"As {first}.", end="\n\n")


def copyright_stanzas(binary):
    print(sys.stdin.read().rstrip())
    names = {"Apache-2.0 WITH Swift-exception": "Apache-2.0 with Swift exception", "Apache-2.0": "Apache-2.0", "MIT": "Expat"}
    for part in components(binary):
        whose = copyright_of(part["checkout"]) if "checkout" in part else "Apple Inc. and the Swift project authors"
        print(f"\nFiles: {part['name']}/*\nCopyright: {re.sub('^Copyright (©|.[cC].)? ?', '', whose)}")
        print(f"License: {names[part['license']]}\nComment: {part['version']}, linked into the binary. {part['location']}")


if __name__ == "__main__":
    what, binary = sys.argv[1], Path(sys.argv[2]).resolve()
    if what == "sbom":
        json.dump(sbom(binary, Path(sys.argv[3])), sys.stdout, indent=1, ensure_ascii=False)
        print()
    else:
        {"licenses": licenses, "copyright": copyright_stanzas}[what](binary)
