package message

import (
	"encoding/json"

	"github.com/sluicegate/sluice/gateway"
)

// Event is one step of an answer. A whole answer is the same sequence as a streamed one:
//
//	EventStart, then for each part EventPartStart, EventDelta…, EventPartEnd,
//	EventFinish for each choice, EventUsage where the vendor counted, EventEnd.
//
// Texts of one choice do not overlap; tool calls may, and so may parts of several choices.
type Event struct {
	Kind   EventKind
	Choice int  // index of the answer among n
	Part   int  // index of the part in its choice
	Of     Kind // kind of the part: KindText, KindReasoning, KindRefusal or KindToolCall

	Text string // EventDelta: a piece of the text, or of a call's JSON arguments
	Call Call   // EventPartStart of a tool call: ID and Name
	Sign Signature
	// Sign.Value arrives as an EventDelta of its own; Sign.Encrypted with EventPartStart.

	Finish string         // EventFinish: OpenAI's finish reason
	Stop   string         // EventFinish: the stop sequence that was met, "" if none
	Usage  *gateway.Usage // EventUsage
	Source *Citation      // EventCitation
	Tokens []Logprob      // EventLogprobs
	Own    OwnFields      // EventOwn

	ID, Model string // EventStart
	Created   int64  // EventStart: Unix seconds, 0 = unknown
}

// EventKind is the kind of an event.
type EventKind uint8

// The kinds of events.
const (
	EventStart EventKind = iota
	EventPartStart
	EventDelta
	EventPartEnd
	EventFinish
	EventUsage
	EventEnd
	EventLogprobs // of tokens that were told; before the choice's EventFinish
	EventCitation // a source of the choice's text; before its EventFinish
	EventOwn      // fields that only clients of the target's own format know; before the choice's EventFinish
)

// OwnFields are fields of an answer that only clients of its format know.
type OwnFields struct {
	Format string          // name of the format
	Fields json.RawMessage // an object
}
