package gateway_test

import (
	"encoding/json"
	"maps"
	"testing"

	"github.com/sluicegate/sluice/gateway"
)

// TestFormatsInJSON: what is written is read again, in the shape that people write.
func TestFormatsInJSON(t *testing.T) {
	for text, want := range map[string]gateway.Formats{
		`null`:                 nil,
		`[]`:                   {},
		`["chat","responses"]`: {"chat": "", "responses": ""},
		`{"chat":"","messages":"https://api.example/anthropic"}`: {"chat": "", "messages": "https://api.example/anthropic"},
	} {
		var got gateway.Formats
		if err := json.Unmarshal([]byte(text), &got); err != nil || !maps.Equal(got, want) {
			t.Errorf("%s: %v, %v", text, got, err)
		}
		if again, err := json.Marshal(got); err != nil || string(again) != text {
			t.Errorf("%s: written as %s, %v", text, again, err)
		}
	}
	for _, text := range []string{`["chat","chat"]`, `"chat"`, `{"chat":1}`, `[1]`} {
		var got gateway.Formats
		if err := json.Unmarshal([]byte(text), &got); err == nil {
			t.Errorf("%s: %v", text, got)
		}
	}
}
