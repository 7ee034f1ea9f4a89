package provider

import "strings"

// privateSuffixes are names that no public resolver knows.
var privateSuffixes = []string{
	"local", "localhost", "localdomain", "internal", "intranet", "lan", "corp", "home", "private", "test", "example", "invalid", "onion",
	"arpa", "consul", "cluster", "svc", "docker", "i2p",
}

// mirrorSuffixes are public names that resolve to whatever address stands in them, or to
// the caller's own machine.
var mirrorSuffixes = []string{
	"nip.io", "sslip.io", "xip.io", "traefik.me", "backname.io", "localtest.me", "lvh.me", "vcap.me", "lacolhost.com", "local.gd",
	"1u.ms", "rbndr.us", "ipq.co", "nip.direct",
}

// checkName checks a host that is a name.
func checkName(host string) error {
	if strings.Trim(host, "abcdefghijklmnopqrstuvwxyz0123456789-_.") != "" || strings.Contains(host, "..") || strings.HasPrefix(host, ".") || len(host) > 253 {
		return refuseAddress("its host is not a plain name")
	}
	if !strings.Contains(host, ".") {
		return refuseAddress("its host is a name of the local network")
	}
	for _, s := range privateSuffixes {
		if strings.HasSuffix(host, "."+s) {
			return refuseAddress("its host is a name of a private network")
		}
	}
	for _, s := range mirrorSuffixes {
		if host == s || strings.HasSuffix(host, "."+s) {
			return refuseAddress("its host is a name that stands for any address")
		}
	}
	return nil
}
