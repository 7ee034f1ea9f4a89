package address

import "strings"

// privateSuffixes are name suffixes that public DNS does not resolve.
var privateSuffixes = []string{
	"local", "localhost", "localdomain", "internal", "intranet", "lan", "corp", "home", "private", "test", "example", "invalid", "onion",
	"arpa", "consul", "cluster", "svc", "docker", "i2p",
}

// wildcardSuffixes are suffixes of public names that resolve to an address embedded in the
// name, or to the local machine.
var wildcardSuffixes = []string{
	"nip.io", "sslip.io", "xip.io", "traefik.me", "backname.io", "localtest.me", "lvh.me", "vcap.me", "lacolhost.com", "local.gd",
	"1u.ms", "rbndr.us", "ipq.co", "nip.direct",
}

// checkHostName checks a host that is a name, not an address.
func checkHostName(host string) error {
	if strings.Trim(host, "abcdefghijklmnopqrstuvwxyz0123456789-_.") != "" || strings.Contains(host, "..") || strings.HasPrefix(host, ".") || len(host) > 253 {
		return refused("its host is not a plain name")
	}
	if !strings.Contains(host, ".") {
		return refused("its host is a name of the local network")
	}
	for _, s := range privateSuffixes {
		if strings.HasSuffix(host, "."+s) {
			return refused("its host is a name of a private network")
		}
	}
	for _, s := range wildcardSuffixes {
		if host == s || strings.HasSuffix(host, "."+s) {
			return refused("its host is a name that stands for any address")
		}
	}
	return nil
}
