package route_test

import (
	"context"
	"encoding/json"
	"testing"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/openai"
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

// BenchmarkRouter makes one successful call, without the upstream's cost.
func BenchmarkRouter(b *testing.B) {
	body := gateway.Chunk{Form: gateway.FormBody, Raw: []byte(`{"id":"x","object":"chat.completion","model":"m","choices":[]}`)}
	h := route.New(route.Config{}).Router(func(context.Context, *gateway.Exchange) (gateway.Stream, error) { return gateway.Chunks(body), nil })
	req, _ := openai.NewRequest(gateway.OpChat, []byte(`{"model":"m"}`))
	root := leaf("a", none)
	b.ReportAllocs()
	for b.Loop() {
		ex := &gateway.Exchange{Request: req, Plan: &gateway.Plan{Root: root}, Facts: &gateway.Facts{}}
		st, err := h(context.Background(), ex)
		if err != nil {
			b.Fatal(err)
		}
		for {
			if _, err := st.Next(); err != nil {
				break
			}
		}
		st.Close()
	}
}
