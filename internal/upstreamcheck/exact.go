package upstreamcheck

import (
	"fmt"
	"maps"
	"math"
	"regexp"
	"slices"
	"strings"
)

// release is what vendors append to the name of a model: a date, or "latest".
var release = regexp.MustCompile(`(-latest|[-@]20\d\d-?\d\d-?\d\d|-v\d+(:\d+)?)$`)

// modelName returns the name of a model without its vendor and its release.
func modelName(name string) string {
	name = strings.ToLower(name)
	name = name[strings.LastIndexByte(name, '/')+1:]
	return release.ReplaceAllString(name, "")
}

// compareModels compares the names that the vendors report. A name proves nothing, another name does.
func compareModels(pairs []pair) Finding {
	f := Finding{Check: "model name", Verdict: Same}
	names := [2]map[string]bool{{}, {}}
	for _, p := range pairs {
		names[0][modelName(p.checked.Model)] = true
		names[1][modelName(p.trusted.Model)] = true
	}
	list := func(i int) string { return strings.Join(slices.Sorted(maps.Keys(names[i])), ", ") }
	switch {
	case names[0][""] || names[1][""]:
		f.Verdict, f.Evidence = Unclear, "An answer names no model."
	case maps.Equal(names[0], names[1]):
		f.Evidence = fmt.Sprintf("Both say %s.", list(0))
	default:
		f.Evidence = fmt.Sprintf("It says %s, the trusted key %s.", list(0), list(1))
		f.Verdict = Differs
		for name := range names[0] { // Bedrock's names contain the maker's
			for other := range names[1] {
				if strings.Contains(name, other) || strings.Contains(other, name) {
					f.Verdict = Unclear
				}
			}
		}
	}
	return f
}

// compareIDs looks for answers that were given before.
func compareIDs(pairs []pair) Finding {
	f := Finding{Check: "answer ids", Verdict: Same, Evidence: "Each answer has an id of its own."}
	repeats := func(of func(pair) string) (n int) {
		seen := map[string]bool{}
		for _, p := range pairs {
			if id := of(p); id == "" || seen[id] {
				n++
			} else {
				seen[id] = true
			}
		}
		return n
	}
	checked, trusted := repeats(func(p pair) string { return p.checked.ID }), repeats(func(p pair) string { return p.trusted.ID })
	switch {
	case trusted > 0:
		f.Verdict, f.Evidence = Unclear, "The trusted key's answers have no ids of their own."
	case checked > 0:
		f.Verdict, f.Evidence = Differs, fmt.Sprintf("%d of %d answers have the id of another one, or none.", checked, len(pairs))
	}
	return f
}

// compareRecall compares whether the code words come back, where the trusted key knows both.
func compareRecall(pairs []pair) Finding {
	f := Finding{Check: "code words", Verdict: Same}
	knows := func(a Answer, word string) bool { return strings.Contains(strings.ToLower(a.Text), word) }
	asked, lost, first, shortest := 0, 0, 0, math.MaxInt
	for _, p := range pairs {
		words := p.question.words
		if !knows(p.trusted, words[0]) || !knows(p.trusted, words[1]) {
			continue
		}
		asked++
		if knows(p.checked, words[0]) && knows(p.checked, words[1]) {
			continue
		}
		lost++
		shortest = min(shortest, p.trusted.InputTokens)
		if knows(p.checked, words[1]) {
			first++
		}
	}
	switch {
	case asked < 4:
		f.Verdict, f.Evidence = Unclear, fmt.Sprintf("The trusted key repeats the code words of %d of %d texts only.", asked, len(pairs))
	case lost == 0:
		f.Evidence = fmt.Sprintf("It repeats the code words of all %d texts.", asked)
	case lost == first && lost == 1:
		f.Verdict, f.Evidence = Unclear, fmt.Sprintf("It lacks the word before a text of %d tokens: it may be cut. Check a longer text with more context.", shortest)
	case lost == first:
		f.Verdict, f.Evidence = Differs, fmt.Sprintf("It lacks the words before %d of %d texts, from %d tokens on: the beginning is cut.", lost, asked, shortest)
	case lost == 1:
		f.Verdict, f.Evidence = Unclear, fmt.Sprintf("It repeats the code words of %d of %d texts.", asked-1, asked)
	default:
		f.Verdict, f.Evidence = Differs, fmt.Sprintf("It lacks code words of %d of %d texts: the prompt is changed, or the answer belongs to another one.", lost, asked)
	}
	return f
}

// framing is the number of tokens by which two vendors of one model may differ in each call.
const framing = 8

// compareInput compares the tokens that are reported for the same texts. alike says whether the trusted key counts
// a text alike each time.
func compareInput(pairs []pair, alike bool) Finding {
	f := Finding{Check: "input tokens", Verdict: Same}
	var checked, trusted []float64
	for _, p := range pairs {
		if p.checked.InputTokens > 0 && p.trusted.InputTokens > 0 {
			checked, trusted = append(checked, float64(p.checked.InputTokens)), append(trusted, float64(p.trusted.InputTokens))
		}
	}
	switch {
	case len(checked) < 4:
		return unclear(f.Check, fmt.Sprintf("Both report the tokens of %d texts only.", len(checked)))
	case !alike:
		return unclear(f.Check, "The trusted key does not count the same text alike each time.")
	}
	added, times, error := fit(trusted, checked)
	total := fmt.Sprintf("%.0f instead of %.0f tokens in %d texts", sum(checked), sum(trusted), len(checked))
	switch {
	case slices.Equal(checked, trusted):
		f.Evidence = fmt.Sprintf("Both count %.0f tokens in %d texts.", sum(checked), len(checked))
	case error > 1+.005*slices.Max(trusted):
		f.Verdict, f.Evidence = Differs, total+", by no common factor: another tokenizer, so another model."
	case math.Abs(times-1) > .01:
		f.Verdict, f.Evidence = Differs, fmt.Sprintf("%s: %.2f times as many.", total, times)
	case math.Abs(added) <= framing:
		f.Verdict, f.Evidence = Unclear, fmt.Sprintf("%+.0f tokens in each call: two vendors of one model may differ so.", added)
	case added < 0:
		f.Verdict, f.Evidence = Differs, fmt.Sprintf("%+.0f tokens in each call: a part of the prompt is missing, or not counted.", added)
	default:
		f.Verdict, f.Evidence = Differs, fmt.Sprintf("%+.0f tokens in each call: something is added to the prompt.", added)
	}
	return f
}

// fit returns the line y = added + times·x by least squares, and its largest error.
func fit(x, y []float64) (added, times, largest float64) {
	n := float64(len(x))
	meanX, meanY := sum(x)/n, sum(y)/n
	var covariance, variance float64
	for i := range x {
		covariance += (x[i] - meanX) * (y[i] - meanY)
		variance += (x[i] - meanX) * (x[i] - meanX)
	}
	if variance > 0 {
		times = covariance / variance
	}
	added = meanY - times*meanX
	for i := range x {
		largest = math.Max(largest, math.Abs(y[i]-added-times*x[i]))
	}
	return added, times, largest
}

func sum(values []float64) (total float64) {
	for _, v := range values {
		total += v
	}
	return total
}
