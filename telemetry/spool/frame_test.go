package spool

import (
	"bytes"
	"encoding/hex"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/telemetry"
	"github.com/sluicegate/sluice/telemetry/audit"
)

// TestFrameForm pins the bytes of a frame: a segment that one version of Sluice leaves behind is
// shipped by the next. Never change a file in testdata: when rows get a field, add a file.
func TestFrameForm(t *testing.T) {
	at := time.UnixMicro(1763820000123456).UTC()
	b := &telemetry.Batch{
		Rows: []*telemetry.Record{{ID: "01JABCDEFGHJKMNPQRSTVWXYZ0", Time: at, Status: 200, Latency: time.Second, FirstByte: -1,
			Trace: gateway.Trace{ID: gateway.TraceID{1}, Root: gateway.SpanID{2}, Ref: "ref"}, Body: telemetry.BodyRedacted, Request: []byte(`{"a":1}`)}},
		Audit: []audit.Row{{Chain: "n", Seq: 7, Time: at, Workspace: "ws1", Prev: [32]byte{3}, Hash: [32]byte{4}, Canonical: []byte(`{"action":"chat"}`)}},
	}
	for _, c := range []struct {
		file    string
		current bool
	}{{"frame_v1", false}, {"frame_v1_cost_basis", false}, {"frame_v1_parameters", false}, {"frame_v1_prompt_cache", false}, {"frame_v1_prices", false}, {"frame_v1_teams", false}, {"frame_v1_session", false}, {"frame_v1_sessions", false}, {"frame_v1_charges", false}, {"frame_v1_units", false}, {"frame_v1_max_age", true}} {
		text, err := os.ReadFile("testdata/" + c.file + ".hex")
		if err != nil {
			t.Fatal(err)
		}
		want, err := hex.DecodeString(strings.Join(strings.Fields(string(text)), ""))
		if err != nil {
			t.Fatal(err)
		}
		if got, _ := appendFrame(nil, b, false); c.current && !bytes.Equal(got, want) {
			t.Errorf("%s: frames are written as\n%x", c.file, got)
		}
		got := &telemetry.Batch{}
		if _, n := frames(want, got); n != len(want) {
			t.Errorf("%s: %d of %d bytes are whole", c.file, n, len(want))
		}
		if d := cmp.Diff(b, got); d != "" {
			t.Errorf("%s: %s", c.file, d)
		}
	}
	named := *b
	named.ID = "batch-1"
	frame, _ := appendFrame(nil, &named, false)
	got := &telemetry.Batch{}
	if count, n := frames(frame, got); count != 1 || n != len(frame) || cmp.Diff(&named, got) != "" {
		t.Errorf("a named batch comes back as %+v", got)
	}
}
