package lexicon

// Stem cuts the endings of English inflection (plural, third person, past, -ing) and a
// possessive, so that "resets" meets "reset" and "refunded" meets "refund". It is no more
// than that: endings that change the word's meaning stay.
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
	case n > 5 && w[n-3:] == "ing" && voiced(w[:n-3]):
		w, n = undouble(w[:n-3])
	case n > 4 && w[n-2:] == "ed" && w[n-3] != 'e' && voiced(w[:n-2]):
		w, n = undouble(w[:n-2])
	}
	if n > 4 && w[n-1] == 'e' {
		return w[:n-1] // use, used, using
	}
	return w
}

func undouble(w string) (string, int) {
	n := len(w)
	if n > 3 && w[n-1] == w[n-2] && w[n-1] != 'l' && w[n-1] != 's' {
		return w[:n-1], n - 1
	}
	return w, n
}

// voiced keeps string and sled from losing their only vowel.
func voiced(w string) bool {
	for i := 0; i < len(w); i++ {
		switch w[i] {
		case 'a', 'e', 'i', 'o', 'u', 'y':
			return true
		}
	}
	return false
}
