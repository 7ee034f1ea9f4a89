package pii

import "math/bits"

// marks tell the bytes at which something may begin, or by which it is known. Most of them are
// frequent in ordinary text as well, and mean nothing there unless a certain byte follows: a
// "b" without an "e" begins no "bearer", a colon before a space no address. So every byte has
// two sets: what must follow it if it is a mark, and, eight bits higher, for which marks it is
// such a follower. A place counts when the sets of the two bytes there meet.
type marks [256]sets

type sets uint16

// meets gives what makes the place of two bytes count, 0 if nothing does.
func (a sets) meets(b sets) sets { return a & (b >> following) }

// What must follow a mark.
const (
	anything  sets = 1 << iota
	hexOrDot       // in an address
	rest           // of a credential
	bearer         // its second letter
	nine           // in ya29.
	capital        // of a credential's fixed beginning
	encodedAt      // %40
	escaped        // the letter of a JSON escape that stands for a character

	following = 8
)

func marksOf(on mask) *marks {
	m := new(marks)
	if on == 0 {
		return m
	}
	m.set("\xC2\xE2\xE3\xEF\xF3", anything) // characters that may need normalising begin so
	m.set(`\`, escaped)
	if on&^(email|secret) != 0 {
		m.set("0123456789", anything)
	}
	if on&email != 0 {
		m.set("@", anything)
		m.set("%", encodedAt)
	}
	if on&ip != 0 {
		m.set(":", hexOrDot)
	}
	if on&secret != 0 {
		m.set("-_", rest)
		m.set("J", anything)
		m.set("Bb", bearer)
		m.set("2", nine)
		m.set("AS", capital)
	}
	for i := range m {
		b := byte(i)
		m[b] |= anything << following
		if isHex(b) || b == ':' || b == '.' {
			m[b] |= hexOrDot << following
		}
		if isRest(b) {
			m[b] |= rest << following
		}
	}
	m.set("Ee", bearer<<following)
	m.set("9", nine<<following)
	m.set("KSIG", capital<<following) // AKIA, ASIA, AIza, SG.
	m.set("4", encodedAt<<following)
	m.set(`u\/`, escaped<<following)
	return m
}

func (m *marks) set(bytes string, set sets) {
	for _, b := range []byte(bytes) {
		m[b] |= set
	}
}

const (
	each = 0x0101010101010101 // of eight bytes
	low7 = 0x7f * each
)

// next is the first marked place from i on, or the end. Most of a text has none: of eight places
// at a time, only those are looked up that a few operations on all of them leave. A "be", of which
// prose has many, mostly is not among them where no "a" follows.
func (m *marks) next(t string, i int) int {
	for ; len(t)-i >= 10; i += 8 {
		w := t[i : i+10]
		x, y, z := eight(w), eight(w[1:]), eight(w[2:]) // each byte, and the two after it
		b6, b5, b4 := x<<1, x<<2, x<<3                  // in the place of the highest bit
		// 0x30 to 0x5F: digits, capitals, : @ \ _
		row := (b6 ^ b5) & (b6 | b4)
		// 0xC2 and what else characters of several bytes begin with, but for most Chinese ones
		lead := x & b6 & (x << 6)
		// Where it is one of these all bits are 0, which leaves the highest one 0 in the sum.
		dash := (x^'%'*each)&(0x77*each) + low7 // or a percent sign
		bea := ((x^'b'*each)|(y^'e'*each)|(z^'a'*each))&(0x5f*each) + low7
		for c := (lead | (row|^(dash&bea))&^x) & (0x80 * each); c != 0; c &= c - 1 {
			if k := i + bits.TrailingZeros64(c)/8; m[t[k]].meets(m[t[k+1]]) != 0 {
				return k
			}
		}
	}
	for ; i+1 < len(t); i++ {
		if m[t[i]].meets(m[t[i+1]]) != 0 {
			return i
		}
	}
	if i < len(t) && m[t[i]]&anything == 0 { // nothing follows the last one
		i++
	}
	return i
}

// eight are the first bytes of t, the first one lowest.
func eight(t string) uint64 {
	_ = t[7]
	return uint64(t[0]) | uint64(t[1])<<8 | uint64(t[2])<<16 | uint64(t[3])<<24 |
		uint64(t[4])<<32 | uint64(t[5])<<40 | uint64(t[6])<<48 | uint64(t[7])<<56
}
