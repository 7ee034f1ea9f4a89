package provider

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

// CheckAddress refuses a base URL that a caller must not send us to: anything but http
// and https, odd spellings, and whatever is not plainly on the public internet. trusted
// are hosts, or host:port, that are allowed although they are private; they are compared
// as text. Odd spellings of an address are refused before anything else, trusted or not.
//
// What a public name resolves to is checked again when the connection is made.
func CheckAddress(rawURL string, trusted []string) error {
	_, err := checkAddress(rawURL, trusted)
	return err
}

func refuseAddress(why string) error {
	return &gateway.Error{Op: "provider.CheckAddress", Kind: gateway.Invalid, Param: "custom_host", Code: "custom_host_refused",
		Public: "This address is refused: " + why + "."}
}

// maxAddress bounds a base URL.
const maxAddress = 2048

func checkAddress(rawURL string, trusted []string) (isTrusted bool, err error) {
	if len(rawURL) > maxAddress {
		return false, refuseAddress("it is longer than 2048 bytes")
	}
	for i := range len(rawURL) {
		if c := rawURL[i]; c <= ' ' || c >= 0x7f || c == '%' || c == '\\' {
			return false, refuseAddress("it holds a character that has no place in it")
		}
	}
	u, err := url.Parse(rawURL)
	if err != nil {
		return false, refuseAddress("it is not a URL")
	}
	host := strings.ToLower(strings.TrimSuffix(u.Hostname(), "."))
	if oddNumber(host) {
		return false, refuseAddress("a numeric address must be written as four decimal numbers")
	}
	switch {
	case u.Scheme != "http" && u.Scheme != "https":
		return false, refuseAddress("it must begin with http:// or https://")
	case u.User != nil || strings.Contains(u.Host, "@"):
		return false, refuseAddress("it must not hold a user name or password")
	case host == "" || u.Opaque != "":
		return false, refuseAddress("it names no host")
	case u.Fragment != "":
		return false, refuseAddress("it must not hold a fragment")
	}
	port := u.Port()
	if n, err := strconv.Atoi(port); strings.HasSuffix(u.Host, ":") || port != "" && (err != nil || n < 1 || n > 65535) {
		return false, refuseAddress("its port is no port")
	}
	if slices.ContainsFunc(trusted, func(t string) bool { return sameHost(t, host, port) }) {
		return true, nil
	}
	if otherPorts[port] {
		return false, refuseAddress("its port belongs to another service")
	}
	if ip, err := netip.ParseAddr(host); err == nil {
		if !public(ip) {
			return false, refuseAddress("it is a private or reserved address")
		}
		return false, nil
	}
	return false, checkName(host)
}

func sameHost(trusted, host, port string) bool {
	trusted = strings.ToLower(trusted)
	return trusted == host || port != "" && trusted == net.JoinHostPort(host, port) || trusted == "["+host+"]"
}

// oddNumber reports whether a resolver might read host as an IPv4 address although it is
// not written as one: 2130706433, 0x7f.1, 0177.0.0.1, 127.1. It follows the rule of the URL
// standard: what ends in a number is an address.
func oddNumber(host string) bool {
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

// otherPorts speak something that a forged HTTP request could be mistaken for, or belong
// to the control plane of a cluster.
var otherPorts = map[string]bool{
	"1": true, "7": true, "19": true, "21": true, "22": true, "23": true, "25": true, "53": true, "110": true, "111": true, "135": true, "139": true,
	"143": true, "389": true, "445": true, "465": true, "514": true, "587": true, "636": true, "873": true, "993": true, "995": true,
	"1433": true, "1521": true, "2049": true, "2181": true, "2375": true, "2376": true, "2379": true, "2380": true, "3306": true, "3389": true,
	"5432": true, "5672": true, "5900": true, "6379": true, "6443": true, "9042": true, "9092": true, "9200": true, "9300": true,
	"10250": true, "10255": true, "11211": true, "27017": true,
}

// reserved are ranges that are not the public internet, and ranges of IPv6 that carry an
// IPv4 address inside.
var reserved = func() []netip.Prefix {
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

func public(ip netip.Addr) bool {
	if ip.Is4In6() || ip.Zone() != "" || ip.Is6() && !globalIPv6.Contains(ip) {
		return false
	}
	return !slices.ContainsFunc(reserved, func(p netip.Prefix) bool { return p.Contains(ip) })
}

// refusePrivate checks an address that is about to be connected to.
func refusePrivate(_ context.Context, _, address string, _ syscall.RawConn) error {
	at, err := netip.ParseAddrPort(address)
	if err != nil || !public(at.Addr().Unmap()) {
		return refuseAddress("its name leads to a private or reserved address")
	}
	return nil
}
