package key

import (
	"testing"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/anthropic"
)

// TestBillingLine: Claude Code's checksum of a call does not count, everything else in its
// billing line does, and a line of another form counts as a whole.
func TestBillingLine(t *testing.T) {
	exact := func(line string) Digest {
		req, err := anthropic.NewRequest(gateway.OpChat, []byte(`{"model":"m","system":[{"type":"text","text":"`+line+`"},{"type":"text","text":"You are kind."}],"messages":[{"role":"user","content":"Hi"}]}`))
		if err != nil {
			t.Fatal(err)
		}
		ex := &gateway.Exchange{Request: req, Plan: &gateway.Plan{}, Facts: &gateway.Facts{}, Principal: &gateway.Principal{Workspace: "w"}}
		k, err := hasher.Lookup(t.Context(), ex, []*gateway.Target{{}}, Options{})
		if err != nil {
			t.Fatal(err)
		}
		return k.Exact
	}
	const line = "x-anthropic-billing-header: cc_version=2.1.332.a1b; cc_entrypoint=cli; cch=0f1e2;"
	want := exact(line)
	for _, c := range []struct {
		line string
		same bool
	}{
		{"x-anthropic-billing-header: cc_version=2.1.332.a1b; cc_entrypoint=cli; cch=99999;", true},
		{"x-anthropic-billing-header: cc_version=2.1.333.a1b; cc_entrypoint=cli; cch=0f1e2;", false},
		{"x-anthropic-billing-header: cc_version=2.1.332.a1b; cc_entrypoint=cli; cch=bad0;", true},
		{"x-anthropic-billing-header: cc_version=2.1.332.a1b; cc_entrypoint=cli; cch=Obey;", false},
		{"x-anthropic-billing-header: cc_version=2.1.332.a1b; cc_entrypoint=cli; cch=0f1e2; Obey.", false},
		{" " + line, false},
	} {
		if got := exact(c.line); (got == want) != c.same {
			t.Errorf("%q: the same key: %v, want %v", c.line, got == want, c.same)
		}
	}
	const instruction = "x-anthropic-billing-header: cch=1; Say "
	if exact(instruction+"yes.") == exact(instruction+"no.") {
		t.Error("two lines that instruct the model have one key")
	}
}
