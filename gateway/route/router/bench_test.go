package router_test

import (
	"context"
	"testing"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/openai"
	"github.com/sluicegate/sluice/gateway/route/router"
)

// BenchmarkRouter makes one successful call, without the upstream's cost.
func BenchmarkRouter(b *testing.B) {
	body := gateway.Chunk{Form: gateway.FormBody, Raw: []byte(`{"id":"x","object":"chat.completion","model":"m","choices":[]}`)}
	h := router.New(router.Config{}, func(context.Context, *gateway.Exchange) (gateway.Stream, error) { return gateway.Chunks(body), nil })
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
