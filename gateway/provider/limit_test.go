package provider

import (
	"strings"
	"testing"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/gatewaytest"
)

// A limit that Sluice wrote goes out under the name that the server knows; the caller's own
// goes out as it is.
func TestWrittenLimit(t *testing.T) {
	r := newRig(t, Config{})
	own := gatewaytest.Request(t, `{"model":"own","max_completion_tokens":9,"messages":[{"role":"user","content":"Hi"}]}`)
	written, err := gatewaytest.Request(t, strings.Replace(gatewaytest.Hello, "gpt-mock", "written", 1)).WithMaxOutput(9)
	if err != nil {
		t.Fatal(err)
	}
	for field, req := range map[string]*gateway.Request{`"max_completion_tokens":9`: own, `"max_tokens":9`: written} {
		if _, err := r.answer("openai", gatewaytest.Hello, gatewaytest.WithRequest(req)); err != nil {
			t.Fatal(err)
		}
		if got := string(r.up.Last().Body); !strings.Contains(got, field) {
			t.Errorf("sent %s, want %s", got, field)
		}
	}
}

// What Anthropic says of the input before its answer reaches the meter, also where the
// answer is translated.
func TestEarlyUsage(t *testing.T) {
	r := newRig(t, Config{})
	r.up.Set("m", gatewaytest.Reply{Pieces: []string{"a", "b", "c"}, Input: 77, Output: 3})
	s, err := r.ask(t.Context(), "anthropic", `{"model":"m","max_tokens":9,"stream":true,"messages":[{"role":"user","content":"Hi"}]}`)
	if err != nil {
		t.Fatal(err)
	}
	chunks, err := gatewaytest.Collect(s)
	if err != nil || chunks[0].Early == nil || chunks[0].Early.Input != 77 || chunks[0].Usage != nil {
		t.Errorf("%+v, %v", chunks[0], err)
	}
	for _, c := range chunks[1:] {
		if c.Early != nil {
			t.Errorf("told twice: %s", c.Raw)
		}
	}
}
