package upstreamcheck_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"regexp"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/sluicegate/sluice/internal/upstreamcheck"
)

// vendor is a simulated model behind a key. Its answers to open questions have habits, as those of
// models do: some words come much more often than others.
type vendor struct {
	model     string
	perToken  int      // characters of a token
	habits    []string // pieces of its sentences, the likelier ones first
	reasoning int      // tokens, in the mean
	maker     string   // signs the reasoning; "" = it signs none
	credulous bool     // takes any signature

	fault func(v *vendor, q upstreamcheck.Question, a *upstreamcheck.Answer) // what a reseller does to it

	rng   *rand.Rand
	asked int
}

// market is a Caller of vendors by key. What a vendor answers depends on the seed and on what the same key was
// asked before, not on the other key.
type market struct {
	mu      sync.Mutex
	seed    uint64
	vendors map[string]*vendor
}

var codeWords = regexp.MustCompile(`code word is (\w+)\.`)

func (m *market) Ask(_ context.Context, key string, q upstreamcheck.Question) (upstreamcheck.Answer, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	v := m.vendors[key]
	if v == nil {
		return upstreamcheck.Answer{}, errors.New("no such key")
	}
	if v.rng == nil {
		v.rng = rand.New(rand.NewPCG(m.seed, uint64(len(key))))
	}
	v.asked++
	a := v.answer(v.rng, q)
	a.ID = fmt.Sprint("answer-", v.asked)
	if v.fault != nil {
		v.fault(v, q, &a)
	}
	return a, nil
}

func (v *vendor) answer(rng *rand.Rand, q upstreamcheck.Question) upstreamcheck.Answer {
	a := upstreamcheck.Answer{Model: v.model, Text: v.text(rng, q)}
	a.InputTokens = 7 + v.tokens(q.Text)
	if v.reasoning > 0 {
		a.ReasoningTokens = v.reasoning/2 + rng.IntN(v.reasoning)
	}
	a.OutputTokens = a.ReasoningTokens + v.tokens(a.Text) + 1
	return a
}

func (v *vendor) text(rng *rand.Rand, q upstreamcheck.Question) string {
	if q.Kind == upstreamcheck.Recall {
		var words []string
		for _, found := range codeWords.FindAllStringSubmatch(q.Text, -1) {
			words = append(words, found[1])
		}
		return strings.Join(words, " ")
	}
	var b strings.Builder
	for range 12 + rng.IntN(6) {
		habit := min(int(rng.ExpFloat64()*4), len(v.habits)-1)
		b.WriteString(v.habits[habit] + " ")
	}
	return b.String()
}

// tokens counts by the length of each word, as tokenizers roughly do.
func (v *vendor) tokens(text string) (n int) {
	for word := range strings.FieldsSeq(text) {
		n += 1 + utf8.RuneCountInString(word)/v.perToken
	}
	return n
}

func (m *market) Reason(_ context.Context, key string) ([]byte, error) {
	v := m.vendors[key]
	if v.maker == "" {
		return nil, nil
	}
	return fmt.Appendf(nil, `[{"type":"thinking","thinking":"391 and 399","signature":"%s"},{"type":"text","text":"19 times 21."}]`, v.maker+strings.Repeat("Qm9vayBvZiBzaWduYXR1cmVz", 4)), nil
}

func (m *market) Resume(_ context.Context, key string, signed []byte) (bool, error) {
	own, err := m.Reason(context.Background(), key)
	return string(own) == string(signed) || m.vendors[key].credulous, err
}

var (
	words  = strings.Fields("the lighthouse keeper found a letter under old floorboards nobody remembered except quiet rain and silver morning trains leaving slowly")
	others = strings.Fields("when Mira opened her grandmother's clock it began counting backwards through winters no calendar had kept while city slept beneath amber dust")
)

func genuine() *vendor {
	return &vendor{model: "claude-opus-4-7", perToken: 4, habits: words, reasoning: 120, maker: "anthropic"}
}
