package checks

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/sluicegate/sluice/gateway"
)

// TestPatternsAreBounded: a pattern that would be slow on any text is refused before it is used,
// however short it is written.
func TestPatternsAreBounded(t *testing.T) {
	const part = `(a{1,1000})` // about 2,000 instructions
	for _, tc := range []struct {
		name, rule string
		refused    bool
	}{
		{"many instructions", strings.Repeat(part, 4), false},
		{"too many instructions", strings.Repeat(part, 6), true},
		{"too many in alternatives", strings.Repeat(part+"|", 6) + "b", true},
		{"long", strings.Repeat("a", maxRule), false},
		{"too long", strings.Repeat("a", maxRule+1), true},
	} {
		rule, err := json.Marshal(tc.rule)
		if err != nil {
			t.Fatal(err)
		}
		_, err = newRegexMatch(json.RawMessage(`{"rule":` + string(rule) + `}`))
		if (err != nil) != tc.refused || err != nil && gateway.AsError(err).Param != "parameters.rule" {
			t.Errorf("%s: %v", tc.name, err)
		}
	}
}
