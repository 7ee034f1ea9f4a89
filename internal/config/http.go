package config

import (
	"net/netip"
	"net/url"
	"time"

	"github.com/sluicegate/sluice/internal/config/yamltree"
	"github.com/sluicegate/sluice/internal/httpapi/listen"
	"github.com/sluicegate/sluice/internal/httpapi/realtime"
)

// tls reads {cert, key}. Both empty, or no tls at all, means plain HTTP.
func (r *reader) tls(n *yamltree.Node, to *listen.Config) {
	file := func(to *string) func(*yamltree.Node) {
		return func(n *yamltree.Node) {
			if n.Kind == yamltree.Null || n.Kind == yamltree.String && n.Text == "" && !r.reported[n] {
				return
			}
			r.str(n, to)
		}
	}
	r.object(n, []field{{"cert", file(&to.Cert)}, {"key", file(&to.Key)}})
	switch {
	case to.Cert != "" && to.Key == "":
		r.bad(n, "needs the key 'key': the file with the certificate's private key")
	case to.Key != "" && to.Cert == "":
		r.bad(n, "needs the key 'cert': the file with the certificate")
	}
}

func (r *reader) limits(n *yamltree.Node, to *listen.Limits, unknownKeys *int) {
	head := int64(to.Head)
	r.object(n, []field{
		{"connections", func(n *yamltree.Node) { r.integer(n, 1, &to.Connections) }},
		{"per_address", func(n *yamltree.Node) { r.integer(n, 1, &to.PerAddress) }},
		{"memory", func(n *yamltree.Node) { r.size(n, &to.Memory) }},
		{"upload", func(n *yamltree.Node) { r.size(n, &to.Upload) }},
		{"uploads", func(n *yamltree.Node) { r.size(n, &to.Uploads) }},
		{"head", func(n *yamltree.Node) { r.size(n, &head) }},
		{"header", func(n *yamltree.Node) { r.duration(n, &to.Header) }},
		{"body", func(n *yamltree.Node) { r.duration(n, &to.Body) }},
		{"body_rate", func(n *yamltree.Node) { r.size(n, &to.BodyRate) }},
		{"write_stall", func(n *yamltree.Node) { r.duration(n, &to.WriteStall) }},
		{"idle", func(n *yamltree.Node) { r.duration(n, &to.Idle) }},
		{"unknown_keys", func(n *yamltree.Node) { r.integer(n, 1, unknownKeys) }},
	})
	if head > maxHead {
		r.bad(n, "head must not be larger than 16MiB")
		return
	}
	to.Head = int(head)
}

// maxDrainDelay bounds the delay: a forgotten unit would keep a server for hours.
const maxDrainDelay = 5 * time.Minute

// drain reads {delay}.
func (r *reader) drain(n *yamltree.Node, delay *time.Duration) {
	r.object(n, []field{{"delay", func(n *yamltree.Node) {
		if r.duration(n, delay); *delay > maxDrainDelay {
			r.bad(n, "must not be longer than 5m, not %s", r.quote(n))
		}
	}}})
}

// realtime reads the limits of realtime sessions.
func (r *reader) realtime(n *yamltree.Node, to *realtime.Limits) {
	r.object(n, []field{
		{"event", func(n *yamltree.Node) { r.size(n, &to.Event) }},
		{"rate", func(n *yamltree.Node) { r.integer(n, 1, &to.Rate) }},
		{"per_key", func(n *yamltree.Node) { r.integer(n, 1, &to.PerKey) }},
		{"length", func(n *yamltree.Node) { r.duration(n, &to.Length) }},
		{"silence", func(n *yamltree.Node) { r.duration(n, &to.Silence) }},
	})
}

const maxHead = 16 << 20

// networks reads a list of addresses and networks such as 10.0.0.0/8.
func (r *reader) networks(n *yamltree.Node, to *[]netip.Prefix) {
	r.list(n, func(item *yamltree.Node) {
		var text string
		if r.str(item, &text); text == "" {
			return
		}
		if addr, err := netip.ParseAddr(text); err == nil && addr.Zone() == "" {
			*to = append(*to, netip.PrefixFrom(addr.Unmap(), addr.Unmap().BitLen()))
			return
		}
		network, err := netip.ParsePrefix(text)
		if err != nil {
			r.bad(item, "must be an address such as 10.1.2.3 or a network such as 10.0.0.0/8, not %s", r.quote(item))
			return
		}
		*to = append(*to, network.Masked())
	})
}

// originProblem says what is wrong with the origin of a web page, "" if nothing is.
func originProblem(text string) string {
	if text == "*" {
		return ""
	}
	u, err := url.Parse(text)
	if err != nil || u.Scheme == "" || u.Host == "" || u.Path != "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil {
		return `must be an origin such as https://console.example.com, or "*"`
	}
	return ""
}
