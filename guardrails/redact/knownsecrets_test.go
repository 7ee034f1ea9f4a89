package redact

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/guardrails/pii"
)

// Of credentials that begin at the same place the longer one is found, of overlapping ones
// the first, as a search at every position does.
func TestLocateKnownSecrets(t *testing.T) {
	var keys []gateway.Secret
	words := []string{"abababab", "ababababab", "babababa-QZ", "------------", "Quite-rare-Z9", "rare-Z9-tail", "eeeeeeeee", "\x00\x01binary\xff"}
	for _, w := range words {
		keys = append(keys, gateway.NewSecret(w))
	}
	k := newKnownSecrets(keys)
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
		if got := k.locate(text); !slices.Equal(got, want) {
			t.Fatalf("%q: got %v, want %v", text, got, want)
		}
	}
}

// A finder serves as long as the list of credentials is the same, and no longer.
func TestFinderFollowsTheList(t *testing.T) {
	list := []gateway.Secret{gateway.NewSecret("first-credential")}
	d := NewDetector([]byte("k"), func() []gateway.Secret { return list })
	if first, second := d.secrets(), d.secrets(); first != second {
		t.Error("the same list has two finders")
	}
	if got := d.Cleanse("first-credential second-credential"); got != "[SECRET] second-credential" {
		t.Error(got)
	}
	list = []gateway.Secret{gateway.NewSecret("second-credential")}
	if got := d.Cleanse("first-credential second-credential"); got != "first-credential [SECRET]" {
		t.Error(got)
	}
	list = nil
	if got := d.Cleanse("first-credential second-credential"); got != "first-credential second-credential" {
		t.Error(got)
	}
}

// A credential wins over a finding that it overlaps; other findings stay.
func TestMergeSpans(t *testing.T) {
	span := func(entity string, start, end int) pii.Span { return pii.Span{Entity: entity, Start: start, End: end} }
	strong := []pii.Span{span("secret", 10, 20), span("secret", 30, 40)}
	weak := []pii.Span{span("email", 0, 5), span("email", 6, 11), span("ip", 12, 15), span("ip", 19, 31), span("email", 20, 30), span("card", 40, 44)}
	want := []pii.Span{weak[0], strong[0], weak[4], strong[1], weak[5]}
	if got := merge(strong, weak); !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
