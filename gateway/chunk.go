package gateway

// Form says what one Chunk is on the wire.
type Form uint8

const (
	// FormEvent is the data of one event of a streamed answer.
	FormEvent Form = iota
	// FormBody is a whole unary answer: a chat completion, a list of embeddings, a
	// rendered prompt.
	FormBody
)

// Chunk is one piece of an answer: as it goes over the wire (Raw), and as stages read it
// (Deltas and Usage). Both say the same; an editor changes both, with the Set methods.
//
// Raw is JSON without framing. Raw and the list of Deltas are valid until the next call of
// Next, and nobody writes to them: whoever keeps them copies them. Strings may be kept. An
// empty Raw is not to be sent: only Usage is news, and the caller did not ask for it.
type Chunk struct {
	Deltas  []Delta // empty in a usage-only event, an embeddings body, a keep-alive
	Usage   *Usage  // set on the chunk that reports it; may be kept
	Early   *Usage  // what the vendor says of the input before the answer; its output is not final
	Raw     []byte
	Form    Form
	Dialect Dialect // that Raw is written in; nil for a rendered prompt, which has none
}

// Delta is what a chunk adds to one choice. In a body it is a whole choice, or one part of
// it where the format lists parts. One wire unit may carry several choices (n > 1) or
// parts, so a Chunk holds a list.
type Delta struct {
	At        int // where the dialect finds it in Raw
	Choice    int // which answer it belongs to
	Part      int // which part of that answer, in formats that number them; else 0
	Text      string
	Reasoning string
	Refusal   string
	Tools     []ToolDelta
	Finish    string // OpenAI's finish reason, "" until it is known
	Ends      bool   // the part ends here, in formats that say so
}

// ToolDelta is a piece of one tool call.
type ToolDelta struct {
	At    int // where the dialect finds it in Raw
	Index int // which call of the choice
	ID    string
	Name  string
	Args  string // a piece of the JSON text of the arguments
}

// Usage counts tokens. Input includes CacheRead and CacheWrite, Output includes
// Reasoning, as in the OpenTelemetry GenAI conventions.
type Usage struct {
	Input, Output         int64
	CacheRead, CacheWrite int64
	Reasoning             int64
}

// Read fills Deltas and Usage from Raw.
func (c *Chunk) Read() {
	if c.Dialect != nil {
		c.Dialect.Read(c)
	}
}

// Head is what the chunk says of the answer, with its id and model where it names them.
func (c *Chunk) Head() AnswerHead {
	if c.Dialect == nil || len(c.Raw) == 0 {
		return AnswerHead{}
	}
	a := c.Dialect.Assemble()
	a.Add(c)
	return a.Head()
}

// Empty reports whether the chunk says nothing at all to a reader of the answer.
func (c *Chunk) Empty() bool {
	if c.Form == FormBody || c.Usage != nil {
		return false
	}
	for i := range c.Deltas {
		d := &c.Deltas[i]
		if d.Text != "" || d.Reasoning != "" || d.Refusal != "" || len(d.Tools) > 0 || d.Finish != "" {
			return false
		}
	}
	return true
}

// Clone returns a copy of c that stays valid.
func (c Chunk) Clone() Chunk {
	c.Raw = append([]byte(nil), c.Raw...)
	c.Deltas = append([]Delta(nil), c.Deltas...)
	for i := range c.Deltas {
		c.Deltas[i].Tools = append([]ToolDelta(nil), c.Deltas[i].Tools...)
	}
	return c
}
