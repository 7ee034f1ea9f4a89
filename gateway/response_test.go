package gateway

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

const body = `{"id":"c1","object":"chat.completion","created":7,"model":"m","system_fingerprint":"fp","choices":[` +
	`{"index":0,"message":{"role":"assistant","content":"Hi \"you\"","reasoning_content":"hm"},"logprobs":null,"finish_reason":"stop"},` +
	`{"index":1,"message":{"role":"assistant","content":null,"tool_calls":[{"id":"t1","type":"function","function":{"name":"f","arguments":"{\"a\":1}"}}]},"logprobs":null,"finish_reason":"tool_calls"}],` +
	`"usage":{"prompt_tokens":5,"completion_tokens":3,"total_tokens":8,"prompt_tokens_details":{"cached_tokens":2},"completion_tokens_details":{"reasoning_tokens":1}}}`

// A body, its replay as events, and the events folded again are the same answer.
func TestFoldAndReplayAgree(t *testing.T) {
	whole := Chunk{Form: FormBody, Raw: []byte(body)}
	whole.ReadDeltas(nil)
	var a Response
	a.Fold(whole)
	if string(a.Body()) != body {
		t.Fatal("a body that came whole must stay as it is")
	}
	var b Response
	for _, c := range a.Events(true) {
		read := Chunk{Raw: c.Raw}
		read.ReadDeltas(nil)
		b.Fold(read)
	}
	b.fingerprint = a.fingerprint // chunks carry none
	var got, want any
	_ = json.Unmarshal(b.Body(), &got)
	_ = json.Unmarshal([]byte(body), &want)
	if d := cmp.Diff(want, got); d != "" {
		t.Fatal(d)
	}
}

func TestFoldSurvivesAHostileIndex(t *testing.T) {
	var r Response
	r.Fold(Chunk{Deltas: []Delta{{Tools: []ToolDelta{{Index: 1 << 40, Args: "x"}, {Index: -1, Args: "y"}}}}})
	if n := len(r.Choices[0].Tools); n > maxTools {
		t.Fatal(n)
	}
}

func TestChunkEditsBothFaces(t *testing.T) {
	c := Chunk{Raw: []byte(`{"choices":[{"index":0,"delta":{"content":"a","reasoning":"r","tool_calls":[{"index":0,"function":{"arguments":"{"}}]}}],"x":1.50}`)}
	c.ReadDeltas(nil)
	for _, err := range []error{c.SetText(0, `q"`), c.SetReasoning(0, "R"), c.SetArgs(0, 0, `{"`)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	again := Chunk{Raw: c.Raw}
	again.ReadDeltas(nil)
	if d := cmp.Diff(c.Deltas, again.Deltas, cmpopts.IgnoreUnexported(Delta{})); d != "" {
		t.Fatal(d)
	}
	if want := `{"choices":[{"index":0,"delta":{"content":"q\"","reasoning":"R","tool_calls":[{"index":0,"function":{"arguments":"{\""}}]}}],"x":1.50}`; string(c.Raw) != want {
		t.Fatal(string(c.Raw))
	}
}

func TestUsageNeverPaysTheCaller(t *testing.T) {
	c := Chunk{Raw: []byte(`{"choices":[],"usage":{"prompt_tokens":-5,"completion_tokens":-1}}`)}
	c.ReadDeltas(nil)
	if c.Usage.Input != 0 || c.Usage.Output != 0 {
		t.Fatal(*c.Usage)
	}
	p := Price{Input: 3_000_000_000, Output: 15_000_000_000}
	if got := p.Cost(Usage{Input: 1, CacheRead: 5}); got != 15_000 {
		t.Fatal(got)
	}
}
