package gateway

import (
	"iter"
	"net/http"
	"slices"
	"strings"
)

// NeverForwarded reports whether a caller's header is never forwarded, even if a config or
// request names it. WhyNotForwarded returns the reason.
func NeverForwarded(name string) bool { return WhyNotForwarded(name) != "" }

// WhyNotForwarded returns why a caller's header is never forwarded, as the end of a sentence
// about the header; "" if it may be forwarded. It ignores case.
func WhyNotForwarded(name string) string {
	n := strings.ToLower(name)
	if why, ok := unforwardable[n]; ok {
		return why
	}
	for _, p := range unforwardablePrefixes {
		if strings.HasPrefix(n, p.prefix) {
			return p.why
		}
	}
	return ""
}

// HoldsCredential reports whether a caller's header may hold a credential, so that nothing is derived
// from its value: those of vendors, and all of the gateways', which name keys and configs. It ignores
// case.
func HoldsCredential(name string) bool {
	why := WhyNotForwarded(name)
	return why == whyCredential || why == whyGateway || strings.EqualFold(name, "sec-websocket-protocol")
}

const (
	whyCredential = "names a credential, which is never forwarded"
	whyConnection = "names a header that belongs to the connection"
	whyOwn        = "names a header that Sluice writes itself"
	whyMetadata   = "names a header of a metadata service"
	whyGateway    = "names a header for the gateway itself"
)

var unforwardable = map[string]string{
	"authorization": whyCredential, "x-api-key": whyCredential, "api-key": whyCredential, "x-goog-api-key": whyCredential, "ocp-apim-subscription-key": whyCredential,
	"cookie": whyCredential, "cookie2": whyCredential, "set-cookie": whyCredential, "proxy-authorization": whyCredential,

	"host": whyConnection, "content-length": whyConnection, "content-type": whyConnection, "content-encoding": whyConnection,
	"accept-encoding": whyConnection, "connection": whyConnection, "keep-alive": whyConnection, "te": whyConnection,
	"trailer": whyConnection, "transfer-encoding": whyConnection, "upgrade": whyConnection, "expect": whyConnection,

	"user-agent": whyOwn, "accept": whyOwn,

	"metadata": whyMetadata, "metadata-flavor": whyMetadata, "metadata-token": whyMetadata, "x-metadata-token": whyMetadata,
	"x-google-metadata-request": whyMetadata, "x-ibm-metadata-token": whyMetadata, "x-identity-header": whyMetadata,
}

var unforwardablePrefixes = []struct{ prefix, why string }{
	{"x-aws-ec2-metadata-", whyMetadata}, {"x-aliyun-ecs-metadata-", whyMetadata},
	{"proxy-", whyConnection}, {"sec-", whyConnection},
	{"x-sluice-", whyGateway}, {"x-portkey-", whyGateway}, {"x-litellm-", whyGateway},
}

// VendorHeaders are the callers' headers that vendors may get although no config or request names them.
// Each vendor and format has some of them. They are redacted and judged like those that are named.
var VendorHeaders = []string{"Openai-Organization", "Openai-Project", "Anthropic-Beta", "Anthropic-Version", "Http-Referer", "X-Title"}

// ForwardedHeaders iterates over the canonical names of the caller's headers that the targets below n may
// get: those of VendorHeaders, and those that are forwarded by name. named tells which.
func (n *Node) ForwardedHeaders() iter.Seq2[string, bool] {
	return func(yield func(name string, named bool) bool) {
		var seen []string
		for t := range n.Targets() {
			for _, name := range t.Forward {
				if name = http.CanonicalHeaderKey(strings.TrimSpace(name)); slices.Contains(seen, name) || NeverForwarded(name) {
					continue
				}
				seen = append(seen, name)
				if !yield(name, true) {
					return
				}
			}
		}
		for _, name := range VendorHeaders {
			if !slices.Contains(seen, name) && !yield(name, false) {
				return
			}
		}
	}
}
