"""Addresses of nodes, written one way: as a browser writes them, so that two can be compared as text.

Lower case, names in their ASCII form (IDNA 2008, RFC 5891), addresses of IPv6 in brackets, no port where it
is that of the scheme. What a browser would not open, or would open as something else, is refused.
"""

import ipaddress
import re
from urllib.parse import urlsplit

import idna

from fourfold.canon.located import shown
from fourfold.errors import Fault, InputError

DEFAULT_PORTS = {"http": 80, "https": 443}
_EXAMPLE = "Write it as https://node.example.org/ or http://127.0.0.1:8471/."
_SCHEME = re.compile(r"(?i:https?)://[^/?#]")
_LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")
_LIKE_A_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
_LONGEST, _LONGEST_NAME = 4_000, 253
_EMBEDDED = ipaddress.IPv6Network("::ffff:0:0/96")

_BAD_PORTS = (
    "1 7 9 11 13 15 17 19 20 21 22 23 25 37 42 43 53 69 77 79 87 95 101 102 103 104 109 110 111 113 115 117 "
    "119 123 135 137 139 143 161 179 389 427 465 512 513 514 515 526 530 531 532 540 548 554 556 563 587 601 "
    "636 989 990 993 995 1719 1720 1723 2049 3659 4045 4190 5060 5061 6000 6566 6665 6666 6667 6668 6669 "
    "6679 6697 10080"
)
_CLOSED_PORTS = frozenset(int(port) for port in _BAD_PORTS.split())
"""No browser opens these, for the sake of other protocols (Fetch Standard, section 2.9, "bad port")."""


def own_address(text: str, field: str = "url", *, for_browsers: bool = False) -> str:
    """The address of a node itself, as browsers write it; a node stands at the root of its name.

    `for_browsers`: a port that counterparts reach, and no browser opens, is refused too.

    Raises:
        InputError: it is none, a browser would not open it, or something follows the name.
    """
    found, parts = origin_of(text, field), urlsplit(text.strip())
    if parts.path not in {"", "/"} or parts.query or parts.fragment:
        raise _refused(text, field, "A node stands at the root of its name.", f"Write it as {found}/.")
    if for_browsers and (port := urlsplit(found).port) in _CLOSED_PORTS:
        raise _refused(text, field, f"No browser opens port {port}.", "Choose another, such as 8471.")
    return f"{found}/"


def node_address(text: str, field: str = "url") -> str:
    """The address of another node: what follows the name is nothing that a node is asked for.

    Raises:
        InputError: it is none.
    """
    return f"{origin_of(text, field)}/"


def origin_of(text: str, field: str = "url") -> str:
    """Scheme, name and port of an address (RFC 6454), in the one form.

    Raises:
        InputError: it is no http or https address; all that the message says can be put right.
    """
    given = text.strip()
    clean = given.isprintable() and len(given) <= _LONGEST and not any(char in given for char in " \\")
    if not clean or not _SCHEME.match(given):
        raise _refused(text, field, "Only an http or https address is taken.", _EXAMPLE)
    try:
        parts = urlsplit(given)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise _refused(text, field, "Its name or port is none: ports go to 65535.", _EXAMPLE) from None
    if "@" in parts.netloc:
        raise _refused(text, field, "No name and no password belong into it.", _EXAMPLE)
    if port == 0:
        raise _refused(text, field, "Ports go from 1 to 65535.", _EXAMPLE)
    written = "" if port in {None, DEFAULT_PORTS[parts.scheme]} else f":{port}"
    return f"{parts.scheme}://{_host(text, field, host, bracketed='[' in parts.netloc)}{written}"


def bracketed(host: str) -> str:
    """A host as it stands in an address: one of IPv6 in brackets."""
    try:
        return f"[{_ipv6(ipaddress.IPv6Address(host))}]"
    except ValueError:
        return host


def ascii_name(name: str) -> str:
    """A host name as it is asked for: lower case, in ASCII letters (IDNA 2008, mapped as UTS 46 says).

    Raises:
        ValueError: it is none.
    """
    mapped = idna.uts46_remap(name, std3_rules=False, transitional=False)
    labels = [_ascii_label(label) for label in mapped.split(".")]
    found = ".".join(labels)
    if len(found) > _LONGEST_NAME:
        raise ValueError("longer than a name can be")
    if _LIKE_A_NUMBER.fullmatch(labels[-1]):
        return str(ipaddress.IPv4Address(found))  # a browser takes it for one, however it is written
    return found


def _host(text: str, field: str, host: str, *, bracketed: bool) -> str:
    try:
        if bracketed:
            return f"[{_ipv6(ipaddress.IPv6Address(host))}]"
        return ascii_name(host)
    except ValueError as error:
        if host.endswith("."):
            raise _refused(text, field, "Its name ends with a dot.", "Leave that out.") from error
        message = "This is no name of a host: letters, digits and hyphens, or an IP address."
        raise _refused(text, field, message, _EXAMPLE) from error


def _ascii_label(label: str) -> str:
    """One label of a name; idna's own error is a ValueError too."""
    if not label.isascii() or label.startswith("xn--"):
        return idna.alabel(label).decode()
    if not _LABEL.fullmatch(label):
        raise ValueError("no label of a name")
    return label


def _ipv6(found: ipaddress.IPv6Address) -> str:
    """As browsers write it: an embedded address of IPv4 in hexadecimal, on every version of Python."""
    if found.scope_id:
        raise ValueError("a zone means something on one machine only")
    if found in _EMBEDDED:
        low = int(found) & 0xFFFFFFFF
        return f"::ffff:{low >> 16:x}:{low & 0xFFFF:x}"
    return found.compressed


def _refused(text: str, field: str, message: str, remedy: str) -> InputError:
    what = "This" if "@" in text else shown(text)  # there may be a password in it
    return InputError([Fault(f"{what} is no address of a node. {message}", field=field, remedy=remedy)])
