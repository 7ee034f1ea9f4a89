package gateway

import (
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

func TestParseTraceparent(t *testing.T) {
	const id, span = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
	for header, ok := range map[string]bool{
		"00-" + id + "-" + span + "-01":                      true,
		"00-" + id + "-" + span + "-00":                      true,
		"01-" + id + "-" + span + "-01-more":                 true,
		"00-" + id + "-" + span + "-01-more":                 false,
		"ff-" + id + "-" + span + "-01":                      false,
		"00-" + strings.ToUpper(id) + "-" + span + "-01":     false,
		"00-" + strings.Repeat("0", 32) + "-" + span + "-01": false,
		"00-" + id + "-" + strings.Repeat("0", 16) + "-01":   false,
		"00-" + strings.Repeat("g", 32) + "-" + span + "-01": false,
		"":   false,
		"00": false,
	} {
		got, parent, _, valid := ParseTraceparent(header)
		if valid != ok || ok && (got.String() != id || parent.String() != span) {
			t.Errorf("%q: %v %v %v", header, got, parent, valid)
		}
	}
	if first := TraceIDFrom("1729"); first != TraceIDFrom("1729") || first.IsZero() || TraceIDFrom(id).String() != id {
		t.Error("a caller's trace id must map to one W3C id")
	}
}

func TestSecretIsNeverPrinted(t *testing.T) {
	s := NewSecret("sk-canary")
	text, _ := s.MarshalText()
	var b strings.Builder
	slog.New(slog.NewTextHandler(&b, nil)).Info("x", "s", s)
	out := fmt.Sprint(s) + fmt.Sprintf("%v %+v %#v %s %q %x", s, s, s, s, s, s) + fmt.Sprintf("%+v %#v", struct{ S Secret }{s}, &Target{Credential: s}) + fmt.Sprintf("%v %+v %#v", struct{ s Secret }{s}, []struct{ s Secret }{{s}}, &struct{ s Secret }{s}) + string(text) + b.String()
	if strings.Contains(out, "canary") || strings.Contains(out, fmt.Sprintf("%x", "sk-canary")) {
		t.Fatal(out)
	}
}
