"""What the public DNS says of the sender's domain: whether receivers will trust its mail."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import dns.exception
import dns.resolver

from infra.deploying.findings import Finding, Level

LIFETIME_SECONDS = 5.0

Lookup = Callable[[str, str], Sequence[str]]
"""The records of a name and a type, empty where there are none. Raises CouldNotLookUp."""


class CouldNotLookUp(Exception):
    """The DNS did not answer, which says nothing about the domain."""


def look_up(name: str, kind: str) -> Sequence[str]:
    """Ask the system's own resolver."""
    try:
        answer = dns.resolver.resolve(name, kind, lifetime=LIFETIME_SECONDS)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return ()
    except (dns.exception.DNSException, OSError) as error:
        raise CouldNotLookUp(type(error).__name__) from error
    return [record.to_text().replace('" "', "").strip('"') for record in answer]


def nobody(_: str, __: str) -> Sequence[str]:
    """For a machine without a network: every look-up says that it could not be made."""
    raise CouldNotLookUp("not asked")


def findings(domain: str, tokens: Sequence[str], look: Lookup) -> Iterator[Finding]:
    """SPF, DKIM and DMARC of ``domain``. ``tokens`` are those that SES signs with."""
    yield _of("SPF", lambda: _spf(domain, look))
    yield _of("DKIM records", lambda: _dkim(domain, tokens, look))
    yield _of("DMARC", lambda: _dmarc(domain, look))


def _of(name: str, check: Callable[[], Finding]) -> Finding:
    try:
        return check()
    except CouldNotLookUp:
        return Finding(
            name, Level.WARN, "could not look up", "Run this where the public DNS can be asked."
        )


def _spf(domain: str, look: Lookup) -> Finding:
    found = [each for each in look(domain, "TXT") if each.lower().startswith("v=spf1")]
    if not found:
        step = f'Publish a TXT record at {domain}: "v=spf1 include:amazonses.com -all"'
        return Finding("SPF", Level.WARN, f"{domain} has no SPF record", step)
    if len(found) > 1:
        return Finding("SPF", Level.FAIL, "more than one SPF record", "Join them into one.")
    if "amazonses.com" not in found[0]:
        step = "Add include:amazonses.com, or set a custom MAIL FROM domain in SES."
        return Finding("SPF", Level.WARN, "the record does not name SES", step)
    return Finding("SPF", Level.OK, found[0])


def _dkim(domain: str, tokens: Sequence[str], look: Lookup) -> Finding:
    if not tokens:
        step = f"Verify the domain {domain} in SES with Easy DKIM."
        return Finding("DKIM records", Level.WARN, "SES has no DKIM keys for this domain", step)
    names = [f"{token}._domainkey.{domain}" for token in tokens]
    absent = [name for name in names if not look(name, "CNAME")]
    if absent:
        step = f"Publish the CNAME records that SES lists for {domain}, first {absent[0]}."
        return Finding(
            "DKIM records", Level.FAIL, f"{len(absent)} of {len(names)} records are missing", step
        )
    return Finding("DKIM records", Level.OK, f"all {len(names)} records are published")


def _dmarc(domain: str, look: Lookup) -> Finding:
    found = [each for each in look(f"_dmarc.{domain}", "TXT") if each.startswith("v=DMARC1")]
    if not found:
        step = f'Publish a TXT record at _dmarc.{domain}: "v=DMARC1; p=quarantine"'
        return Finding("DMARC", Level.WARN, f"{domain} has no DMARC record", step)
    if "p=none" in found[0].replace(" ", ""):
        step = "Once reports show no good mail failing, change p=none to p=quarantine."
        return Finding("DMARC", Level.WARN, "the policy only watches (p=none)", step)
    return Finding("DMARC", Level.OK, found[0])
