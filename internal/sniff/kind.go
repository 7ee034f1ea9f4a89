package sniff

import (
	"bytes"
	"net/http"
	"strings"
	"unicode/utf8"
)

// Kind says what bytes hold that nobody has declared in a way that can be relied on.
type Kind uint8

// The kinds.
const (
	Text    Kind = iota // UTF-8
	UTF16               // a text in UTF-16
	Unclear             // a text in another encoding, or one with some bytes that no text has
	Binary
)

// HeadSize is how many bytes of a content KindOf needs to see, if there are as many.
const HeadSize = 4 << 10

// KindOf judges a content by how it begins. Images, sound, archives and their like have bytes that no text
// has: one in fifty at least, or what their formats begin with and some such bytes. A PDF may begin like a
// text and counts as binary.
func KindOf(head []byte) Kind {
	head = head[:min(len(head), HeadSize)]
	if bytes.HasPrefix(head, []byte("%PDF-")) {
		return Binary
	}
	if isUTF16(head) {
		return UTF16
	}
	controls, invalid := 0, 0
	for rest := head; len(rest) > 0; {
		r, size := utf8.DecodeRune(rest)
		switch {
		case r == utf8.RuneError && size == 1 && (len(head) < HeadSize || utf8.FullRune(rest)):
			invalid++
		case isControl(r):
			controls++
		}
		rest = rest[size:]
	}
	switch {
	case controls+invalid == 0:
		return Text
	case controls*50 >= len(head) && controls > 0, hasSignature(head):
		return Binary
	}
	return Unclear
}

// isControl reports a character that no text has. Those that format and colour texts are none.
func isControl(r rune) bool {
	return r < ' ' && !strings.ContainsRune("\b\t\n\v\f\r\x1b", r) || r == 0x7f
}

// hasSignature reports whether a content begins as its format says.
func hasSignature(head []byte) bool {
	kind := http.DetectContentType(head)
	return kind != "application/octet-stream" && !strings.HasPrefix(kind, "text/")
}

// isUTF16 reports a text in UTF-16: by its mark, or by every second byte being zero and the others being those
// of a text.
func isUTF16(head []byte) bool {
	if bytes.HasPrefix(head, []byte{0xff, 0xfe}) || bytes.HasPrefix(head, []byte{0xfe, 0xff}) {
		return true
	}
	zeros, controls := [2]int{}, [2]int{}
	for i, b := range head {
		switch {
		case b == 0:
			zeros[i%2]++
		case isControl(rune(b)):
			controls[i%2]++
		}
	}
	for high := range 2 {
		if low := 1 - high; len(head) >= 8 && zeros[high]*4 >= len(head)/2*3 && zeros[low] == 0 && controls[low] == 0 {
			return true
		}
	}
	return false
}
