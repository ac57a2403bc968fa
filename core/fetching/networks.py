"""Which addresses are public. Pure: the registries of IANA as tables, and what a setting opens beside them."""

import ipaddress
from dataclasses import dataclass
from typing import Final

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
IPNetwork = ipaddress.IPv4Network | ipaddress.IPv6Network

#: Ports of the web. Others answer to protocols of their own, some of which a crafted request can speak.
WEB_PORTS: Final = frozenset({80, 443})

# Python's own ``is_global`` follows these registries release by release and takes a few for public, so the tables
# stand here whole and both are asked.
_NOT_PUBLIC_4: Final = tuple(
    ipaddress.IPv4Network(network)
    for network in (
        "0.0.0.0/8",  # this network (RFC 791)
        "10.0.0.0/8",  # private (RFC 1918)
        "100.64.0.0/10",  # behind a carrier's translation (RFC 6598); 100.100.100.200 is a cloud's metadata
        "127.0.0.0/8",  # this machine (RFC 1122)
        "168.63.129.16/32",  # the host agent of a cloud, reachable from inside alone though it looks public
        "169.254.0.0/16",  # link-local (RFC 3927); 169.254.169.254 is the metadata of most clouds
        "172.16.0.0/12",  # private (RFC 1918)
        "192.0.0.0/24",  # protocol assignments (RFC 6890)
        "192.0.2.0/24",  # documentation (RFC 5737)
        "192.31.196.0/24",  # AS112 (RFC 7535)
        "192.52.193.0/24",  # AMT (RFC 7450)
        "192.88.99.0/24",  # relays of 6to4 (RFC 7526)
        "192.168.0.0/16",  # private (RFC 1918)
        "192.175.48.0/24",  # AS112 (RFC 7534)
        "198.18.0.0/15",  # benchmarks (RFC 2544)
        "198.51.100.0/24",  # documentation (RFC 5737)
        "203.0.113.0/24",  # documentation (RFC 5737)
        "224.0.0.0/4",  # multicast (RFC 5771)
        "240.0.0.0/4",  # reserved, with the broadcast address at its end (RFC 1112, RFC 8190)
    )
)
#: The one block that public IPv6 addresses are given out of (RFC 4291). Outside are this machine, unspecified,
#: IPv4-mapped and -compatible, NAT64 (64:ff9b::/96 and ff9b:1::/48), discard, unique local, link-local, site-local and
#: multicast.
_GLOBAL_UNICAST_6: Final = ipaddress.IPv6Network("2000::/3")
_NOT_PUBLIC_6: Final = tuple(
    ipaddress.IPv6Network(network)
    for network in (
        "2001::/23",  # protocol assignments (RFC 2928), Teredo, ORCHID and benchmarks among them
        "2001:db8::/32",  # documentation (RFC 3849)
        "2002::/16",  # 6to4, with any IPv4 address inside (RFC 3056)
        "2620:4f:8000::/48",  # AS112 (RFC 7534)
        "3fff::/20",  # documentation (RFC 9637)
    )
)


def is_public(address: IPAddress) -> bool:
    """Whether anybody on the internet could be meant by it, and nobody in the house.

    An IPv6 address that carries an IPv4 address inside is not public, whatever is inside: the way that it takes is the
    network's own affair, and no server that means to be found is named by one.
    """
    if address.version == 4:
        return address.is_global and not any(address in network for network in _NOT_PUBLIC_4)
    is_unicast = address in _GLOBAL_UNICAST_6 and address.is_global
    return is_unicast and not any(address in network for network in _NOT_PUBLIC_6)


@dataclass(frozen=True, slots=True)
class Reach:
    """Where fetching may go: public addresses, and exactly those networks that the operator opened; which ports."""

    networks: tuple[IPNetwork, ...] = ()
    ports: frozenset[int] = WEB_PORTS

    def admits(self, address: IPAddress) -> bool:
        return is_public(address) or any(
            address.version == network.version and address in network for network in self.networks
        )
