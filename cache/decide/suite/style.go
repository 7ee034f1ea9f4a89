package suite

import (
	"math/rand/v2"
	"strings"
	"unicode"
	"unicode/utf8"
)

// dressed adds to a text what people write around a question: politeness, a capital, a mark at
// the end, a misspelling.
func dressed(text string, chinese bool, r *rand.Rand) string {
	if chinese {
		before := []string{"", "", "", "请问", "你好，", "我想知道"}
		after := []string{"", "？", "？谢谢", "呢"}
		return before[r.IntN(len(before))] + text + after[r.IntN(len(after))]
	}
	before := []string{"", "", "", "please, ", "hi, ", "hello, ", "ok so ", "quick question: "}
	after := []string{"", "", "?", " please", ", thanks"}
	text = before[r.IntN(len(before))] + text + after[r.IntN(len(after))]
	if r.IntN(2) == 0 {
		text = capitalised(text)
	}
	return text
}

func capitalised(text string) string {
	first, size := utf8.DecodeRuneInString(text)
	return string(unicode.ToUpper(first)) + text[size:]
}

// misspelt swaps two letters inside a long word, "" if there is none.
func misspelt(text string, r *rand.Rand) string {
	words := strings.Fields(text)
	for _, i := range r.Perm(len(words)) {
		w := []byte(words[i])
		if len(w) < 7 || strings.ContainsFunc(words[i], func(c rune) bool { return c < 'a' || c > 'z' }) {
			continue
		}
		at := 2 + r.IntN(len(w)-4)
		if w[at] == w[at+1] {
			continue
		}
		w[at], w[at+1] = w[at+1], w[at]
		words[i] = string(w)
		return strings.Join(words, " ")
	}
	return ""
}
