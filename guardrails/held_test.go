package guardrails

import (
	"context"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/gatewaytest"
	"github.com/sluicegate/sluice/guardrails/pii"
)

// A credential that looks like nothing is found all the same, in any spelling that JSON
// allows, and one that was added later too.
func TestHeldCredentials(t *testing.T) {
	keys := []gateway.Secret{gateway.NewSecret("none"), gateway.NewSecret("plain words as key")}
	s := New(Settings{Known: func() []gateway.Secret { return keys }})
	const later = "added afterwards"
	keys = append([]gateway.Secret{gateway.NewSecret(later)}, keys...)
	h := gatewaytest.NewHandler(gatewaytest.Answer("use [SECRET_1]"))
	plan := gatewaytest.Plan()
	plan.Redact = gateway.RedactPolicy{Input: []string{"email"}, Restore: true}
	ex := gatewaytest.Exchange(t, `{"model":"m","messages":[{"role":"user","content":"none of a@b.example, plain wor\u0064s as key, `+later+`"}]}`, gatewaytest.WithPlan(plan))
	stream, err := s.Redact().Wrap(h.Handle)(context.Background(), ex)
	if err != nil {
		t.Fatal(err)
	}
	defer stream.Close()
	if got := string(ex.Facts.Asked.Raw); !strings.Contains(got, `"none of [EMAIL_1], [SECRET_1], [SECRET_2]"`) {
		t.Error(got)
	}
	if got := s.Cleanse("a " + later + " b"); got != "a [SECRET] b" {
		t.Error(got)
	}
	if got := s.Pseudonym(later); !strings.HasPrefix(got, "pseudo_") {
		t.Error(got)
	}
}

// Of credentials that begin at one place the longer one is found, of overlapping ones the
// first: what a search for each by itself gives.
func TestPlacesOfCredentials(t *testing.T) {
	var keys []gateway.Secret
	words := []string{"abababab", "ababababab", "babababa-QZ", "------------", "Quite-rare-Z9", "rare-Z9-tail", "eeeeeeeee", "\x00\x01binary\xff"}
	for _, w := range words {
		keys = append(keys, gateway.NewSecret(w))
	}
	h := newHeld(keys)
	rng := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		var text string
		for range rng.IntN(8) {
			w := words[rng.IntN(len(words))]
			text += w[rng.IntN(3):][:len(w)-2-rng.IntN(2)] + w[len(w)-rng.IntN(3):]
		}
		var want []pii.Span
		for i := 0; i < len(text); i++ {
			long := ""
			for _, w := range words {
				if len(w) > len(long) && strings.HasPrefix(text[i:], w) {
					long = w
				}
			}
			if long != "" {
				want = append(want, pii.Span{Entity: "secret", Start: i, End: i + len(long), Score: 1})
				i += len(long) - 1
			}
		}
		if got := h.places(text); !slices.Equal(got, want) {
			t.Fatalf("%q: got %v, want %v", text, got, want)
		}
	}
}
