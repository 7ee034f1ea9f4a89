package httpapi

import (
	"testing"
	"time"

	"github.com/oklog/ulid/v2"
)

func TestIDsGrow(t *testing.T) {
	var g idSource
	before := ""
	for i := range 10_000 {
		if i == 5_000 {
			g.ms += 1_000 // as if the clock had been set back since
		}
		id := g.next(time.Now())
		if _, err := ulid.ParseStrict(id); err != nil || id <= before {
			t.Fatalf("%s after %s: %v", id, before, err)
		}
		before = id
	}
}
