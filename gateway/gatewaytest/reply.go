package gatewaytest

import (
	"net/http"
	"slices"
	"strings"
	"time"
)

// Reply is the answer of [Upstream] for one model. The zero value echoes the last user
// message word by word and ends normally.
type Reply struct {
	Text      string   // "" echoes the last user message
	Pieces    []string // how a stream cuts the text; nil: after each space
	Reasoning string
	Signature string // Anthropic's, of the reasoning; "" = "c2ln"
	Tools     []Tool
	Finish    string // OpenAI's word; "" = "stop", or "tool_calls" beside Tools
	Input     int64  // tokens; 0 = 9
	Output    int64  // 0 = 3
	Cached    int64  // tokens of Input read from the vendor's cache
	Model     string // echoed; "" = as asked
	PieceSize int    // characters in each piece of a stream, in place of Pieces and Args; 0 = as those say

	// Status other than 0 answers with Header and Body unchanged.
	Status int
	Header http.Header
	Body   string

	// Handle answers a call by itself: nothing else of the reply counts.
	Handle func(w http.ResponseWriter, r *http.Request, body []byte)

	Fault Fault
}

// Tool is one tool call in an answer.
type Tool struct {
	ID, Name string
	Args     []string // pieces of the JSON text; a unary answer joins them
}

// Fault is a fault of an answer. Faults can be combined.
type Fault struct {
	BeforeHeaders time.Duration
	BeforeFirst   time.Duration // after the headers
	Between       time.Duration // between the events of a stream

	FailFirst int // answer 500 to the first n calls of each key and model

	Stall      bool // nothing comes any more after StallAfter events
	StallAfter int

	Cut      bool // the connection breaks after CutAfter events
	CutAfter int
	Reset    bool // … with a TCP reset

	NoFinish bool // no finish reason
	NoDone   bool // no [DONE], no message_stop

	EmptyFirst bool // the first event has no choices
	ErrorAfter int  // an error event after that many events, and then the end; 0 = none
	Malformed  int  // the event with that number, from 1, is broken JSON; 0 = none

	CRLF      bool
	MultiLine bool // data of an event over two lines
	Comments  bool // comment lines between events, a BOM before the first
	LongLine  int  // the first piece of text has that many bytes
	Gzip      bool

	Usage UsageFault
}

// UsageFault is an anomaly in the token counts of a stream.
type UsageFault uint8

// The oddities.
const (
	UsageAsAsked UsageFault = iota
	UsageAbsent
	UsageEarly // on every event from the first
	UsageTwice
)

func (r *Reply) finish() string {
	switch {
	case r.Finish != "":
		return r.Finish
	case len(r.Tools) > 0:
		return "tool_calls"
	}
	return "stop"
}

func (r *Reply) input() int64 {
	if r.Input == 0 {
		return 9
	}
	return r.Input
}

func (r *Reply) output() int64 {
	if r.Output == 0 {
		return 3
	}
	return r.Output
}

func (r *Reply) signature() string {
	if r.Signature == "" {
		return "c2ln"
	}
	return r.Signature
}

// reasoningPieces splits the reasoning into the parts of a stream.
func (r *Reply) reasoningPieces() []string { return r.recut([]string{r.Reasoning}) }

func (r *Reply) argPieces(t Tool) []string { return r.recut(t.Args) }

// recut splits texts into pieces of PieceSize.
func (r *Reply) recut(pieces []string) []string {
	if r.PieceSize <= 0 {
		return pieces
	}
	var out []string
	for chunk := range slices.Chunk([]rune(strings.Join(pieces, "")), r.PieceSize) {
		out = append(out, string(chunk))
	}
	return out
}

// pieces splits the text as scripted, else after each space.
func (r *Reply) pieces() []string {
	if r.PieceSize > 0 {
		return r.recut([]string{r.Text})
	}
	if r.Pieces != nil {
		return r.Pieces
	}
	var out []string
	start := 0
	for i := 0; i < len(r.Text); i++ {
		if r.Text[i] == ' ' {
			out = append(out, r.Text[start:i+1])
			start = i + 1
		}
	}
	if start < len(r.Text) {
		out = append(out, r.Text[start:])
	}
	return out
}
