package gateway

import (
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

func TestTraceIDFrom(t *testing.T) {
	const id = "0af7651916cd43dd8448eb211c80319c"
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
