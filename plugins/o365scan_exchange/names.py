"""What DNS says of the accepted domains: SPF, DMARC and MX."""

from __future__ import annotations

from collections.abc import Iterator

from o365scan.api import NO_PERMISSION, Data, Dataset, DnsLookup, FanOut, Fields, Record, Undecidable

from . import dmarc, spf
from .datasets import accepted_domains

_RFC = "https://www.rfc-editor.org/rfc/"

spf_records = Dataset(
    name="exchange.spf-records",
    source=FanOut(over=accepted_domains, request=DnsLookup(name="{DomainName}")),
    key="Name",
    title="Name",
    type="DnsTxt",
    permission=NO_PERMISSION,
    reference=_RFC + "rfc7208",
)
"""The TXT records of each domain, SPF among them."""

spf_includes = Dataset(
    name="exchange.spf-includes",
    source=FanOut(over=accepted_domains, request=DnsLookup(name="{DomainName}", then=spf.leads_to)),
    key="Name",
    title="Name",
    type="DnsTxt",
    permission=NO_PERMISSION,
    reference=_RFC + "rfc7208#section-5.2",
    configuration=False,
)
"""The same, and those of the names that a domain's SPF record includes or redirects to, and these in turn.

Apart, so that what one of them can't tell leaves the domain's own record known.
"""

dmarc_records = Dataset(
    name="exchange.dmarc-records",
    source=FanOut(over=accepted_domains, request=DnsLookup(name="_dmarc.{DomainName}")),
    key="Name",
    title="Name",
    type="DnsTxt",
    permission=NO_PERMISSION,
    reference=_RFC + "rfc9989",
)
"""The DMARC record of each domain."""

dmarc_tree = Dataset(
    name="exchange.dmarc-tree",
    source=FanOut(over=accepted_domains, request=DnsLookup(name="_dmarc.{DomainName}", then=dmarc.above)),
    key="Name",
    title="Name",
    type="DnsTxt",
    permission=NO_PERMISSION,
    reference=_RFC + "rfc9989#section-4.10",
    configuration=False,
)
"""The same, and those of the domains above: what the DNS tree walk of RFC 9989 sees, up to the top-level domain."""

mx_records = Dataset(
    name="exchange.mx-records",
    source=FanOut(over=accepted_domains, request=DnsLookup(name="{DomainName}", type="MX")),
    key="Name",
    title="Name",
    type="DnsMx",
    permission=NO_PERMISSION,
    reference=_RFC + "rfc5321#section-5.1",
)
"""To which hosts mail of each domain is delivered."""

DATASETS = (spf_records, spf_includes, dmarc_records, dmarc_tree, mx_records)


def own_row(data: Data, dataset: Dataset, domain: Record) -> Record:
    """What DNS said of the domain's own name. Raises IncompleteDataset, or Undecidable if it was not asked."""
    for row in data[dataset].of(domain):
        return row
    raise Undecidable(f"{dataset.name}: DNS was not asked about {domain.title}")


def texts(row: Record) -> Iterator[tuple[str, Fields]]:
    """The TXT records of a name: the text of each, and where it stands."""
    return ((each.text("Text"), each) for each in row.objects("Records"))
