package provider

import (
	"context"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/openai"
	"github.com/sluicegate/sluice/gateway/sse"
)

// reads gives one element at each Read.
type reads []string

func (r *reads) Read(p []byte) (int, error) {
	if len(*r) == 0 {
		return 0, io.EOF
	}
	n := copy(p, (*r)[0])
	*r = (*r)[1:]
	return n, nil
}

// TestChunksThatArriveTogether: More says which chunks another one follows at once. An error in
// the same read comes after the chunks before it.
func TestChunksThatArriveTogether(t *testing.T) {
	const event = `data: {"choices":[{"index":0,"delta":{"content":"x"}}]}` + "\n\n"
	for _, tc := range []struct {
		name string
		body reads
		more []bool
		fail bool
	}{
		{"each alone", reads{event, event, event + "data: [DONE]\n\n"}, []bool{false, false, false}, false},
		{"three at once", reads{strings.Repeat(event, 3), event, "data: [DONE]\n\n"}, []bool{true, true, false, false}, false},
		{"half an event", reads{event + event[:10], event[10:], "data: [DONE]\n\n"}, []bool{false, false}, false},
		{"a broken one", reads{event + event + "data: {\n\n"}, []bool{true, false}, true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			req, err := openai.NewRequest(gateway.OpChat, []byte(`{"model":"m","stream":true,"messages":[{"role":"user","content":"x"}]}`))
			if err != nil {
				t.Fatal(err)
			}
			cfg := Config{}.withDefaults()
			s := newStream(newUpstreamCall(context.Background(), &cfg, "openai"), io.NopCloser(&tc.body), sse.NewReader(&tc.body, cfg.MaxEvent), openai.NewDecoder("openai", req), &gateway.Target{})
			defer s.Close()
			var more []bool
			c, err := s.Next()
			for ; err == nil; c, err = s.Next() {
				more = append(more, c.More)
			}
			if !slices.Equal(more, tc.more) || (err != io.EOF) != tc.fail {
				t.Errorf("%v, want %v: %v", more, tc.more, err)
			}
		})
	}
}
