package audit

import (
	"context"
	"encoding/hex"
	"testing"
	"time"
)

// TestCanonicalForm pins the bytes that are hashed. If they change, every chain that is stored
// somewhere fails to verify.
func TestCanonicalForm(t *testing.T) {
	e := Event{Workspace: "ws1", Member: "m1", MemberName: "ann \"x\"", APIKey: "k1", Action: "api_key.create", Resource: "api_key", ResourceID: "k<9>",
		Outcome: OutcomeDenied, Status: 403, RequestID: "01J", TraceID: "0af7", Client: "p_1", Detail: map[string]string{"b": "2\n", "a": "ü"}}
	head := Head{Seq: 6, Hash: [32]byte{1, 2, 3}}
	r := head.Append("node", &e, time.UnixMicro(1763820000123456))
	const canonical = `{"action":"api_key.create","api_key":"k1","chain":"node","client":"p_1","detail":{"a":"ü","b":"2\n"},"member":"m1","member_name":"ann \"x\"",` +
		`"outcome":"denied","request_id":"01J","resource":"api_key","resource_id":"k<9>","seq":7,"status":403,"time_us":1763820000123456,"trace_id":"0af7","workspace":"ws1"}`
	if string(r.Canonical) != canonical {
		t.Errorf("%s", r.Canonical)
	}
	if got := hex.EncodeToString(r.Hash[:]); got != "b1f74e72125c9913bd73138c17a432c9159139570a8e16277519600e5953d050" {
		t.Errorf("hash %s", got)
	}
	got, err := r.Event()
	if err != nil || got.Detail["b"] != "2\n" || got.ResourceID != e.ResourceID || !got.Time.Equal(e.Time) {
		t.Errorf("%+v, %v", got, err)
	}
	if head != r.Head() || r.Seq != 7 || r.Prev != [32]byte{1, 2, 3} {
		t.Errorf("%+v, %+v", head, r)
	}
}

// memory is a ChainReader of one chain.
type memory []Row

func (m memory) Chains(context.Context) ([]string, error) { return []string{"n"}, nil }

func (m memory) Chain(_ context.Context, _ string, after uint64, limit int) (rows []Row, _ error) {
	for _, r := range m {
		if r.Seq > after && len(rows) < limit {
			rows = append(rows, r)
		}
	}
	return rows, nil
}

func TestVerify(t *testing.T) {
	var head Head
	var chain memory
	now := time.Now()
	for i := range 5 { // the clock runs backwards
		chain = append(chain, head.Append("n", &Event{Action: "chat"}, now.Add(-time.Duration(i)*time.Second)))
	}
	changed := append(memory(nil), chain...)
	changed[2].Workspace = "other"
	for _, c := range []struct {
		name  string
		chain memory
		opt   VerifyOptions
		bad   uint64
	}{
		{"a whole chain", chain, VerifyOptions{Heads: map[string]Head{"n": head}}, 0},
		{"a changed column", changed, VerifyOptions{}, 3},
		{"a gap", append(append(memory(nil), chain[:2]...), chain[3:]...), VerifyOptions{}, 3},
		{"a cut beginning", chain[2:], VerifyOptions{}, 1},
		{"a pruned beginning", chain[2:], VerifyOptions{Pruned: true}, 0},
		{"a cut end", chain[:3], VerifyOptions{Heads: map[string]Head{"n": head}}, 4},
		{"a rewritten chain", chain, VerifyOptions{Heads: map[string]Head{"n": {Seq: 5}}}, 5},
		{"a missing chain", chain, VerifyOptions{Heads: map[string]Head{"n": head, "other": {Seq: 1}}}, 1},
	} {
		verdicts, err := Verify(t.Context(), c.chain, c.opt)
		if err != nil || verdicts[len(verdicts)-1].Bad != c.bad {
			t.Errorf("%s: %+v, %v", c.name, verdicts, err)
		}
	}
}
