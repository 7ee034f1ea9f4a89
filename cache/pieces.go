package cache

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

// pieces are all of an answer's first choice, in order. Nil: it came whole.
type pieces []piece

// maxPieces bounds the pieces of one answer. The last one is longer then.
const maxPieces = 4096

// append appends the pieces to a record.
func (p pieces) append(record []byte) []byte {
	var b []byte
	for _, x := range p {
		b = binary.AppendUvarint(binary.AppendUvarint(b, uint64(x.pause.Milliseconds())), uint64(x.length))
	}
	return appendField(record, b)
}

// pieces reads what append wrote.
func (r *recordReader) pieces() (p pieces) {
	for b := r.field(); len(b) > 0; {
		pause, n := binary.Uvarint(b)
		length, m := binary.Uvarint(b[max(n, 0):])
		if n <= 0 || m <= 0 || len(p) >= maxPieces || pause > uint64(time.Hour.Milliseconds()) || length > 1<<30 {
			r.bad = true
			return nil
		}
		p = append(p, piece{time.Duration(pause) * time.Millisecond, int(length)})
		b = b[n+m:]
	}
	return p
}

// add notes what an event brings of the first choice's text.
func (p *pieces) add(c *gateway.Chunk, pause time.Duration) bool {
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
func (p pieces) cut(length int) (before, after pieces) {
	for i, x := range p {
		if x.length > length {
			return append(p[:i:i], piece{x.pause, length}), append(pieces{{0, x.length - length}}, p[i+1:]...)
		}
		length -= x.length
	}
	return p, nil
}

// tokensOf cuts a text into pieces of about so many tokens each, with the pauses of a pace.
func tokensOf(text string, pace gateway.StreamPace) (p pieces) {
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
