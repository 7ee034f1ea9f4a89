// Package pii finds personal data and credentials in text.
//
// A [Scanner] makes one pass over the bytes. It stops at trigger bytes (a digit, an "@", a
// colon, the last byte of a credential's prefix) and runs the validators of the entities
// that may stand there. There is no regular expression per entity: together they would take
// milliseconds per kilobyte, and their word boundaries fail next to Chinese characters,
// which they count as letters. Here a boundary depends on ASCII characters only.
//
// A checksum raises the score of a finding. It is required only where the digits alone are
// ambiguous (payment cards, IBAN). Formats that many harmless numbers share (ten digits
// without separators) need a word nearby that names them. A number with a valid checksum also
// stands out where "_" joins it to words, and in a text that is a single identifier where
// letters do.
//
// A text is normalised only if it holds something to normalise: full-width letters and
// digits, digits of other scripts, mathematical letters and digits, zero-width characters,
// Unicode hyphens and spaces, JSON's \uXXXX, HTML entities. An integer in decimal or
// scientific notation (4.111111111111111e15) is read as its digits.
//
// Invariants: spans refer to the bytes of the original text, never cut a character or an
// escape, are ordered and do not overlap. The work is linear in the length of the text,
// because every trigger looks at a bounded stretch around it.
package pii
