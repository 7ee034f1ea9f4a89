package pii

// marks tell the bytes at which something may begin, or by which it is known. Most of them are
// frequent in ordinary text as well, and mean nothing there unless a certain byte follows: a
// "b" without an "e" begins no "bearer", a colon before a space no address. So a place counts
// when the two bytes there have a bit in common.
type marks struct {
	here  [256]uint8
	after [256]uint8
}

// What must follow a mark.
const (
	anything  uint8 = 1 << iota
	hexOrDot        // in an address
	rest            // of a credential
	bearer          // its second letter
	ya29            // the same
	capital         // of a credential's fixed beginning
	encodedAt       // %40
	escaped         // the letter of a JSON escape that stands for a character
)

func marksOf(on mask) marks {
	var m marks
	if on == 0 {
		return m
	}
	mark := func(bytes string, follows uint8) {
		for _, b := range []byte(bytes) {
			m.here[b] = follows
		}
	}
	mark("\xC2\xE2\xE3\xEF\xF3", anything) // characters that may need normalising begin so
	mark(`\`, escaped)
	if on&^(email|secret) != 0 {
		mark("0123456789", anything)
	}
	if on&email != 0 {
		mark("@", anything)
		mark("%", encodedAt)
	}
	if on&ip != 0 {
		mark(":", hexOrDot)
	}
	if on&secret != 0 {
		mark("-_", rest)
		mark("J", anything)
		mark("Bb", bearer)
		mark("y", ya29)
		mark("AS", capital)
	}
	m.follow()
	return m
}

func (m *marks) follow() {
	for i := range m.after {
		b := byte(i)
		m.after[b] = anything
		if isHex(b) || b == ':' || b == '.' {
			m.after[b] |= hexOrDot
		}
		if isRest(b) {
			m.after[b] |= rest
		}
	}
	follow := func(bytes string, mark uint8) {
		for _, b := range []byte(bytes) {
			m.after[b] |= mark
		}
	}
	follow("Ee", bearer)
	follow("a", ya29)
	follow("KSIG", capital) // AKIA, ASIA, AIza, SG.
	follow("4", encodedAt)
	follow(`u\/`, escaped)
}

// next is the first marked place from i on, or the end. Most of a text has none, so eight
// bytes are asked at a time.
func (m *marks) next(t string, i int) int {
	for ; len(t)-i > 8; i += 8 {
		b := t[i : i+9]
		if m.here[b[0]]|m.here[b[1]]|m.here[b[2]]|m.here[b[3]]|m.here[b[4]]|m.here[b[5]]|m.here[b[6]]|m.here[b[7]] == 0 {
			continue
		}
		if m.here[b[0]]&m.after[b[1]]|m.here[b[1]]&m.after[b[2]]|m.here[b[2]]&m.after[b[3]]|m.here[b[3]]&m.after[b[4]]|
			m.here[b[4]]&m.after[b[5]]|m.here[b[5]]&m.after[b[6]]|m.here[b[6]]&m.after[b[7]]|m.here[b[7]]&m.after[b[8]] != 0 {
			break
		}
	}
	for ; i+1 < len(t); i++ {
		if m.here[t[i]]&m.after[t[i+1]] != 0 {
			return i
		}
	}
	if i < len(t) && m.here[t[i]]&anything == 0 { // nothing follows
		i++
	}
	return i
}
