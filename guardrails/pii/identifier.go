package pii

import (
	"cmp"
	"slices"
	"strings"
)

// maxIdentifier is longer than the names that vendors allow for functions.
const maxIdentifier = 128

// digestDigits is the length of the shortest hexadecimal digest.
const digestDigits = 32

// isIdentifier reports whether text is a single identifier of letters, digits, "_" and "-",
// such as the name of a function. Digests and UUIDs are not: any number in them is accident.
func isIdentifier(text string) bool {
	if len(text) > maxIdentifier {
		return false
	}
	digits, hex := 0, 0
	for i := 0; i < len(text); i++ {
		switch b := text[i]; {
		case isDigit(b):
			digits++
			hex++
		case isHex(b):
			hex++
		case b == '-':
		case isWord(b):
			hex -= len(text)
		default:
			return false
		}
	}
	return digits > minPhoneDigits && hex < digestDigits
}

// scanIdentifier adds the findings in an identifier to spans[base:], which hold those of an
// ordinary scan. Words are joined there: letters, "_" and "-" separate numbers that have a
// checksum. Of two findings that overlap the entity with the higher rank stays.
func (sc *Scanner) scanIdentifier(spans []Span, base int, text string) []Span {
	s := scan{text: strings.ReplaceAll(text, "_", "-"), on: sc.on & (card | cnID | iban), triggers: sc.triggers, folded: true, identifier: true}
	if s.on == 0 {
		return spans
	}
	s.run()
	for _, found := range s.spans {
		overlaps := func(other Span) bool { return found.Start < other.End && other.Start < found.End }
		if slices.ContainsFunc(spans[base:], func(other Span) bool { return overlaps(other) && rank(other.Entity) >= rank(found.Entity) }) {
			continue
		}
		kept := slices.DeleteFunc(spans[base:], overlaps)
		spans = append(spans[:base+len(kept)], found)
	}
	slices.SortFunc(spans[base:], func(a, b Span) int { return cmp.Compare(a.Start, b.Start) })
	return spans
}
