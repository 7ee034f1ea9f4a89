package match

import (
	"slices"

	"github.com/sluicegate/sluice/cache/match/lexicon"
)

// Refusal returns why two questions must never share an answer, however near their embeddings
// and whatever is known about either, "" if they may. It holds no words of the texts.
//
// A refusal is safe by construction: the questions differ in a part that every answer depends
// on. Differences that paraphrases may have too, such as the order of words, are not refused
// but weighed, see [Compare].
func Refusal(a, b *Wording) string {
	switch {
	case !slices.Equal(a.literals.Numbers, b.literals.Numbers):
		return "numbers, units or symbols differ"
	case !slices.Equal(a.literals.Placeholders, b.literals.Placeholders):
		return "redacted values differ"
	case !slices.Equal(a.literals.Quoted, b.literals.Quoted):
		return "quotations, identifiers, addresses or capitals differ"
	case a.code || b.code:
		return "one is code"
	case a.isHan() != b.isHan():
		return "language of the questions differs"
	}
	for _, kind := range []struct {
		kind   lexicon.Kind
		reason string
	}{{lexicon.Language, "languages differ"}, {lexicon.CodeLanguage, "programming languages differ"}, {lexicon.Format, "requested formats differ"}} {
		if !slices.Equal(a.ofKind(kind.kind), b.ofKind(kind.kind)) {
			return kind.reason
		}
	}
	return ""
}

// ofKind returns the marker classes of a kind, in the order of the text.
func (w *Wording) ofKind(kind lexicon.Kind) (classes []string) {
	for i := range w.words {
		if class := w.words[i].class; class != "" && lexicon.KindOf(class) == kind {
			classes = append(classes, class)
		}
	}
	return classes
}
