package recorder

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
)

// cleanser removes personal data from what is about to be recorded. Any goroutine may use it.
type cleanser struct {
	detect    func(string) string // replaces personal data
	pseudonym func(string) string
}

func newCleanser(detect, pseudonym func(string) string) cleanser {
	return cleanser{detect: memoised(detect), pseudonym: memoised(pseudonym)}
}

// minIdentifying is the length of the shortest text that can identify a person: a@b.c.
const minIdentifying = 5

// text returns s with its personal data replaced.
func (c *cleanser) text(s string) string {
	if len(s) < minIdentifying {
		return s
	}
	return c.detect(s)
}

// ofRecord returns c with a memory of the long texts of one record: a prompt call has a variable
// both in its template and on its own. One goroutine may use it.
func (c *cleanser) ofRecord() cleanser {
	results := map[string]string{}
	return cleanser{pseudonym: c.pseudonym, detect: func(s string) string {
		if len(s) <= memoMaxText {
			return c.detect(s)
		}
		clean, ok := results[s]
		if !ok {
			clean = c.detect(s)
			results[s] = clean
		}
		return clean
	}}
}

// pseudonymise replaces all of s by its pseudonym if it contains personal data, so that rows of
// one person can still be found together.
func (c *cleanser) pseudonymise(s string) string {
	if c.text(s) == s {
		return s
	}
	return c.pseudonym(s)
}

// Pseudonyms returns a function that maps a text to a keyed, one-way pseudonym.
func Pseudonyms(key []byte) func(string) string {
	return func(s string) string {
		m := hmac.New(sha256.New, key)
		m.Write([]byte(s))
		return "p_" + hex.EncodeToString(m.Sum(nil)[:10])
	}
}
