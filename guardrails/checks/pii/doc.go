// Package pii finds personal data and credentials in text.
//
// One pass over the bytes looks for anchors (a digit, an "@", a colon between hex
// digits, the mark of a credential's prefix) and asks the validators of what can stand
// there. There is no regular expression per entity: their cost adds up to milliseconds
// per kilobyte, and their word boundaries fail beside Chinese characters, which are
// letters to them. Here a boundary is a question about ASCII only.
//
// A checksum raises the score of a finding; it is a gate only where the digits alone say
// too little (payment cards, IBAN). Shapes that many harmless numbers share (ten bare
// digits) need a word nearby that says what they are.
//
// Text is normalised only where it has something to normalise: full-width letters and
// digits, zero-width characters, Unicode hyphens and spaces, JSON's \uXXXX. Spans always
// refer to the bytes of the original, never cut a character or an escape, come in order
// and never overlap. Nothing is allocated when nothing is found.
//
// The work is linear: every anchor looks at a bounded stretch of text around it.
package pii
