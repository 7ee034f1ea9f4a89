package upstreamcheck_test

import (
	"errors"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/sluicegate/sluice/internal/upstreamcheck"
)

func compare(t *testing.T, level float64, seed uint64, checked, trusted *vendor) *upstreamcheck.Report {
	t.Helper()
	m := &market{seed: seed, vendors: map[string]*vendor{"reseller": checked, "maker": trusted}}
	o := options(seed)
	o.Level = level
	o.Parallel = 1 // in order, so that a seed always has the same report
	report, err := upstreamcheck.Run(t.Context(), m, o)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

func options(seed uint64) upstreamcheck.Options {
	return upstreamcheck.Options{Checked: "reseller", Trusted: "maker", Samples: 5, Parallel: 4, Random: rand.New(rand.NewPCG(seed, 2))}
}

// quick is a level that needs few permutations.
const quick = 1e-3

// verdicts returns the checks of a verdict, in order.
func verdicts(r *upstreamcheck.Report, of upstreamcheck.Verdict) string {
	var list []string
	for _, f := range r.Findings {
		if f.Verdict == of {
			list = append(list, f.Check)
		}
	}
	return strings.Join(list, ", ")
}

// TestHonestKeysAreNotFlagged: of 1,000 runs of two keys that serve the same, none finds a difference.
func TestHonestKeysAreNotFlagged(t *testing.T) {
	for seed := range uint64(1000) {
		if r := compare(t, upstreamcheck.SignificanceLevel, seed, genuine(), genuine()); r.Differs() {
			t.Errorf("seed %d: %+v", seed, r.Findings)
		}
	}
}

// TestFaultsAreFlagged: each fault is found in each of five runs, by the checks that it is for. Others may find
// it, too: the texts of another model take other tokens.
func TestFaultsAreFlagged(t *testing.T) {
	for name, c := range map[string]struct {
		checked func() *vendor
		finds   string
	}{
		"another model of the same maker": {func() *vendor { v := genuine(); v.habits = others; return v }, "answers"},
		"another model that signs nothing": {func() *vendor {
			return &vendor{model: "claude-opus-4-7", perToken: 3, habits: others, reasoning: 120}
		}, "input tokens, answers, output tokens, signed reasoning"},
		"it says which": {func() *vendor { v := genuine(); v.model = "claude-haiku-4-5-20251001"; v.habits = others; return v }, "model name, answers"},
		"more input tokens": {faulty(func(_ *vendor, _ upstreamcheck.Question, a *upstreamcheck.Answer) {
			a.InputTokens = a.InputTokens * 6 / 5
		}),
			"input tokens"},
		"more output tokens": {faulty(func(_ *vendor, _ upstreamcheck.Question, a *upstreamcheck.Answer) {
			a.OutputTokens = a.OutputTokens * 5 / 4
		}),
			"output tokens"},
		"a prompt of its own": {faulty(func(_ *vendor, _ upstreamcheck.Question, a *upstreamcheck.Answer) { a.InputTokens += 60 }),
			"input tokens"},
		"no reasoning":       {func() *vendor { v := genuine(); v.reasoning, v.maker = 0, ""; return v }, "reasoning tokens, signed reasoning"},
		"a forged signature": {func() *vendor { v := genuine(); v.maker = "reseller"; return v }, "signed reasoning"},
		"long prompts are cut": {faulty(func(_ *vendor, q upstreamcheck.Question, a *upstreamcheck.Answer) {
			if q.Kind == upstreamcheck.Recall && a.InputTokens > 150 {
				a.Text = a.Text[strings.IndexByte(a.Text, ' '):]
			}
		}), "code words"},
		"answers kept from another call": {faulty(func(_ *vendor, _ upstreamcheck.Question, a *upstreamcheck.Answer) {
			a.ID, a.Text = "kept", "bakoriba menlosuri"
		}), "answer ids, code words, answers, output tokens"},
	} {
		t.Run(name, func(t *testing.T) {
			for seed := range uint64(5) {
				got := verdicts(compare(t, quick, seed, c.checked(), genuine()), upstreamcheck.Differs)
				for check := range strings.SplitSeq(c.finds, ", ") {
					if !strings.Contains(got, check) {
						t.Errorf("seed %d: found %q, want %q", seed, got, check)
					}
				}
			}
		})
	}
}

func faulty(fault func(*vendor, upstreamcheck.Question, *upstreamcheck.Answer)) func() *vendor {
	return func() *vendor { v := genuine(); v.fault = fault; return v }
}

// TestWhatCannotBeToldIsUnclear: a check that has nothing to go by says so, and is no difference.
func TestWhatCannotBeToldIsUnclear(t *testing.T) {
	for name, c := range map[string]struct {
		checked, trusted func() *vendor
		unclear          string
	}{
		"no usage": {faulty(func(_ *vendor, _ upstreamcheck.Question, a *upstreamcheck.Answer) {
			a.InputTokens, a.OutputTokens, a.ReasoningTokens = 0, 0, 0
		}),
			genuine, "input tokens, output tokens, reasoning tokens"},
		"some tokens of framing": {faulty(func(_ *vendor, _ upstreamcheck.Question, a *upstreamcheck.Answer) { a.InputTokens += 3 }), genuine, "input tokens"},
		"the trusted key forgets": {genuine, faulty(func(_ *vendor, q upstreamcheck.Question, a *upstreamcheck.Answer) {
			if q.Kind == upstreamcheck.Recall {
				a.Text = "I cannot help with that."
			}
		}), "code words"},
		"one word is lost": {faulty(func(_ *vendor, q upstreamcheck.Question, a *upstreamcheck.Answer) {
			if a.InputTokens > 1200 {
				a.Text = "sorry"
			}
		}), genuine, "code words"},
		"the trusted key takes any signature": {genuine, func() *vendor { v := genuine(); v.credulous = true; return v }, "signed reasoning"},
		"the trusted key signs nothing":       {genuine, func() *vendor { v := genuine(); v.maker = ""; return v }, "signed reasoning"},
		"the trusted key counts as it likes":  {genuine, faulty(func(v *vendor, _ upstreamcheck.Question, a *upstreamcheck.Answer) { a.InputTokens += v.asked }), "input tokens"},
		"Bedrock's name":                      {func() *vendor { v := genuine(); v.model = "us.anthropic.claude-opus-4-7-v1:0"; return v }, genuine, "model name"},
	} {
		t.Run(name, func(t *testing.T) {
			r := compare(t, quick, 1, c.checked(), c.trusted())
			if got := verdicts(r, upstreamcheck.Unclear); got != c.unclear {
				t.Errorf("unclear %q, want %q: %+v", got, c.unclear, r.Findings)
			}
		})
	}
}

// TestNamesOfReleasesAreOneModel: a date, "latest" and a vendor do not make another model.
func TestNamesOfReleasesAreOneModel(t *testing.T) {
	for _, name := range []string{"claude-opus-4-7-20260115", "anthropic/claude-opus-4-7", "Claude-Opus-4-7-latest", "claude-opus-4-7@20260115"} {
		v := genuine()
		v.model = name
		if r := compare(t, quick, 3, v, genuine()); r.Findings[0].Verdict != upstreamcheck.Same {
			t.Errorf("%s: %+v", name, r.Findings[0])
		}
	}
}

// TestFewAnswersAreAnError names why questions were not answered.
func TestFewAnswersAreAnError(t *testing.T) {
	m := &market{seed: 1, vendors: map[string]*vendor{"maker": genuine()}}
	_, err := upstreamcheck.Run(t.Context(), m, options(1))
	if err == nil || !strings.Contains(err.Error(), "reseller: no such key") {
		t.Fatal(err)
	}
	if errors.Unwrap(err) == nil {
		t.Error("the cause is lost")
	}
}
