package cache_test

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"github.com/sluicegate/sluice/cache"
	"github.com/sluicegate/sluice/gateway"
)

var templates = []string{
	"Where is order %s of mine?", "What is the status of ticket #%s today?", "Translate the number %s into French.",
	"订单%s什么时候到？", "Is %s kg too heavy for a parcel to Oslo?", "Does the model v%s support tools?",
	"Our invoice (%s) is wrong, who can help?", "Remind me on 2026-%s about the rent", "Set the limit to $%s now", "[%s] explain this footnote",
	"What does \"error %s\" mean?", "Why is the answer %s%%?", "Compare 7 with %s for me",
}

// TestNumbersNeverMatch asks each template with two numbers in several spellings. The second
// question hits only if the numbers are equal.
func TestNumbersNeverMatch(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 12))
	for _, lexical := range []bool{true, false} {
		g := newRig(t, func(s *cache.Config) {
			if !lexical {
				s.Embedder = &flaky{} // not bound to equal words
			}
		})
		g.plan.Cache.Threshold = .01 // all that protects is what is under test
		for range 400 {
			tmpl := templates[r.IntN(len(templates))]
			a := strconv.Itoa(r.IntN(5000))
			b := mutate(r, a)
			scope := strconv.FormatUint(r.Uint64(), 36)
			ns := func(ex *gateway.Exchange) { ex.Envelope.CacheScoped, ex.Envelope.CacheNamespace = true, scope }
			g.ask(chat(fmt.Sprintf(tmpl, a)), ns)
			f, _ := g.ask(chat(fmt.Sprintf(tmpl, b)), ns)
			if a != b && f.Cache.Status.Hit() {
				t.Errorf("%q answered %q (%s)", fmt.Sprintf(tmpl, a), fmt.Sprintf(tmpl, b), outcome(f))
			}
			if f, _ = g.ask(chat(strings.ToUpper(fmt.Sprintf(tmpl, a))+" "), ns); a == b && !f.Cache.Status.Hit() {
				t.Errorf("%q did not answer itself", tmpl)
			}
		}
	}
}

// mutate returns another number that looks like a.
func mutate(r *rand.Rand, a string) string {
	i := r.IntN(len(a))
	switch r.IntN(9) {
	case 0:
		return a[:i] + string('0'+(a[i]-'0'+1)%10) + a[i+1:]
	case 1:
		return a + "0"
	case 2:
		return a + ".5"
	case 3:
		return "-" + a
	case 4:
		return a + "²"
	case 5:
		return a + "½"
	case 6:
		return wide(a + "1")
	case 7:
		return a + " million"
	}
	return "." + a
}

// wide spells digits at full width.
func wide(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return '０' + r - '0'
		}
		return r
	}, s)
}

// FuzzQuestion sends any text. The same text hits; the text with another number behind it
// does not.
func FuzzQuestion(f *testing.F) {
	for _, s := range []string{"hello you", "", "\"", "```", "[EMAIL_1]", "“a”", "5!", "\\u0041", "怎么", "a\n  b", "{};=", "'", "\xff", "①", "....", "x_1", "'a' \"b\" `c`", "[[[[", "１/2", "10:30-11:45"} {
		f.Add(s)
	}
	all := newRig(f, nil)
	all.plan.Cache.Threshold = .01
	n := 0
	f.Fuzz(func(t *testing.T, s string) {
		n++
		one := *all
		g := &one
		g.t = t
		ns := func(ex *gateway.Exchange) {
			ex.Envelope.CacheScoped, ex.Envelope.CacheNamespace = true, strconv.Itoa(n)
		}
		first, _ := g.ask(chat(s), ns)
		if first.Cache.Status != gateway.CacheSemanticMiss || !first.Cache.Stored {
			t.Fatalf("%q: %+v", s, first.Cache)
		}
		if again, _ := g.ask(chat(s), ns); outcome(again) != "HIT exact" {
			t.Errorf("%q: %s", s, outcome(again))
		}
		if other, _ := g.ask(chat(s+" 17"), ns); other.Cache.Status.Hit() {
			t.Errorf("%q answered by what lacks its number: %s", s+" 17", outcome(other))
		}
		if other, _ := g.ask(chat(s+" 18"), ns); other.Cache.Status.Hit() {
			t.Errorf("%q: 17 and 18 are one to it: %s", s, outcome(other))
		}
	})
}
