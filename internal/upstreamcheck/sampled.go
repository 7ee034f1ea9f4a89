package upstreamcheck

import (
	"fmt"
	"math"
	"unicode/utf8"
)

// minSamples is the smallest number of answers of each key to one open question that is compared.
const minSamples = 3

// grouped returns the samples by question, of questions with enough of them.
func grouped(samples []pair) [][]pair {
	byGroup := make([][]pair, len(sampleTexts))
	for _, p := range samples {
		byGroup[p.question.Group] = append(byGroup[p.question.Group], p)
	}
	var out [][]pair
	for _, g := range byGroup {
		if len(g) >= minSamples {
			out = append(out, g)
		}
	}
	return out
}

func unclear(check, evidence string) Finding {
	return Finding{Check: check, Verdict: Unclear, Evidence: evidence}
}

const tooFew = "Too few open questions were answered by both."

// compareTexts tests whether the answers to open questions come from one distribution. The
// statistic is the maximum mean discrepancy with the similarity of trigrams as kernel; for the
// approach see Gao, Liang and Guestrin 2024, "Model Equality Testing" (arXiv 2410.20247).
func compareTexts(o Options, samples []pair) Finding {
	const check = "answers"
	groups := grouped(samples)
	if len(groups) < 2 {
		return unclear(check, tooFew)
	}
	kernels, given := make([][][]float64, len(groups)), make([]labels, len(groups))
	for g, pairs := range groups {
		texts := make([]string, 2*len(pairs))
		for i, p := range pairs {
			texts[i], texts[len(pairs)+i] = p.checked.Text, p.trusted.Text
		}
		kernels[g], given[g] = similarities(texts), firstHalf(len(pairs))
	}
	p := permutationTest(o.Random, o.level(), given, func(drawn []labels) (total float64) {
		for g, l := range drawn {
			total += discrepancy(kernels[g], l)
		}
		return total
	})
	f := Finding{Check: check, Verdict: Same, P: p, Evidence: "Nothing tells the answers to open questions apart."}
	if p < o.level() {
		f.Verdict, f.Evidence = Differs, "The answers to open questions are of another model, or of another prompt."
	}
	return f
}

// discrepancy is the unbiased estimate of the squared maximum mean discrepancy.
func discrepancy(kernel [][]float64, checked labels) float64 {
	var within, across float64
	var pairsWithin, pairsAcross int
	for i := range kernel {
		for j := range i {
			if checked[i] == checked[j] {
				within += kernel[i][j]
				pairsWithin++
			} else {
				across += kernel[i][j]
				pairsAcross++
			}
		}
	}
	return within/float64(pairsWithin) - across/float64(pairsAcross)
}

// compareOutput tests whether both report as many tokens for as much text.
func compareOutput(o Options, samples []pair) Finding {
	return compareMeans(o, samples, "output tokens", "tokens of 100 characters", func(a Answer) (float64, bool) {
		return 100 * float64(a.OutputTokens-a.ReasoningTokens) / float64(max(utf8.RuneCountInString(a.Text), 1)), a.OutputTokens > 0 && a.Text != ""
	})
}

// compareReasoning tests whether both reason as much, by what they report.
func compareReasoning(o Options, samples []pair) Finding {
	return compareMeans(o, samples, "reasoning tokens", "tokens of reasoning an answer", func(a Answer) (float64, bool) {
		return float64(a.ReasoningTokens), a.OutputTokens > 0
	})
}

// compareMeans tests whether a figure of the answers has the same mean for both keys.
func compareMeans(o Options, samples []pair, check, what string, figure func(Answer) (float64, bool)) Finding {
	groups := grouped(samples)
	if len(groups) < 2 {
		return unclear(check, tooFew)
	}
	values, given := make([][]float64, len(groups)), make([]labels, len(groups))
	for g, pairs := range groups {
		values[g], given[g] = make([]float64, 2*len(pairs)), firstHalf(len(pairs))
		for i, p := range pairs {
			checked, ok1 := figure(p.checked)
			trusted, ok2 := figure(p.trusted)
			if !ok1 || !ok2 {
				return unclear(check, "Not each answer comes with its tokens.")
			}
			values[g][i], values[g][len(pairs)+i] = checked, trusted
		}
	}
	p := permutationTest(o.Random, o.level(), given, func(drawn []labels) float64 {
		checked, trusted := means(values, drawn)
		return math.Abs(checked - trusted)
	})
	checked, trusted := means(values, given)
	f := Finding{Check: check, Verdict: Same, P: p, Evidence: fmt.Sprintf("%.1f %s, %.1f of the trusted key: no more than chance.", checked, what, trusted)}
	if p < o.level() {
		f.Verdict, f.Evidence = Differs, fmt.Sprintf("%.1f %s, %.1f of the trusted key.", checked, what, trusted)
	}
	return f
}

func means(values [][]float64, drawn []labels) (checked, trusted float64) {
	var n float64
	for g, l := range drawn {
		for i, isChecked := range l {
			if isChecked {
				checked += values[g][i]
				n++
			} else {
				trusted += values[g][i]
			}
		}
	}
	return checked / n, trusted / n // as many of each key
}
