package provider

import (
	"net/http"
	"net/textproto"
	"strings"
)

// neverForwarded are headers that belong to one connection, to Sluice or to a credential,
// or that a cloud's metadata service takes as proof of good faith.
var neverForwarded = map[string]bool{
	"Connection": true, "Keep-Alive": true, "Proxy-Connection": true, "Te": true, "Trailer": true, "Transfer-Encoding": true, "Upgrade": true,
	"Host": true, "Content-Length": true, "Content-Type": true, "Content-Encoding": true, "Accept": true, "Accept-Encoding": true, "Expect": true,
	"Authorization": true, "Proxy-Authorization": true, "Proxy-Authenticate": true, "Cookie": true, "Cookie2": true, "Set-Cookie": true,
	"X-Api-Key": true, "Api-Key": true, "X-Goog-Api-Key": true, "User-Agent": true,
	"Metadata": true, "Metadata-Flavor": true, "Metadata-Token": true, "X-Google-Metadata-Request": true, "X-Ibm-Metadata-Token": true,
	"X-Identity-Header": true, "X-Metadata-Token": true, "X-Aliyun-Ecs-Metadata-Token": true,
}

func forwardable(name string) bool {
	if neverForwarded[name] {
		return false
	}
	for _, prefix := range []string{"X-Sluice-", "X-Portkey-", "X-Aws-Ec2-Metadata-", "X-Aliyun-Ecs-Metadata-", "Proxy-", "Sec-"} {
		if strings.HasPrefix(name, prefix) {
			return false
		}
	}
	return true
}

// forward copies the named headers of the caller, but for those that never leave and
// those that the codec has set.
func forward(to *Post, from http.Header, names ...string) {
	for _, n := range names {
		pass(to, from, textproto.CanonicalMIMEHeaderKey(strings.TrimSpace(n)))
	}
}

// pass is forward for names in canonical spelling.
func pass(to *Post, from http.Header, names ...string) {
	for _, n := range names {
		if v, ok := from[n]; ok && forwardable(n) && !nominated(from, n) {
			to.set(n, v...)
		}
	}
}

// nominated reports whether the caller's Connection header makes name hop-by-hop.
func nominated(h http.Header, name string) bool {
	for _, v := range h["Connection"] {
		for _, n := range strings.Split(v, ",") {
			if strings.EqualFold(strings.TrimSpace(n), name) {
				return true
			}
		}
	}
	return false
}
