package message

// Sequence writes the events of an answer with one choice whose parts follow each other: a part begins
// with its first piece, and ends where the next one begins. The zero value is ready to use.
type Sequence struct {
	out   []Event
	parts int
	open  bool
	of    Kind
}

// Take returns the events since the last call.
func (s *Sequence) Take() []Event {
	out := s.out
	s.out = nil
	return out
}

// Add writes an event that is no part of the text.
func (s *Sequence) Add(e Event) { s.out = append(s.out, e) }

// Piece adds a piece to a text, reasoning or refusal, or to the arguments of the call that is open.
func (s *Sequence) Piece(of Kind, text string) {
	if text == "" || of == KindToolCall && !(s.open && s.of == of) {
		return
	}
	if !s.open || s.of != of {
		s.begin(of, Call{})
	}
	s.Add(Event{Kind: EventDelta, Part: s.parts - 1, Of: of, Text: text})
}

// Call begins a tool call. Its arguments may follow as pieces.
func (s *Sequence) Call(c Call) {
	args := c.Args
	c.Args = ""
	s.begin(KindToolCall, c)
	s.Piece(KindToolCall, args)
}

func (s *Sequence) begin(of Kind, c Call) {
	s.EndPart()
	s.open, s.of = true, of
	s.parts++
	s.Add(Event{Kind: EventPartStart, Part: s.parts - 1, Of: of, Call: c})
}

// EndPart ends the part that is open.
func (s *Sequence) EndPart() {
	if s.open {
		s.open = false
		s.Add(Event{Kind: EventPartEnd, Part: s.parts - 1, Of: s.of})
	}
}

// Finish ends the answer's text.
func (s *Sequence) Finish(finish string) {
	s.EndPart()
	s.Add(Event{Kind: EventFinish, Finish: finish})
}
