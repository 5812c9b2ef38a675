"""Messages to addresses that others have named: only to hosts on a list, never into our own network. Pure Python.

OWASP ASVS 5.0.0 V1.3.6. The name is resolved once, every address that it has is looked at, and the connection goes to
the one that was looked at (a second answer of the name server changes nothing). Redirects are not followed.
"""

import socket
import ssl
from collections.abc import Mapping, Sequence
from http.client import HTTPConnection, HTTPException
from ipaddress import ip_address
from urllib.parse import urlsplit

TIMEOUT_SECONDS = 10
LONGEST_ANSWER = 64 * 1024
LONGEST_ADDRESS = 400


class Forbidden(ValueError):
    """Nothing is sent to this address. The text says why."""


class Unreachable(RuntimeError):
    """No answer this time."""


class _Pinned(HTTPConnection):
    """A connection to an address that was looked at, under the name that was asked for."""

    def __init__(self, host: str, port: int, address: str, *, tls: bool) -> None:
        super().__init__(host, port, timeout=TIMEOUT_SECONDS)
        self.address, self.tls = address, tls

    def connect(self) -> None:
        """Connect to the pinned address; the certificate must be the name's."""
        plain = socket.create_connection((self.address, self.port), self.timeout)
        context = ssl.create_default_context() if self.tls else None
        self.sock = context.wrap_socket(plain, server_hostname=self.host) if context else plain


def check_address(url: str, *, hosts: Sequence[str], private: bool) -> tuple[str, int, str, bool]:
    """(host, port, path, TLS) of an address that something may be sent to, before its name is resolved.

    `hosts`: names, or `*.name` for all below it. `private` allows addresses inside our network, and without TLS.
    Raises Forbidden.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise Forbidden("not an address") from None
    host = (parts.hostname or "").lower()
    if len(url) > LONGEST_ADDRESS or not url.isascii() or any(c.isspace() for c in url):
        raise Forbidden("not an address")
    if parts.scheme not in ("https", "http") or (parts.scheme == "http" and not private):
        raise Forbidden("must begin with https://")
    if not host or parts.username is not None or parts.fragment:
        raise Forbidden("not an address")
    if not any(host == name.lower() or (name.startswith("*.") and host.endswith(name[1:].lower())) for name in hosts):
        raise Forbidden("the host is not on the list of this site")
    tls = parts.scheme == "https"
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return host, port or (443 if tls else 80), path, tls


def _resolve(host: str, port: int, *, private: bool) -> str:
    try:
        found = [str(row[4][0]) for row in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    except OSError as error:
        raise Unreachable(f"{host}: {error.strerror or error}") from None
    for text in found:
        address = ip_address(text.split("%")[0])
        address = getattr(address, "ipv4_mapped", None) or address
        inside = not address.is_global or address.is_multicast
        if (inside and not private) or address.is_unspecified or address.is_multicast:
            raise Forbidden("the host lies inside a private network")
    return found[0]


def post(url: str, body: bytes, headers: Mapping[str, str], *, hosts: Sequence[str], private: bool) -> int:
    """Send `body`; returns the status of the answer, whatever it is. Raises Forbidden, Unreachable."""
    host, port, path, tls = check_address(url, hosts=hosts, private=private)
    connection = _Pinned(host, port, _resolve(host, port, private=private), tls=tls)
    try:
        connection.request("POST", path, body=body, headers=dict(headers))
        answer = connection.getresponse()
        answer.read(LONGEST_ANSWER)
        return answer.status
    except (OSError, HTTPException) as error:
        raise Unreachable(f"{type(error).__name__}: {error}"[:200]) from None
    finally:
        connection.close()
