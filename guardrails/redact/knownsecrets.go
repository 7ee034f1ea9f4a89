package redact

import (
	"cmp"
	"slices"
	"strings"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/guardrails/pii"
)

// knownSecrets finds the credentials that this installation stores. They need not look like
// any vendor's key. Immutable.
type knownSecrets struct {
	from          []gateway.Secret // the list that it was made of
	first, second [256]bool        // the bytes that credentials begin with
	byPrefix      map[string][]string
}

// minSecret is the length of the shortest credential that is looked for: shorter ones, such
// as "none", stand in any text.
const minSecret = 8

func newKnownSecrets(from []gateway.Secret) *knownSecrets {
	k := &knownSecrets{from: from, byPrefix: map[string][]string{}}
	for _, s := range from {
		if text := s.Reveal(); len(text) >= minSecret {
			k.first[text[0]], k.second[text[1]] = true, true
			k.byPrefix[text[:minSecret]] = append(k.byPrefix[text[:minSecret]], text)
		}
	}
	return k
}

// madeOf reports whether k was made of this very list. It does not compare credentials: there may
// be thousands, and it is asked for every text.
func (k *knownSecrets) madeOf(list []gateway.Secret) bool {
	return len(k.from) == len(list) && (len(list) == 0 || &k.from[0] == &list[0])
}

// locate returns the credentials in text, in order and without overlap. Of two that begin at
// the same place the longer one is returned.
func (k *knownSecrets) locate(text string) []pii.Span {
	if len(k.byPrefix) == 0 {
		return nil
	}
	var spans []pii.Span
	for i := 0; i+minSecret <= len(text); {
		length := 0
		if k.first[text[i]] && k.second[text[i+1]] {
			for _, secret := range k.byPrefix[text[i:i+minSecret]] {
				if len(secret) > length && strings.HasPrefix(text[i:], secret) {
					length = len(secret)
				}
			}
		}
		if length == 0 {
			i++
			continue
		}
		spans = append(spans, pii.Span{Entity: "secret", Start: i, End: i + length, Score: 1})
		i += length
	}
	return spans
}

// find returns what sc finds in text and the credentials in it. A credential wins over the
// findings that it overlaps.
func (k *knownSecrets) find(sc *pii.Scanner, label, text string) []pii.Span {
	return merge(k.locate(text), sc.ScanUnder(nil, label, text))
}

// merge returns the strong spans and those of the weak ones that overlap none of them, in
// order. Each list is ordered and does not overlap itself.
func merge(strong, weak []pii.Span) []pii.Span {
	if len(strong) == 0 {
		return weak
	}
	out := slices.Clone(strong)
	for _, w := range weak {
		if !slices.ContainsFunc(strong, func(s pii.Span) bool { return w.Start < s.End && s.Start < w.End }) {
			out = append(out, w)
		}
	}
	slices.SortFunc(out, func(a, b pii.Span) int { return cmp.Compare(a.Start, b.Start) })
	return out
}
