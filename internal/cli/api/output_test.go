package api

import (
	"bytes"
	"encoding/json"
	"testing"
	"unicode"

	"github.com/tidwall/gjson"
)

// hostile holds control characters of every kind: C0, DEL, C1 (one is the 8-bit CSI), a change
// of direction, and an invalid byte.
const hostile = "a\x1b[2J\x07\x00\x7f\u0085\u009b31m\u202eb\x9bc é 你"

// Text from elsewhere never controls the terminal: not in a table, and not in --json, which
// stays the same JSON.
func TestControlCharactersAreShownNotSent(t *testing.T) {
	raw, _ := json.Marshal(map[string]any{"data": []any{map[string]any{"name": hostile, "list": []string{hostile}, hostile: 1}}})
	raw = bytes.ReplaceAll(raw, []byte(`\u202e`), []byte("\u202e"))
	for _, asJSON := range []bool{true, false} {
		var out bytes.Buffer
		c := &Client{Out: &out, JSON: asJSON}
		if err := c.PrintTable(gjson.ParseBytes(raw), Column{"NAME", "name"}, Column{"LIST", "list"}, Column{"ALL", "@this"}); err != nil {
			t.Fatal(err)
		}
		for _, r := range out.String() {
			if unicode.IsControl(r) && r != '\n' && r != '\t' || unicode.Is(unicode.Bidi_Control, r) {
				t.Errorf("json %v: %U was sent: %q", asJSON, r, out.String())
			}
		}
		var back, want any
		if asJSON && (json.Unmarshal(out.Bytes(), &back) != nil || json.Unmarshal(raw, &want) != nil || gjson.Get(out.String(), "data.0.name").String() != gjson.GetBytes(raw, "data.0.name").String()) {
			t.Errorf("another JSON: %s", out.String())
		}
	}
	if got, want := Printable(hostile), `a\x1b[2J\a\x00\x7f\u0085\u009b31m\u202eb`+"\uFFFD"+`c é 你`; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
