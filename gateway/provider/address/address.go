// Package address decides which addresses a caller may choose.
//
// A base URL is checked twice: as text before a call ([Check], [Trusted]), and as the IP address that
// its name resolves to when the connection is made ([DialPublicOnly]). The text check refuses what two
// parsers could read differently, so the host that was checked is the host that is called. Only the
// operator's list of trusted hosts lets a caller reach a private address.
package address

import (
	"context"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"github.com/sluicegate/sluice/gateway"
)

// Check returns an error for a base URL that a caller must not choose: a scheme other
// than http and https, an ambiguous spelling, or a host that is not on the public internet.
// trusted lists hosts, or host:port, that are allowed although they are private. They are
// compared as text. Ambiguous spellings are refused first, also for trusted hosts.
//
// The address that a public name resolves to is checked when the connection is made.
func Check(rawURL string, trusted []string) error {
	_, err := Trusted(rawURL, trusted)
	return err
}

func refused(why string) error {
	return &gateway.Error{Op: "address.Check", Kind: gateway.Invalid, Param: "custom_host", Code: "custom_host_refused",
		Public: "This address is refused: " + why + "."}
}

// maxLength is the largest length of a base URL in bytes.
const maxLength = 2048

// Trusted is Check, and reports whether the host is in the list of trusted hosts.
func Trusted(rawURL string, trusted []string) (isTrusted bool, err error) {
	if len(rawURL) > maxLength {
		return false, refused("it is longer than 2048 bytes")
	}
	for i := range len(rawURL) {
		if c := rawURL[i]; c <= ' ' || c >= 0x7f || c == '%' || c == '\\' {
			return false, refused("it holds a character that has no place in it")
		}
	}
	u, err := url.Parse(rawURL)
	if err != nil {
		return false, refused("it is not a URL")
	}
	host := strings.ToLower(strings.TrimSuffix(u.Hostname(), "."))
	if ambiguousIPv4(host) {
		return false, refused("a numeric address must be written as four decimal numbers")
	}
	switch {
	case u.Scheme != "http" && u.Scheme != "https":
		return false, refused("it must begin with http:// or https://")
	case u.User != nil || strings.Contains(u.Host, "@"):
		return false, refused("it must not hold a user name or password")
	case host == "" || u.Opaque != "":
		return false, refused("it names no host")
	case u.Fragment != "":
		return false, refused("it must not hold a fragment")
	}
	port := u.Port()
	if n, err := strconv.Atoi(port); strings.HasSuffix(u.Host, ":") || port != "" && (err != nil || n < 1 || n > 65535) {
		return false, refused("its port is no port")
	}
	if slices.ContainsFunc(trusted, func(t string) bool { return sameHost(t, host, port) }) {
		return true, nil
	}
	if blockedPorts[port] {
		return false, refused("its port belongs to another service")
	}
	if ip, err := netip.ParseAddr(host); err == nil {
		if !isPublic(ip) {
			return false, refused("it is a private or reserved address")
		}
		return false, nil
	}
	return false, checkHostName(host)
}

func sameHost(trusted, host, port string) bool {
	trusted = strings.ToLower(trusted)
	return trusted == host || port != "" && trusted == net.JoinHostPort(host, port) || trusted == "["+host+"]"
}

// ambiguousIPv4 reports whether a resolver might read host as an IPv4 address although it is
// not written as one: 2130706433, 0x7f.1, 0177.0.0.1, 127.1. As in the URL standard, a host
// whose last label is a number is an address.
func ambiguousIPv4(host string) bool {
	if strings.Contains(host, ":") {
		return false // IPv6; ParseAddr is strict
	}
	last := host[strings.LastIndexByte(host, '.')+1:]
	if last == "" || !numeric(last) {
		return false
	}
	ip, err := netip.ParseAddr(host)
	return err != nil || !ip.Is4()
}

func numeric(s string) bool {
	if hex, ok := strings.CutPrefix(s, "0x"); ok {
		return strings.Trim(hex, "0123456789abcdef") == ""
	}
	return strings.Trim(s, "0123456789") == ""
}

// blockedPorts are ports of other protocols, which could misread a forged HTTP request, and
// ports of a cluster's control plane.
var blockedPorts = map[string]bool{
	"1": true, "7": true, "19": true, "21": true, "22": true, "23": true, "25": true, "53": true, "110": true, "111": true, "135": true, "139": true,
	"143": true, "389": true, "445": true, "465": true, "514": true, "587": true, "636": true, "873": true, "993": true, "995": true,
	"1433": true, "1521": true, "2049": true, "2181": true, "2375": true, "2376": true, "2379": true, "2380": true, "3306": true, "3389": true,
	"5432": true, "5672": true, "5900": true, "6379": true, "6443": true, "9042": true, "9092": true, "9200": true, "9300": true,
	"10250": true, "10255": true, "11211": true, "27017": true,
}

// reservedRanges are address ranges that are not part of the public internet, and IPv6
// ranges that embed an IPv4 address.
var reservedRanges = func() []netip.Prefix {
	var ps []netip.Prefix
	for _, s := range []string{
		"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24",
		"192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
		"168.63.129.16/32", // Azure's host
		"2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20",
	} {
		ps = append(ps, netip.MustParsePrefix(s))
	}
	return ps
}()

var globalIPv6 = netip.MustParsePrefix("2000::/3")

func isPublic(ip netip.Addr) bool {
	if ip.Is4In6() || ip.Zone() != "" || ip.Is6() && !globalIPv6.Contains(ip) {
		return false
	}
	return !slices.ContainsFunc(reservedRanges, func(p netip.Prefix) bool { return p.Contains(ip) })
}

// DialPublicOnly is a dialControl that refuses addresses that are not public.
func DialPublicOnly(_ context.Context, _, address string, _ syscall.RawConn) error {
	at, err := netip.ParseAddrPort(address)
	if err != nil || !isPublic(at.Addr().Unmap()) {
		return refused("its name leads to a private or reserved address")
	}
	return nil
}
