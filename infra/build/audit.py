"""``python -m infra.build.audit``: whether a package that we ship is known to be vulnerable."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from typing import Any

from infra.build.staging import ROOT


@dataclass(frozen=True)
class Findings:
    """What pip-audit said. ``unknown`` holds the packages that it could get no data for."""

    vulnerable: tuple[str, ...]
    unknown: tuple[str, ...]
    audited: int


def read(report: str) -> Findings:
    """The findings of pip-audit's JSON."""
    packages: list[dict[str, Any]] = json.loads(report)["dependencies"]
    known = [each for each in packages if "skip_reason" not in each]
    return Findings(
        vulnerable=tuple(_line(package, each) for package in known for each in package["vulns"]),
        unknown=tuple(each["name"] for each in packages if "skip_reason" in each),
        audited=len(known),
    )


def main() -> int:
    """Print what is known. The status is 1 where something must be done."""
    done = subprocess.run(
        [
            *(sys.executable, "-m", "pip_audit", "--requirement", ROOT / "requirements.txt"),
            *("--require-hashes", "--disable-pip", "--format", "json"),
            *("--progress-spinner", "off", "--timeout", "5"),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    # Without any data it may end before it reports.
    if not done.stdout:
        print("Nothing was audited: the vulnerability data could not be reached.")
        print(done.stderr, file=sys.stderr)
        return 0
    findings = read(done.stdout)
    print(f"{findings.audited} packages audited, {len(findings.vulnerable)} vulnerabilities known")
    for line in findings.vulnerable:
        print(f"  {line}")
    if findings.unknown:
        print(f"Not audited, no data to be reached: {', '.join(findings.unknown)}")
    return int(bool(findings.vulnerable))


def _line(package: dict[str, Any], vulnerability: dict[str, Any]) -> str:
    fixed = ", ".join(vulnerability["fix_versions"]) or "no version yet"
    return f"{package['name']} {package['version']}: {vulnerability['id']}, fixed in {fixed}"


if __name__ == "__main__":
    sys.exit(main())
