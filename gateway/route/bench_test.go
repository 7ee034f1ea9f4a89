package route_test

import (
	"context"
	"encoding/json"
	"testing"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/route"
)

// BenchmarkConfigure runs the stage alone, for the usual kinds of call.
func BenchmarkConfigure(b *testing.B) {
	for _, c := range []struct{ name, lines, config, saved string }{
		{"virtual key header", "virtual-key: own\nmodel: m", "", ""},
		{"virtual key prefix", "model: @own/m", "", ""},
		{"inline config", "model: @own/m", `{"cache":{"mode":"semantic"},"fallback":["b"],"retry":{"count":3}}`, ""},
		{"saved config", "model: m\nkey-config: prod", "", `{"strategy":{"mode":"fallback"},"targets":[{"virtual_key":"own"},{"virtual_key":"zed"}]}`},
	} {
		b.Run(c.name, func(b *testing.B) {
			s := newBench()
			if c.saved != "" {
				if _, err := s.Editor().PutConfig(context.Background(), route.Saved{Workspace: "ws", Slug: "prod", Config: json.RawMessage(c.saved)}); err != nil {
					b.Fatal(err)
				}
			}
			ex := asked(nil, c.lines)
			ex.Envelope.Config = c.config
			h := s.Configure().Wrap(func(context.Context, *gateway.Exchange) (gateway.Stream, error) { return nil, nil })
			b.ReportAllocs()
			for b.Loop() {
				if _, err := h(context.Background(), ex); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
