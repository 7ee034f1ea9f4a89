// Package promptparts lists the parts of a request that a vendor's prompt cache compares. The
// dialects share it: they say where tools, system texts and messages stand, and it finds the
// parts in them.
//
// A text counts by its string alone. Whether it is written as a string or as a list of one text
// block is the same to every vendor, and clients change between the two when they set a cache
// point. Any other block counts as it is written, without its cache points.
package promptparts

import (
	"bytes"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// The members that set a cache point: in Anthropic's format, and in OpenAI's as other gateways
// extend it; and in OpenAI's own.
const (
	cacheControl    = "cache_control"
	cacheBreakpoint = "prompt_cache_breakpoint"
)

// cachePointPart stands in the name of each member that sets a cache point.
const cachePointPart = "cache_"

func isCachePoint(name string) bool { return name == cacheControl || name == cacheBreakpoint }

// Builder collects the parts of one body, in the order in which they are added. All offsets
// are those of the body.
type Builder struct {
	raw      []byte
	points   bool // raw may hold cache points
	prompt   gateway.Prompt
	messages int
	tooMany  bool // the parts of a hostile body are not listed
}

// New returns a builder for a body.
func New(raw []byte) *Builder {
	return &Builder{raw: raw, points: bytes.Contains(raw, []byte(cachePointPart))}
}

// Bounds of a body whose parts are listed. The longest sessions of agents have some thousand parts,
// and blocks nest three levels deep.
const (
	maxParts = 1 << 16
	maxDepth = 4
)

// Prompt returns what was collected. Without a message, all parts stand before the first one. It
// is empty if there are more parts than any conversation has.
func (b *Builder) Prompt() gateway.Prompt {
	if b.tooMany {
		return gateway.Prompt{}
	}
	switch b.messages {
	case 0:
		b.prompt.Head = len(b.prompt.Parts)
		b.prompt.First = b.prompt.Head
	case 1:
		b.prompt.First = len(b.prompt.Parts)
	}
	return b.prompt
}

// Value adds a value as it is written.
func (b *Builder) Value(at gateway.Span) { b.add(at, nil) }

// BeginMessage says that the parts that follow are those of another message.
func (b *Builder) BeginMessage() {
	switch b.messages++; b.messages {
	case 1:
		b.prompt.Head = len(b.prompt.Parts)
	case 2:
		b.prompt.First = len(b.prompt.Parts)
	}
}

// Message adds a message: its role, its content, and its other members as they are written.
// content names the member with the content. System messages in front of all others belong to
// the head of the prompt.
func (b *Builder) Message(at gateway.Span, content string) {
	var role, body gateway.Span
	var others []gateway.Span
	for m := range jsonx.Members(b.raw[at.Start:at.End]) {
		value := gateway.Span{Start: at.Start + m.Start, End: at.Start + m.End}
		switch {
		case m.Key == "role":
			role = value
		case m.Key == content:
			body = value
		case isCachePoint(m.Key):
		default:
			others = append(others, gateway.Span{Start: at.Start + m.KeyStart, End: value.End})
		}
	}
	if b.messages > 0 || !instructs[string(b.raw[role.Start:role.End])] {
		b.BeginMessage()
	}
	if role.End > 0 {
		b.Value(role)
	}
	if body.End > 0 {
		b.Content(body)
	}
	for _, o := range others {
		b.Value(o)
	}
}

// instructs holds the roles of messages that instruct the model.
var instructs = map[string]bool{`"system"`: true, `"developer"`: true}

// Item adds what stands among the messages and is none, such as the output of a tool.
func (b *Builder) Item(at gateway.Span) {
	if b.messages > 0 {
		b.BeginMessage()
	}
	b.add(at, b.holes(nil, at, "output", maxDepth))
}

// Content adds a string, or the blocks of a list.
func (b *Builder) Content(at gateway.Span) {
	if b.raw[at.Start] != '[' {
		b.Value(at)
		return
	}
	for e := range jsonx.Elements(b.raw[at.Start:at.End]) {
		b.Block(gateway.Span{Start: at.Start + e.Start, End: at.Start + e.End})
	}
}

// Block adds one block of a content: of a text block its text.
func (b *Builder) Block(at gateway.Span) {
	if text, ok := plainText(b.raw, at); ok {
		b.Value(text)
		return
	}
	b.add(at, b.holes(nil, at, "content", maxDepth))
}

// Tool adds the definition of a tool. inner names the member that may hold its cache point
// instead, "" for none.
func (b *Builder) Tool(at gateway.Span, inner string) { b.add(at, b.holes(nil, at, inner, maxDepth)) }

func (b *Builder) add(at gateway.Span, holes []gateway.Span) {
	if b.tooMany = b.tooMany || len(b.prompt.Parts) == maxParts; b.tooMany {
		return
	}
	b.prompt.Parts = append(b.prompt.Parts, gateway.PromptPart{At: at, Holes: holes})
}

// plainText returns the string of a block that holds nothing but a text.
func plainText(raw []byte, at gateway.Span) (text gateway.Span, ok bool) {
	for m := range jsonx.Members(raw[at.Start:at.End]) {
		switch {
		case m.Key == "type", isCachePoint(m.Key):
		case m.Key == "text":
			if m.Value[0] != '"' {
				return gateway.Span{}, false
			}
			text = gateway.Span{Start: at.Start + m.Start, End: at.Start + m.End}
		default:
			return gateway.Span{}, false
		}
	}
	return text, text.End > 0
}

// holes appends the cache points of an object, and of the object or the objects of the list
// that its member inner holds, down to a depth.
func (b *Builder) holes(out []gateway.Span, at gateway.Span, inner string, depth int) []gateway.Span {
	if !b.points || depth == 0 {
		return out
	}
	object := b.raw[at.Start:at.End]
	before, cutNext := -1, -1 // end of the member before; start of a hole that takes the comma behind it
	for m := range jsonx.Members(object) {
		if cutNext >= 0 {
			out = append(out, gateway.Span{Start: cutNext, End: at.Start + m.KeyStart})
			cutNext = -1
		}
		switch {
		case isCachePoint(m.Key) && before >= 0:
			out = append(out, gateway.Span{Start: before, End: at.Start + m.End})
		case isCachePoint(m.Key):
			cutNext = at.Start + m.KeyStart
			continue
		case m.Key == inner && m.Value[0] == '{':
			out = b.holes(out, gateway.Span{Start: at.Start + m.Start, End: at.Start + m.End}, inner, depth-1)
		case m.Key == inner && m.Value[0] == '[':
			for e := range jsonx.Elements(m.Value) {
				out = b.holes(out, gateway.Span{Start: at.Start + m.Start + e.Start, End: at.Start + m.Start + e.End}, inner, depth-1)
			}
		}
		before = at.Start + m.End
	}
	return out
}
