package lexicon

import "strings"

// Stem removes the endings of English inflection (plural, third person, past, -ing) and a
// possessive: "resets" becomes "reset", "refunded" becomes "refund". Endings that change the
// meaning of a word stay.
func Stem(word string) string {
	w := word
	if n := len(w); n > 2 && w[n-2] == '\'' && w[n-1] == 's' {
		w = w[:n-2]
	}
	n := len(w)
	if n < 4 || w[n-1] >= 0x80 {
		return w
	}
	switch {
	case w[n-1] == 's' && w[n-2] != 's' && w[n-2] != 'u' && w[n-2] != 'i':
		if n > 4 && w[n-3:] == "ies" {
			return w[:n-3] + "y"
		}
		if n > 4 && w[n-2] == 'e' && (w[n-3] == 'x' || w[n-3] == 's' || w[n-3] == 'z' || w[n-3] == 'h') {
			return w[:n-2]
		}
		w, n = w[:n-1], n-1
	case n > 5 && w[n-3:] == "ing" && hasVowel(w[:n-3]):
		w, n = undouble(w[:n-3])
	case n > 4 && w[n-2:] == "ed" && w[n-3] != 'e' && hasVowel(w[:n-2]):
		w, n = undouble(w[:n-2])
	}
	if n > 4 && w[n-1] == 'e' {
		return w[:n-1] // use, used, using
	}
	return w
}

// undouble undoes the doubled consonant of "stopped", and returns the length too.
func undouble(w string) (string, int) {
	n := len(w)
	if n > 3 && w[n-1] == w[n-2] && w[n-1] != 'l' && w[n-1] != 's' {
		return w[:n-1], n - 1
	}
	return w, n
}

// hasVowel keeps "string" and "sled" from losing their only vowel.
func hasVowel(w string) bool { return strings.ContainsAny(w, "aeiouy") }

// irregular are forms of the past that share a marker class with the present.
var irregular = wordSet("won lost sold bought sent")

// Past reports whether a word is a verb in the past: invented, won.
func Past(word string) bool {
	return len(word) > 4 && strings.HasSuffix(word, "ed") || irregular[word]
}

// Present reports whether a word has the ending of the third person, or of a plural: invents.
func Present(word string) bool {
	return len(word) > 3 && strings.HasSuffix(word, "s") && !strings.HasSuffix(word, "ss")
}
