"""What an audit of the shipped packages says."""

from __future__ import annotations

import json

from infra.build import audit


def test_a_known_vulnerability_is_named_with_the_version_that_fixes_it():
    known = {"id": "PYSEC-1", "fix_versions": ["1.1"]}
    packages = [
        {"name": "sound", "version": "2.0", "vulns": []},
        {"name": "weak", "version": "1.0", "vulns": [known]},
    ]

    findings = audit.read(json.dumps({"dependencies": packages}))

    assert findings.vulnerable == ("weak 1.0: PYSEC-1, fixed in 1.1",)
    assert findings.audited == 2


def test_a_package_without_data_is_not_counted_as_audited():
    packages = [{"name": "sound", "skip_reason": "Dependency not found"}]

    findings = audit.read(json.dumps({"dependencies": packages}))

    assert findings == audit.Findings(vulnerable=(), unknown=("sound",), audited=0)
