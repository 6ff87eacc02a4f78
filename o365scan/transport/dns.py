"""DNS: names looked up through a resolver of the user's choice.

That a name, or a record of it, does not exist is an answer. What the resolver can't tell is an error: SERVFAIL,
REFUSED, silence; and so is the absence of a name to a resolver that denies `com` as well, since it serves the inside of
a network and knows nothing of the internet's names. dnspython asks again over TCP where an answer is cut off, and tries
the next of the system's resolvers. Answers are not validated (DNSSEC): a resolver that validates says SERVFAIL where
they are forged.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from o365scan.api import DnsLookup, DnsType, ServiceError
from o365scan.network import Network
from o365scan.transport.errors import DnsFailed, DnsNotAsked, UnexpectedAnswer
from o365scan.transport.pages import Rows, one_by_one

if TYPE_CHECKING:
    import dns.name
    import dns.resolver

#: Lookups of one batch: one, so that names are looked up side by side.
BATCH_SIZE = 1
#: Seconds for one lookup, all tries and resolvers included, and for one try.
LIFETIME, TRY = 12.0, 4.0
#: Tries for a name that the resolver failed on, or refused.
TRIES = 2
#: After so many lookups in a row without an answer no more are sent. A domain whose own servers are dead takes one for
#: each dataset.
PATIENCE = 30
#: What fits into a datagram on most paths (https://www.dnsflagday.net/2020/).
_PAYLOAD = 1232
_CACHED = 10_000
#: A name that every resolver knows which sees the internet's DNS.
_KNOWN = "com"
_ELSEWHERE = (
    "Name a resolver that can see the internet's DNS with --resolver ADDRESS, or leave DNS out with --no-dns."
)
_OFF = "Scan without --no-dns (and without O365SCAN_RESOLVER=off); --resolver ADDRESS names a resolver."


class Lookups:
    """Looks names up; safe to use from several threads.

    `lifetime` is how many seconds one lookup may take.
    """

    def __init__(self, network: Network, *, lifetime: float = LIFETIME) -> None:
        self._network = network
        self._lifetime = lifetime
        self._lock = threading.Lock()
        self._resolver: dns.resolver.Resolver | None = None
        self._missing = 0
        """Lookups without an answer, since the last that had one."""
        self._sees_the_internet = False

    def answers(self, requests: Sequence[DnsLookup]) -> Iterator[tuple[int, Rows | ServiceError]]:
        """The records of each request, or the error that ended it, by its place."""
        return one_by_one(self.rows, requests)

    @property
    def whom(self) -> str:
        """Who is asked, in words. Raises O365ScanError if the address that the environment names is none."""
        if not self._network.asks_dns:
            return "nobody is asked"
        address = self._network.resolver
        return "the system's resolver is asked" if address is None else f"{address} is asked"

    def rows(self, request: DnsLookup) -> Rows:
        """A record for the name, and for each that this leads to. Raises DnsFailed, DnsNotAsked, UnexpectedAnswer."""
        found: Rows = []
        seen = set[str]()
        waiting = deque([request.name])
        while waiting and len(found) < request.most:
            row = self._row(waiting.popleft(), request.type)
            if row["Name"] in seen:
                continue
            seen.add(row["Name"])
            found.append(row)
            waiting.extend(_then(request, row))
        return found

    def _row(self, name: str, type: DnsType) -> dict[str, Any]:
        if not self._network.asks_dns:
            raise DnsNotAsked("DNS was not asked: it was turned off", hint=_OFF)
        import dns.exception
        import dns.name

        bare = name.rstrip(".")
        try:
            full = dns.name.from_text(bare, dns.name.root, dns.name.IDNA_2008_Practical)
        except (dns.exception.DNSException, UnicodeError):
            full = dns.name.root
        if full == dns.name.root:
            return _absent(bare.lower(), type, "NOTANAME")
        return self._answer(full.canonicalize(), type)

    def _answer(self, name: dns.name.Name, type: DnsType) -> dict[str, Any]:
        import dns.resolver

        text = name.to_text(omit_final_dot=True)
        try:
            answer = self._resolved(name, type)
        except dns.resolver.NXDOMAIN:
            self._demand_the_internet()
            return _absent(text, type, "NXDOMAIN")
        return {
            "Name": text,
            "Type": type,
            "Status": "NOERROR",
            "CanonicalName": answer.canonical_name.canonicalize().to_text(omit_final_dot=True),
            "Records": _records(answer, type),
        }

    def _demand_the_internet(self) -> None:
        """Sees to it, once, that the resolver may be believed where it denies a name. Raises DnsFailed."""
        import dns.name
        import dns.resolver

        if self._sees_the_internet:
            return
        try:
            self._resolved(dns.name.from_text(_KNOWN), "NS")
        except dns.resolver.NXDOMAIN as cause:
            said = f"the resolver does not see the internet's DNS: it denies {_KNOWN} too"
            raise DnsFailed(said, hint=_ELSEWHERE) from cause
        self._sees_the_internet = True

    def _resolved(self, name: dns.name.Name, type: str) -> dns.resolver.Answer:
        """Raises dns.resolver.NXDOMAIN, DnsFailed, UnexpectedAnswer."""
        import dns.exception
        import dns.resolver
        from tenacity import Retrying, retry_if_exception_type, stop_after_attempt

        self._refuse_if_silent()
        resolve = self._configured().resolve
        again = Retrying(
            stop=stop_after_attempt(TRIES),
            retry=retry_if_exception_type(dns.resolver.NoNameservers),
            reraise=True,
        )
        try:
            answer = again(resolve, name, type, raise_on_no_answer=False, search=False)
        except dns.resolver.NXDOMAIN:
            self._heard()
            raise
        except dns.resolver.NoNameservers as cause:
            raise _failed(name, type, cause) from cause
        except dns.resolver.LifetimeTimeout as cause:
            self._missed()
            raise _failed(name, type, cause) from cause
        except dns.exception.DNSException as cause:
            # A chain of CNAMEs that does not end, a name grown too long.
            raise UnexpectedAnswer(f"{_asked(name, type)}: {cause}") from cause
        self._heard()
        return answer

    def _configured(self) -> dns.resolver.Resolver:
        """The resolver, made once. Raises DnsFailed if the system has none."""
        with self._lock:
            if self._resolver is None:
                self._resolver = self._made()
            return self._resolver

    def _made(self) -> dns.resolver.Resolver:
        import dns.resolver

        address = self._network.resolver
        try:
            resolver = dns.resolver.Resolver(configure=address is None)
        except dns.resolver.NoResolverConfiguration as cause:
            raise DnsFailed("the system names no resolver", hint=_ELSEWHERE) from cause
        if address is not None:
            resolver.nameservers, resolver.port = [address.host], address.port
        resolver.lifetime, resolver.timeout = self._lifetime, min(TRY, self._lifetime)
        resolver.use_edns(0, 0, _PAYLOAD)
        resolver.cache = dns.resolver.LRUCache(_CACHED)
        return resolver

    def _refuse_if_silent(self) -> None:
        with self._lock:
            if self._missing >= PATIENCE:
                detail = f"the resolver answered none of the last {PATIENCE} lookups; no more were sent"
                raise DnsFailed(detail, hint=_ELSEWHERE)

    def _heard(self) -> None:
        with self._lock:
            self._missing = 0

    def _missed(self) -> None:
        with self._lock:
            self._missing += 1


def _then(request: DnsLookup, row: Mapping[str, Any]) -> list[str]:
    """The names that a record leads to. Raises UnexpectedAnswer if a plugin's code can't tell."""
    if request.then is None:
        return []
    try:
        return list(request.then(row))
    except (Exception, SystemExit) as cause:
        raise UnexpectedAnswer(f"{request}: `then` raised {type(cause).__name__}: {cause}") from cause


def _records(answer: dns.resolver.Answer, type: DnsType) -> list[dict[str, Any]]:
    """What DNS holds of the name, in an order that stays."""
    if type == "MX":
        found = [
            {
                "Preference": each.preference,
                "Exchange": each.exchange.canonicalize().to_text().rstrip("."),
            }
            for each in answer
        ]
        return sorted(found, key=lambda each: (each["Preference"], each["Exchange"]))
    return [{"Text": text} for text in sorted(_text(b"".join(each.strings)) for each in answer)]


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "backslashreplace")


def _absent(name: str, type: DnsType, status: str) -> dict[str, Any]:
    return {"Name": name, "Type": type, "Status": status, "CanonicalName": name, "Records": []}


def _failed(
    name: dns.name.Name, type: str, cause: dns.resolver.NoNameservers | dns.resolver.LifetimeTimeout
) -> DnsFailed:
    """Says of each resolver why it gave no answer. dnspython's errors are: server, TCP, port, why, answer."""
    whys = dict.fromkeys(_why(server, why) for server, _, _, why, _ in cause.kwargs["errors"])
    return DnsFailed(f"{_asked(name, type)}: {'; '.join(whys) or 'no resolver answered'}", hint=_ELSEWHERE)


def _why(server: str, why: object) -> str:
    """One of dnspython's errors: the server is written "Do53:192.0.2.53@53", and why is an RCODE or an exception."""
    import dns.exception

    host = server.removeprefix("Do53:").partition("@")[0]
    return f"{host} did not answer" if isinstance(why, dns.exception.Timeout) else f"{host} said {why}"


def _asked(name: dns.name.Name, type: str) -> str:
    return f"DNS {type} of {name.to_text(omit_final_dot=True)}"
