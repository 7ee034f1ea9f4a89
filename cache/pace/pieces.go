// Package pace streams a stored answer with pauses: in the pieces in which the original came, or in so many
// tokens a second.
//
// While an answer is recorded, [Pieces.Add] notes what each event brings of its text; the pieces are stored
// with the answer. [Stream] writes the answer's body as events of the caller's format, and cuts those with
// text into pieces. Pieces tell lengths only, so that they cannot change an answer: whatever they are, the
// events fold into the body. A stream has no goroutine; it pauses in Next, at most a second each time and a
// minute in all, and Close or the end of the caller's call wakes it.
package pace

import (
	"encoding/binary"
	"time"
	"unicode/utf8"

	"github.com/sluicegate/sluice/gateway"
)

// piece is a part of an answer's text as it came in one event.
type piece struct {
	pause  time.Duration // since the piece before, in whole milliseconds
	length int           // in bytes
}

// Pieces are all of an answer's first choice, in order. Nil: it came whole.
type Pieces []piece

// maxPieces bounds the pieces of one answer. The last one is longer then.
const maxPieces = 4096

// Append appends the pieces as Read reads them.
func (p Pieces) Append(b []byte) []byte {
	for _, x := range p {
		b = binary.AppendUvarint(binary.AppendUvarint(b, uint64(x.pause.Milliseconds())), uint64(x.length))
	}
	return b
}

// Read reads what Append wrote. It reports false if that is damaged.
func Read(b []byte) (p Pieces, ok bool) {
	for len(b) > 0 {
		pause, n := binary.Uvarint(b)
		length, m := binary.Uvarint(b[max(n, 0):])
		if n <= 0 || m <= 0 || len(p) >= maxPieces || pause > uint64(time.Hour.Milliseconds()) || length > 1<<30 {
			return nil, false
		}
		p = append(p, piece{time.Duration(pause) * time.Millisecond, int(length)})
		b = b[n+m:]
	}
	return p, true
}

// Add notes what an event brings of the first choice's text, and reports whether it brings any.
func (p *Pieces) Add(c *gateway.Chunk, pause time.Duration) bool {
	length := 0
	for i := range c.Deltas {
		if d := &c.Deltas[i]; d.Choice == 0 && c.Form == gateway.FormEvent {
			length += len(d.Text)
		}
	}
	switch list := *p; {
	case length == 0:
		return false
	case len(list) == maxPieces:
		list[len(list)-1].length += length
	default:
		*p = append(list, piece{min(max(pause, 0), time.Hour).Truncate(time.Millisecond), length})
	}
	return true
}

// cut divides the pieces after so many bytes.
func (p Pieces) cut(length int) (before, after Pieces) {
	for i, x := range p {
		if x.length > length {
			return append(p[:i:i], piece{x.pause, length}), append(Pieces{{0, x.length - length}}, p[i+1:]...)
		}
		length -= x.length
	}
	return p, nil
}

// tokensOf cuts a text into pieces of about so many tokens each, with the pauses of a pace.
func tokensOf(text string, pace gateway.StreamPace) (p Pieces) {
	const (
		perSecond  = 50 // pieces at most
		tokenBytes = 4  // of a token of English; a Chinese character is about one
	)
	tokens := max(float64(pace)/perSecond, 1)
	size := max(int(tokens*tokenBytes), tokenBytes)
	pause := time.Duration(tokens / float64(pace) * float64(time.Second))
	for rest := text; rest != ""; {
		n := runeEnd(rest, size)
		p = append(p, piece{pause, n})
		rest = rest[n:]
	}
	if len(p) > 0 {
		p[0].pause = 0
	}
	return p
}

// runeEnd returns the least length from n on that does not cut a rune.
func runeEnd(s string, n int) int {
	for n < len(s) && !utf8.RuneStart(s[n]) {
		n++
	}
	return min(n, len(s))
}
