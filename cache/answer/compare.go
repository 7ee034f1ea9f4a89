// Package answer compares texts of answers. Everything here is a pure function of its texts.
package answer

import (
	"slices"
	"strings"
	"unicode"

	"github.com/sluicegate/sluice/internal/jsonx"
)

// Agreement tells whether two answers say the same.
type Agreement int

// The agreements.
const (
	Unknown Agreement = iota // the texts alone do not tell
	Same
	Different
)

// maxCompared is how much of an answer is compared, in bytes.
const maxCompared = 64 << 10

// Compare compares two answers to one question. It decides only where their texts leave little
// doubt: equal but for their form, JSON, yes against no, other numbers.
func Compare(a, b string) Agreement {
	a, b = clip(a), clip(b)
	if a == "" || b == "" {
		return Unknown
	}
	if same, are := sameJSON(a, b); are {
		return decided(same)
	}
	words, others := wordsOf(a), wordsOf(b)
	switch {
	case slices.Equal(words, others) && len(words) > 0:
		return Same
	case contradict(words, others), numbersDiffer(words, others):
		return Different
	}
	if code, other := codeOf(a), codeOf(b); code != "" && other != "" {
		if slices.Equal(strings.Fields(code), strings.Fields(other)) {
			return Same
		}
		return Unknown // much code does the same in other words
	}
	if share := shared(words, others); share >= .9 {
		return Same
	}
	return Unknown
}

// Similar decides what [Compare] left open, by the cosine of the answers' embeddings. shared is
// [Overlap]: texts with hardly a word in common are told apart even by an embedder that knows
// spelling only.
func Similar(cosine, overlap float64, meaning bool) Agreement {
	switch {
	case meaning && cosine >= .9:
		return Same
	case meaning && cosine < .5, overlap < .1 && cosine < .7:
		return Different
	}
	return Unknown
}

// Overlap is the share of common words among all words of two texts.
func Overlap(a, b string) float64 { return shared(wordsOf(clip(a)), wordsOf(clip(b))) }

func decided(same bool) Agreement {
	if same {
		return Same
	}
	return Different
}

func clip(s string) string { return strings.TrimSpace(s[:min(len(s), maxCompared)]) }

// sameJSON compares two answers that are JSON objects or lists.
func sameJSON(a, b string) (same, are bool) {
	if !structured(a) || !structured(b) {
		return false, false
	}
	x, err := jsonx.Canonical([]byte(a))
	y, other := jsonx.Canonical([]byte(b))
	if err != nil || other != nil {
		return false, false
	}
	return string(x) == string(y), true
}

func structured(s string) bool { return s[0] == '{' || s[0] == '[' }

// wordsOf returns the words and numbers of a text in lower case, ideographs one by one.
func wordsOf(s string) []string {
	var out []string
	start := -1
	end := func(i int) {
		if start >= 0 {
			word := strings.ToLower(strings.TrimRight(s[start:i], ".,'’"))
			if unicode.IsDigit(rune(word[0])) {
				word = strings.ReplaceAll(word, ",", "")
			}
			out = append(out, word)
			start = -1
		}
	}
	for i, r := range s {
		switch {
		case unicode.Is(unicode.Han, r):
			end(i)
			out = append(out, string(r))
		case unicode.IsLetter(r), unicode.IsDigit(r), unicode.IsMark(r):
			if start < 0 {
				start = i
			}
		case start >= 0 && (r == '.' || r == ',' || r == '\'' || r == '’'): // 3.5, don't
		default:
			end(i)
		}
	}
	end(len(s))
	return out
}

// contradict reports that one answer begins with yes and the other one with no.
func contradict(a, b []string) bool {
	x, y := stance(a), stance(b)
	return x != 0 && y != 0 && x != y
}

func stance(words []string) int {
	if len(words) == 0 {
		return 0
	}
	switch words[0] {
	case "yes", "true", "correct", "是", "对":
		return 1
	case "no", "false", "incorrect", "不", "否":
		return -1
	}
	return 0
}

// numbersDiffer reports that short answers have other numbers, or that long ones have mostly
// other numbers.
func numbersDiffer(a, b []string) bool {
	x, y := numbers(a), numbers(b)
	if len(x) == 0 || len(y) == 0 {
		return false
	}
	const short = 40 // words
	if len(a) <= short && len(b) <= short {
		return shared(x, y) < 1
	}
	return shared(x, y) < .5
}

func numbers(words []string) []string {
	var out []string
	for _, w := range words {
		if unicode.IsDigit(rune(w[0])) {
			out = append(out, w)
		}
	}
	return out
}

// shared is the share of common words among all, each counted as often as it stands.
func shared(a, b []string) float64 {
	if len(a)+len(b) == 0 {
		return 0
	}
	count := map[string]int{}
	for _, w := range a {
		count[w]++
	}
	both := 0
	for _, w := range b {
		if count[w] > 0 {
			count[w]--
			both++
		}
	}
	return float64(both) / float64(len(a)+len(b)-both)
}

// codeOf returns what stands between ``` in a text.
func codeOf(s string) string {
	var code []string
	for i, part := range strings.Split(s, "```") {
		if i%2 == 1 {
			_, lines, _ := strings.Cut(part, "\n") // without the language
			code = append(code, lines)
		}
	}
	return strings.Join(code, "\n")
}
