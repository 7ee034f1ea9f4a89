package telemetrytest

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/sluicegate/sluice/telemetry"
	"github.com/sluicegate/sluice/telemetry/audit"
)

// Anchors attacks the audit chain of a store as somebody who may write everything in it, and holds
// that the exported heads alone reveal it. open makes an empty store; forget deletes the rows with a
// sequence number of at least from, past whatever protects them.
func Anchors(t *testing.T, open func(t *testing.T) (s telemetry.Store, forget func(from uint64))) {
	for name, tc := range map[string]struct {
		forget uint64 // rows from here on; 0 = none
		forge  int    // events that are written instead
		bad    uint64
		says   string
	}{
		"nothing happened":        {},
		"the tail was cut":        {forget: 16, bad: 16, says: "rows 16 to 20 are missing"},
		"the chain was rewritten": {forget: 1, forge: 25, bad: 10, says: "rewritten"},
		"the chain is gone":       {forget: 1, bad: 1, says: "whole chain is missing"},
	} {
		t.Run(name, func(t *testing.T) {
			s, forget := open(t)
			var file bytes.Buffer
			var head audit.Head
			for range 2 {
				appendEvents(t, s, &head, "true", 10)
				anchor, err := audit.MakeAnchor(t.Context(), s, bytes.Repeat([]byte{7}, 32), time.Now())
				if err != nil {
					t.Fatal(err)
				}
				file.Write(anchor)
			}
			if tc.forget > 0 {
				forget(tc.forget)
			}
			appendEvents(t, s, new(audit.Head), "forged", tc.forge)
			anchors, err := audit.ReadAnchors(&file)
			if err != nil {
				t.Fatal(err)
			}
			for _, v := range verified(t, s, nil) {
				if v.Bad != 0 {
					t.Errorf("the attack is seen without the anchors, so that they prove nothing: %+v", v)
				}
			}
			found := verified(t, s, anchors)
			if len(found) != 1 || found[0].Bad != tc.bad || !strings.Contains(found[0].Reason, tc.says) {
				t.Errorf("%+v, want %d %q", found, tc.bad, tc.says)
			}
		})
	}
}

// appendEvents writes n events to the chain that head ends.
func appendEvents(t *testing.T, s telemetry.Store, head *audit.Head, what string, n int) {
	t.Helper()
	for range n {
		id := fmt.Sprint(what, head.Seq)
		row := head.Append("node", &audit.Event{Action: "config.update", Resource: "config", ResourceID: id, Outcome: audit.OutcomeOK}, time.Now())
		if err := s.Write(t.Context(), &telemetry.Batch{ID: id, Audit: []audit.Row{row}, Sync: true}); err != nil {
			t.Fatal(err)
		}
	}
}

func verified(t *testing.T, s telemetry.Store, anchors []audit.Anchor) []audit.Verdict {
	t.Helper()
	out, err := audit.Verify(t.Context(), s, audit.VerifyOptions{Anchors: anchors})
	if err != nil {
		t.Fatal(err)
	}
	return out
}
