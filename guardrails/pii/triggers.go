package pii

// triggers marks the bytes at which an entity may begin or by which it is recognised.
// Every other byte is skipped.
type triggers [256]bool

func triggersOf(on mask) *triggers {
	t := new(triggers)
	if on == 0 {
		return t
	}
	// Lead bytes of the characters that are normalised: punctuation and full-width forms,
	// digits of other scripts, mathematical letters and digits, tags.
	t.add("\xC2\xE2\xE3\xEF\xF3" + "\xD9\xDB\xDF\xE0\xE1\xEA" + "\xF0")
	t.add(`\&`) // JSON escapes and HTML entities, which are normalised too
	if on&^(email|secret) != 0 {
		t.add("0123456789")
	}
	if on&email != 0 {
		t.add("@%") // "%40" is "@" in a URL
	}
	if on&ip != 0 {
		t.add(":")
	}
	if on&secret != 0 {
		t.add("-_")     // the last byte of a vendor's prefix; "-----BEGIN"
		t.add("JBbASy") // "eyJ", "Bearer", "AKIA", "AIza", "ASIA", "SG.", "ya29."
	}
	return t
}

func (t *triggers) add(bytes string) {
	for _, b := range []byte(bytes) {
		t[b] = true
	}
}
