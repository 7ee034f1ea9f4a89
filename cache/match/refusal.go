package match

import "slices"

// Refusal returns why two questions must never share an answer, however near their embeddings
// and whatever is known about either, "" if they may. It holds no words of the texts.
//
// A refusal is safe by construction: the questions differ in a part that every answer depends
// on. Differences that paraphrases may have too, such as the order of words, are not refused
// but weighed, see [Compare].
func Refusal(asked, stored string) string {
	a, b := NewText(asked), NewText(stored)
	switch {
	case !slices.Equal(a.Literals.Numbers, b.Literals.Numbers):
		return "numbers or units differ"
	case !slices.Equal(a.Literals.Placeholders, b.Literals.Placeholders):
		return "redacted values differ"
	case !slices.Equal(a.Literals.Quoted, b.Literals.Quoted):
		return "quotations, names of code, or addresses differ"
	case a.LooksLikeCode || b.LooksLikeCode:
		return "one is code"
	case writtenInHan(asked) != writtenInHan(stored):
		return "language of the question differs"
	}
	return ""
}

// writtenInHan reports whether most of a text is ideographs.
func writtenInHan(text string) bool {
	han, letters := 0, 0
	for _, r := range text {
		switch {
		case isIdeograph(r):
			han++
		case r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z':
			letters++
		}
	}
	return han*4 > letters // an ideograph is worth about as much as a word
}
