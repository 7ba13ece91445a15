"""What a stage costs a year, from AWS's list prices: ``python -m infra.costs``.

Prints the tables that ``docs/costs.md`` quotes; a test holds the two against each other. Prices
are in US dollars without tax and without any free allowance, so that a bill comes out lower.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

VOLUMES = (100, 10_000, 1_000_000)
MONTHS = 12
SWEEPS = 365 * 24 * 60
MILLION = 1_000_000
KB_IN_GB = 1_000_000

LIST = "price list, eu-west-2"
PAGE = "pricing page"
ASSUMED = "**assumption**"


@dataclass(frozen=True)
class Price:
    """A list price: ``usd`` for each ``unit``, and where it was read."""

    usd: float
    unit: str
    source: str = LIST


PRICES = {
    "gateway request": Price(3.50, "million requests"),
    "lambda request": Price(0.20, "million requests"),
    "lambda time, arm64": Price(0.0000133334, "GB-second"),
    "dynamodb write": Price(0.7423, "million request units", ASSUMED),
    "dynamodb read": Price(0.1485, "million request units", ASSUMED),
    "dynamodb storage": Price(0.2972, "GB-month", ASSUMED),
    "dynamodb recovery": Price(0.2377, "GB-month", ASSUMED),
    "s3 write": Price(0.0053, "thousand requests"),
    "s3 read": Price(0.0042, "ten thousand requests"),
    "s3 storage": Price(0.024, "GB-month"),
    "scan of objects": Price(0.215, "thousand objects", ASSUMED),
    "scan of bytes": Price(0.09, "GB", ASSUMED),
    "kms key": Price(1.00, "key and month"),
    "kms request": Price(0.03, "ten thousand requests"),
    "ses message": Price(0.10, "thousand messages"),
    "sns publish": Price(0.50, "million requests", ASSUMED),
    "logs taken in": Price(0.5985, "GB"),
    "logs kept": Price(0.0315, "GB-month"),
    "alarm": Price(0.10, "alarm and month"),
    "metric": Price(0.30, "metric and month"),
    "dashboard": Price(3.00, "dashboard and month", ASSUMED),
    "waf list": Price(5.00, "web ACL and month", PAGE),
    "waf rule": Price(1.00, "rule and month", PAGE),
    "waf request": Price(0.60, "million requests", PAGE),
    "trace": Price(5.00, "million traces", PAGE),
    "data sent": Price(0.09, "GB"),
}

PER = {
    "million requests": MILLION,
    "million request units": MILLION,
    "million traces": MILLION,
    "thousand requests": 1_000,
    "thousand messages": 1_000,
    "thousand objects": 1_000,
    "ten thousand requests": 10_000,
}


@dataclass(frozen=True)
class Count:
    """How often something happens. ``origin`` says where the number is from."""

    value: float
    unit: str
    origin: str


MEASURED = "measured: the full journey on the local AWS"
TEMPLATE = "the templates"

COUNTS = {
    "pages of a referral": Count(110, "requests", MEASURED),
    "drafts never sent, pages read twice": Count(1.5, "times the pages", "assumption"),
    "style sheets and scripts": Count(12, "requests", "assumption: two browsers, six files each"),
    "other requests in a month": Count(30_000, "requests", "assumption: robots, health checks"),
    "time of a page": Count(
        0.15, "seconds", "assumption: 10 ms measured, AWS's calls, cold starts"
    ),
    "memory of a function": Count(1.0, "GB", ".chalice/config.json"),
    "saves of a draft": Count(45, "writes", MEASURED),
    "size of a draft": Count(6, "KB", "assumption: measured 2.4, real accounts are longer"),
    "other write units": Count(
        210, "units", MEASURED + ", indexes and transactions included; confirming estimated"
    ),
    "other read units": Count(100, "units", MEASURED),
    "jobs of a referral": Count(30, "runs", "messages: once from the stream, reported in two ways"),
    "time of a job": Count(0.1, "seconds", "assumption"),
    "key requests of a referral": Count(109, "requests", MEASURED),
    "key requests of the table in a month": Count(
        17_520, "requests", "assumption: two in 5 minutes"
    ),
    "keys": Count(4, "keys", TEMPLATE),
    "messages of a referral": Count(10, "messages", MEASURED + ", link back and reminder added"),
    "records of a case": Count(9, "KB", MEASURED),
    "sealed document": Count(12, "KB", "assumption"),
    "files of a referral": Count(2, "files", "assumption: most have none, some have ten"),
    "size of a file": Count(2_000, "KB", "assumption: a scanned letter, a photograph"),
    "requests of a file": Count(8, "requests", "scan, check, copy, lists: the code"),
    "downloads of a file": Count(2, "downloads", "assumption"),
    "logs of a referral": Count(
        180, "KB", "measured 93 KB of ours; Lambda's and the gateway's added"
    ),
    "logs of a sweep": Count(1.8, "KB", "assumption"),
    "pages and files sent": Count(
        760, "KB", "measured 388 KB of pages; files, not compressed, added"
    ),
    "alarms": Count(40, "alarms", TEMPLATE),
    "metrics": Count(67, "metrics", "chalicelib/metrics.py, were every value seen each month"),
    "dashboards": Count(1, "dashboards", TEMPLATE),
    "rules of the firewall": Count(4, "rules", TEMPLATE),
}


def usd(name: str, units: float) -> float:
    """The price of so many units."""
    price = PRICES[name]
    return units * price.usd / PER.get(price.unit, 1)


def count(name: str) -> float:
    return COUNTS[name].value


def _pages(referrals: int) -> float:
    """Requests that reach a function in a year."""
    each = count("pages of a referral") * count("drafts never sent, pages read twice")
    return referrals * (each + count("style sheets and scripts"))


def _requests(referrals: int) -> float:
    """Requests that reach the gateway in a year, those for no page of ours included."""
    return _pages(referrals) + MONTHS * count("other requests in a month")


def _jobs(referrals: int) -> float:
    each = count("jobs of a referral") + count("files of a referral")
    return referrals * each + SWEEPS


def _gateway(referrals: int) -> float:
    return usd("gateway request", _requests(referrals))


def _lambda(referrals: int) -> float:
    seconds = _pages(referrals) * count("time of a page") + _jobs(referrals) * count(
        "time of a job"
    )
    runs = _pages(referrals) + _jobs(referrals)
    time = usd("lambda time, arm64", seconds * count("memory of a function"))
    return usd("lambda request", runs) + time


def _dynamodb(referrals: int) -> float:
    drafts = count("drafts never sent, pages read twice") * count("saves of a draft")
    writes = referrals * (drafts * count("size of a draft") + count("other write units"))
    # A draft is read twice as often as it is written, in units of 4 KB.
    reads = referrals * (drafts * 2 * -(-count("size of a draft") // 4) + count("other read units"))
    stored = MONTHS * referrals * count("records of a case") / KB_IN_GB
    return (
        usd("dynamodb write", writes)
        + usd("dynamodb read", reads + SWEEPS)
        + usd("dynamodb storage", stored)
        + usd("dynamodb recovery", stored)
    )


def _files(referrals: int) -> float:
    """Files that are sent in a year; a removed one costs its scan too."""
    return referrals * count("files of a referral")


def _gb_of_files(referrals: int) -> float:
    return _files(referrals) * count("size of a file") / KB_IN_GB


def _s3(referrals: int) -> float:
    documents = referrals * count("sealed document") / KB_IN_GB
    # Sent and copied are writes, each listing costs as much as one.
    writes = referrals + _files(referrals) * count("requests of a file") / 2
    reads = 3 * referrals + _files(referrals) * count("requests of a file") / 2
    stored = MONTHS * (documents + _gb_of_files(referrals))
    return usd("s3 write", writes) + usd("s3 read", reads) + usd("s3 storage", stored)


def _scanning(referrals: int) -> float:
    return usd("scan of objects", _files(referrals)) + usd("scan of bytes", _gb_of_files(referrals))


def _kms(referrals: int) -> float:
    sessions = count("drafts never sent, pages read twice")
    requests = referrals * sessions * count("key requests of a referral")
    background = MONTHS * count("key requests of the table in a month")
    return usd("kms key", MONTHS * count("keys")) + usd("kms request", requests + background)


def _mail(referrals: int) -> float:
    messages = referrals * count("messages of a referral")
    # Each message is reported twice, as sent and as delivered.
    return usd("ses message", messages) + usd("sns publish", 2 * messages)


def _watching(referrals: int) -> float:
    written = referrals * count("logs of a referral") + SWEEPS * count("logs of a sweep")
    taken_in = written / KB_IN_GB
    return (
        usd("logs taken in", taken_in)
        + usd("logs kept", MONTHS * taken_in)
        + usd("alarm", MONTHS * count("alarms"))
        + usd("metric", MONTHS * count("metrics"))
        + usd("dashboard", MONTHS * count("dashboards"))
    )


def _traces(referrals: int) -> float:
    return usd("trace", _pages(referrals) + _jobs(referrals))


def _firewall(referrals: int) -> float:
    return (
        usd("waf list", MONTHS)
        + usd("waf rule", MONTHS * count("rules of the firewall"))
        + usd("waf request", _requests(referrals))
    )


def _transfer(referrals: int) -> float:
    sessions = count("drafts never sent, pages read twice")
    pages = referrals * sessions * count("pages and files sent") / KB_IN_GB
    return usd("data sent", pages + _gb_of_files(referrals) * count("downloads of a file"))


LINES: dict[str, Callable[[int], float]] = {
    "API Gateway": _gateway,
    "Lambda": _lambda,
    "DynamoDB": _dynamodb,
    "S3": _s3,
    "GuardDuty, every file scanned": _scanning,
    "KMS": _kms,
    "SES and its reports": _mail,
    "CloudWatch": _watching,
    "X-Ray, every request traced": _traces,
    "WAF": _firewall,
    "Data sent to browsers": _transfer,
}


def total(referrals: int) -> float:
    """US dollars for the first year with so many referrals."""
    return sum(line(referrals) for line in LINES.values())


def report() -> str:
    """Three Markdown tables: what it costs, from which prices, from which counts."""
    return "\n\n".join((_table(_costs()), _table(_prices()), _table(_counts())))


def _costs() -> Iterable[Sequence[str]]:
    yield ("US dollars a year", *(f"{volume:,} referrals" for volume in VOLUMES))
    for name, line in LINES.items():
        yield (name, *(f"{line(volume):,.0f}" for volume in VOLUMES))
    yield ("**Together**", *(f"**{total(volume):,.0f}**" for volume in VOLUMES))
    yield ("For one referral", *(f"{total(volume) / volume:,.3f}" for volume in VOLUMES))


def _prices() -> Iterable[Sequence[str]]:
    yield ("Price", "US dollars", "for each", "Source")
    for name, price in PRICES.items():
        yield (name, f"{price.usd:.10f}".rstrip("0").rstrip("."), price.unit, price.source)


def _counts() -> Iterable[Sequence[str]]:
    yield ("Count", "Number", "of", "From")
    for name, found in COUNTS.items():
        yield (name, f"{found.value:,g}", found.unit, found.origin)


def _table(rows: Iterable[Sequence[str]]) -> str:
    heading, *body = (f"| {' | '.join(row)} |" for row in rows)
    return "\n".join((heading, "| --- " * heading.count(" | ") + "| --- |", *body))


if __name__ == "__main__":
    print(report())
