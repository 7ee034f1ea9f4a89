package recorder_test

import (
	"context"
	"testing"

	"github.com/sluicegate/sluice/telemetry"
	"github.com/sluicegate/sluice/telemetry/listing"
	"github.com/sluicegate/sluice/telemetry/recorder"
)

// TestFiltersFindPseudonyms: rows are found by the value that was sent, and by the pseudonym that
// they show.
func TestFiltersFindPseudonyms(t *testing.T) {
	store := open(t)
	r := start(t, recorder.Config{Writer: store})
	for i, user := range []string{canary, "plain", canary, "x" + canary} {
		ex := exchange(`{"model":"gpt-` + canary + `","messages":[{"role":"user","content":"hi"}]}`)
		ex.Envelope.Metadata = map[string]string{"_user": user, "team": []string{"red", "blue"}[i%2]}
		_ = answer(r, ex, nil, body("x"))
	}
	if err := r.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	reader := r.Reader(store)
	find := func(metadata map[string]string, model ...string) []*telemetry.Record {
		t.Helper()
		p, err := reader.Logs(context.Background(), telemetry.Query{Scope: listing.AllWorkspaces(), Metadata: metadata, Model: model})
		if err != nil {
			t.Fatal(err)
		}
		return p.Records
	}
	asked := map[string]string{"_user": canary}
	got := find(asked)
	if len(got) != 2 || asked["_user"] != canary {
		t.Fatalf("%d rows, and the question became %v", len(got), asked)
	}
	for _, m := range got[0].Metadata {
		if m.Key == "_user" && len(find(map[string]string{"_user": m.Value})) != 2 {
			t.Error("the pseudonym does not find its rows")
		}
	}
	for _, c := range []struct {
		metadata map[string]string
		model    string
		want     int
	}{
		{map[string]string{"_user": canary, "team": "red"}, "", 2},
		{map[string]string{"_user": canary, "team": "blue"}, "", 0},
		{map[string]string{"_user": "plain"}, "", 1},
		{map[string]string{"_user": "y" + canary}, "", 0},
		{nil, "gpt-" + canary, 4},
	} {
		if n := len(find(c.metadata, c.model)); n != c.want {
			t.Errorf("%v %s: %d rows, want %d", c.metadata, c.model, n, c.want)
		}
	}
}
