package pii

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
	ya29           // the same
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
		m.set("y", ya29)
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
	m.set("a", ya29<<following)
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

// next is the first marked place from i on, or the end. Most of a text has none, so eight
// places are asked at a time.
func (m *marks) next(t string, i int) int {
	if i >= len(t) {
		return i
	}
	a := m[t[i]]
	for ; len(t)-i > 8; i += 8 {
		x := t[i+1 : i+9]
		b, c, d, e, f, g, h, k := m[x[0]], m[x[1]], m[x[2]], m[x[3]], m[x[4]], m[x[5]], m[x[6]], m[x[7]]
		if a.meets(b)|b.meets(c)|c.meets(d)|d.meets(e)|e.meets(f)|f.meets(g)|g.meets(h)|h.meets(k) != 0 {
			break
		}
		a = k
	}
	for ; i+1 < len(t); i++ {
		if m[t[i]].meets(m[t[i+1]]) != 0 {
			return i
		}
	}
	if m[t[i]]&anything == 0 { // nothing follows the last one
		i++
	}
	return i
}
