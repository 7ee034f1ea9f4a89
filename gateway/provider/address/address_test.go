package address

import (
	"strings"
	"testing"

	"github.com/sluicegate/sluice/gateway"
)

func TestCheck(t *testing.T) {
	trusted := []string{"localhost", "127.0.0.1:9100", "models.corp", "::1"}
	for _, ok := range []string{
		"https://api.example.com/v1", "http://api.example.com:8080/v1?x=1", "https://8.8.8.8/v1", "https://[2606:4700::1111]/v1", "https://API.Example.com./v1",
		"https://xn--bcher-kva.com", "https://my_host.example.org", "https://api.openai.com:443/v1",
		"http://localhost/v1", "http://localhost:11434/v1", "http://127.0.0.1:9100/v1", "https://models.corp/v1", "http://[::1]:80/v1", "http://LOCALHOST",
	} {
		if err := Check(ok, trusted); err != nil {
			t.Errorf("%s: %v", ok, err)
		}
	}
	for bad, why := range map[string]string{
		"": "names no host|begin with", "api.example.com": "", "//api.example.com": "begin with", "ftp://api.example.com": "begin with", "file:///etc/passwd": "", "javascript:alert(1)": "",
		"https://": "no host", "https:///x": "no host", "https://user@api.example.com": "user name", "https://user:pw@api.example.com": "user name",
		"https://api.example.com%2f@evil": "character", "https://api.example.com/%2e%2e": "character", "https://api.example.com/\n": "character", "https://api.example.com\\@evil": "character",
		"https://api example.com": "character", "https://api.exämple.com": "character", "https://１２７.0.0.1": "character", "https://a.example.com/#x": "fragment",
		"https://" + strings.Repeat("a", 2048): "2048",

		"http://2130706433": "numeric", "http://0x7f000001": "numeric", "http://0x7f.0.0.1": "numeric", "http://0177.0.0.1": "numeric", "http://127.1": "numeric", "http://127.0.1": "numeric",
		"http://017700000001": "numeric", "http://127.0.0.1.": "reserved", "http://127.0.0.01": "numeric", "http://0": "numeric", "http://1.2.3.4.5": "numeric", "http://0xA9FEA9FE": "numeric",
		"http://256.1.1.1": "numeric", "http://0x": "numeric", "http://foo.0x7f": "numeric", "http://user@2130706433": "numeric", "gopher://2130706433": "numeric",

		"http://127.0.0.1": "reserved", "http://127.0.0.1:9101": "reserved", "http://10.1.2.3": "reserved", "http://172.16.0.1": "reserved", "http://192.168.1.1": "reserved", "http://169.254.169.254": "reserved",
		"http://100.64.0.1": "reserved", "http://100.100.100.200": "reserved", "http://0.0.0.0": "reserved", "http://224.0.0.1": "reserved", "http://240.0.0.1": "reserved", "http://255.255.255.255": "reserved",
		"http://192.0.2.1": "reserved", "http://198.18.0.1": "reserved", "http://168.63.129.16": "reserved", "http://192.0.0.192": "reserved",
		"http://[::]": "reserved", "http://[::ffff:8.8.8.8]": "reserved", "http://[::ffff:127.0.0.1]": "reserved", "http://[::ffff:7f00:1]": "reserved", "http://[fe80::1]": "reserved", "http://[fc00::1]": "reserved",
		"http://[fd00:ec2::254]": "reserved", "http://[64:ff9b::7f00:1]": "reserved", "http://[2002:7f00:1::]": "reserved", "http://[ff02::1]": "reserved", "http://[::127.0.0.1]": "reserved", "http://[2001:db8::1]": "reserved",
		"http://[fe80::1%25eth0]": "character",

		"http://metadata": "local network", "http://host": "local network", "http://metadata.google.internal": "private network", "http://a.local": "private network", "http://a.localhost": "private network",
		"http://printer.lan": "private network", "http://x.corp": "private network", "http://nas.home.arpa": "private network", "http://x.onion": "private network", "http://x.test": "private network",
		"http://svc.ns.svc.cluster.local": "private network",
		"http://127.0.0.1.nip.io":         "any address", "http://app.10-0-0-1.sslip.io": "any address", "http://localtest.me": "any address", "http://x.lvh.me": "any address",
		"http://a..b.com": "plain name", "http://.example.com": "plain name", "http://a,b.com": "plain name", "http://[::1": "", "http://example.com:0": "port", "http://example.com:99999": "port", "http://example.com:": "port",
		"http://example.com:22": "port", "http://example.com:6379": "port",
	} {
		err := Check(bad, trusted)
		e, ok := err.(*gateway.Error)
		if !ok || e.Kind != gateway.Invalid || e.Param != "custom_host" {
			t.Errorf("%q: %v, want a refusal", bad, err)
			continue
		}
		hit := false
		for _, w := range strings.Split(why, "|") {
			hit = hit || strings.Contains(e.Public, w)
		}
		if !hit {
			t.Errorf("%q: %s, want %q", bad, e.Public, why)
		}
	}
	for _, odd := range []string{"http://2130706433", "http://0x7f.1", "http://127.1"} {
		if Check(odd, []string{"2130706433", "0x7f.1", "127.1"}) == nil {
			t.Errorf("%s: an odd spelling must be refused although it is trusted", odd)
		}
	}
}

func FuzzCheck(f *testing.F) {
	for _, s := range []string{"https://api.example.com", "http://0x7f.1", "http://[::1]:80/a", "http://a@b", "http://127.0.0.1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if Check(s, nil) == nil && !(strings.HasPrefix(strings.ToLower(s), "http://") || strings.HasPrefix(strings.ToLower(s), "https://")) {
			t.Fatalf("%q was let through", s)
		}
	})
}
