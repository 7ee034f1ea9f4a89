package telemetry

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/sluicegate/sluice/gateway"
)

// TestUsageTellsItsTerms: what a call was priced by stands beside what it used.
func TestUsageTellsItsTerms(t *testing.T) {
	raw, err := json.Marshal(usageOf(&gateway.Usage{Images: 2, Terms: gateway.Terms{Tier: "flex", Region: "us", Size: "1024x1792", Quality: "hd"}}))
	if err != nil || !strings.HasSuffix(string(raw), `"images":2,"service_tier":"flex","region":"us","size":"1024x1792","quality":"hd"}`) {
		t.Errorf("%s %v", raw, err)
	}
	if raw, err = json.Marshal(usageOf(&gateway.Usage{Input: 1})); err != nil || strings.Contains(string(raw), "size") || strings.Contains(string(raw), "quality") {
		t.Errorf("%s %v", raw, err)
	}
}
