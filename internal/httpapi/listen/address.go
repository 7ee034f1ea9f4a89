package listen

import (
	"net"
	"net/netip"
)

// Client is the address that limits count by: an IPv4 address, or the first 64 bits of an
// IPv6 address, because one caller owns all addresses of such a network. It is the zero
// address for text that is no IP address.
func Client(text string) netip.Addr {
	addr, err := netip.ParseAddr(text)
	if err != nil {
		return netip.Addr{}
	}
	addr = addr.Unmap().WithZone("")
	if addr.Is4() {
		return addr
	}
	network, err := addr.Prefix(64)
	if err != nil {
		return netip.Addr{}
	}
	return network.Addr()
}

// peer is the address at the other end of a connection, without its port.
func peer(remote net.Addr) string {
	host, _, err := net.SplitHostPort(remote.String())
	if err != nil {
		return ""
	}
	return host
}

// within reports whether address lies in one of the networks.
func within(networks []netip.Prefix, address string) bool {
	addr, err := netip.ParseAddr(address)
	if err != nil {
		return false
	}
	addr = addr.Unmap().WithZone("")
	for _, n := range networks {
		if n.Contains(addr) {
			return true
		}
	}
	return false
}
