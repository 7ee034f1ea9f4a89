package gateway

// PromptFormat is implemented by a Dialect whose vendors cache the beginnings of prompts.
type PromptFormat interface {
	// Prompt lists the parts of a body that such a cache compares.
	Prompt(raw []byte) Prompt
}

// Prompt is a request as a vendor's prompt cache compares it: parts in the order in which the
// vendor caches them, which is tools, system, messages. The parts of a conversation begin with
// those that the same conversation had a turn before. Cache points belong to no part: where
// one moves, the prompt stays the same.
type Prompt struct {
	Parts []PromptPart
	Head  int // number of parts before the first message
	First int // number of parts up to the end of the first message
}

// PromptPart is a tool, a role, a text or another block of a message. Its bytes are those of
// the range At without the ranges Holes, which are inside of At and in order.
type PromptPart struct {
	At    Span
	Holes []Span
}

// Size is the number of bytes of the part.
func (p *PromptPart) Size() int {
	n := p.At.End - p.At.Start
	for _, h := range p.Holes {
		n -= h.End - h.Start
	}
	return n
}

// Segments calls f with the bytes of the part, one range of raw after the other, until f
// returns false.
func (p *PromptPart) Segments(raw []byte, f func(from int, segment []byte) bool) {
	from := p.At.Start
	for _, h := range p.Holes {
		if h.Start > from && !f(from, raw[from:h.Start]) {
			return
		}
		from = h.End
	}
	if from < p.At.End {
		f(from, raw[from:p.At.End])
	}
}
