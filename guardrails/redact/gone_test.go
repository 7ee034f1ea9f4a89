package redact

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/sluicegate/sluice/gateway"
)

// TestSearchStopsWhenTheCallerLeaves: a body of many values, as such or as JSON inside one
// string, costs nothing more once the caller has left, and is not sent on unredacted.
func TestSearchStopsWhenTheCallerLeaves(t *testing.T) {
	values := strings.TrimSuffix(strings.Repeat(`"ring 030 1234567 or a@example.com",`, 100_000), ",")
	for name, body := range map[string]string{
		"many values":   `{"messages":[{"role":"user","content":"hi"}],"extra":[` + values + `]}`,
		"inside a text": `{"messages":[{"role":"user","content":` + strconv.Quote("["+values+"]") + `}]}`,
	} {
		t.Run(name, func(t *testing.T) {
			req := request(t, body)
			ctx, leave := context.WithCancel(t.Context())
			leave()
			r, err := NewDetector(nil, nil).Begin(ctx, everyEntity)
			if err != nil {
				t.Fatal(err)
			}
			began := time.Now()
			_, err = r.Request(req)
			var e *gateway.Error
			if !errors.As(err, &e) || e.Kind != gateway.Cancelled {
				t.Errorf("%v, want Cancelled", err)
			}
			if d := time.Since(began); d > 3*time.Second {
				t.Errorf("it took %v", d)
			}
			if hits := r.Hits(); len(hits) > 0 {
				t.Errorf("it searched on: %v", hits)
			}
		})
	}
}
