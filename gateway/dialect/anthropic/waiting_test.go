package anthropic

import (
	"strings"
	"testing"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/message"
)

// Parts that overlap wait for each other, and do not pile up without a bound.
func TestWaitingPartsAreBounded(t *testing.T) {
	w := Dialect{}.WriteAnswer(&message.Request{})
	call := func(part int) message.Event {
		return message.Event{Kind: message.EventPartStart, Part: part, Of: message.KindToolCall, Call: message.Call{ID: "c", Name: "f"}}
	}
	if _, err := w.Events([]message.Event{call(0), call(1)}); err != nil {
		t.Fatal(err)
	}
	piece := message.Event{Kind: message.EventDelta, Part: 1, Of: message.KindToolCall, Text: strings.Repeat("1", 1<<20)}
	for n := range 100 {
		if _, err := w.Events([]message.Event{piece}); err != nil {
			if e := gateway.AsError(err); n < 20 || e.Kind != gateway.BadUpstream {
				t.Errorf("after %d MB: %v", n, err)
			}
			return
		}
	}
	t.Error("100 MB are kept")
}
