package gemini

import (
	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// Assemble implements gateway.AnswerFormat. The body is made of the raw events, so that it
// keeps signatures, grounding and parts that only this format knows.
func (Dialect) Assemble() gateway.Assembler { return &assembler{} }

// assembler folds the events of one answer.
type assembler struct {
	head       gateway.AnswerHead
	answer     []byte // the members beside the candidates; nil until an event came
	candidates []*assembled
}

// The bounds of what an endless answer can make us keep.
const (
	maxParts      = 1 << 14 // of one candidate
	maxCandidates = 1 << 10
)

// assembled is one candidate.
type assembled struct {
	index int64
	raw   []byte // without its parts
	parts []*assembledPart
}

// assembledPart is a part, or a text that comes in pieces.
type assembledPart struct {
	raw   []byte // as it began
	text  []byte // what was added to its text
	plain bool   // it has a text and may be added to
	kind  string // thought or not
}

func (a *assembler) Head() gateway.AnswerHead { return a.head }

func (a *assembler) Add(c *gateway.Chunk) {
	root := gjson.ParseBytes(c.Raw)
	if !root.IsObject() {
		return
	}
	if a.head.Model == "" && c.Head != nil {
		a.head = *c.Head
	}
	if a.answer == nil {
		a.answer = []byte("{}")
	}
	root.ForEach(func(key, v gjson.Result) bool {
		if key.Str != "candidates" {
			a.answer = with(a.answer, key.Str, v)
			return true
		}
		for i, v := range elements(v) {
			a.candidate(v, int64(i))
		}
		return true
	})
}

func (a *assembler) candidate(v gjson.Result, position int64) {
	if !v.IsObject() {
		return
	}
	if i := v.Get("index"); i.Type == gjson.Number {
		position = i.Int()
	}
	c := a.find(position)
	if c == nil {
		return
	}
	v.ForEach(func(key, v gjson.Result) bool {
		switch key.Str {
		case "content":
			c.content(v)
		case "citationMetadata", "logprobsResult": // of what this event adds
			c.raw = jsonx.Update(c.raw, jsonx.Change{Name: key.Str, Value: joined(jsonx.Get(c.raw, key.Str), v)})
		default:
			c.raw = with(c.raw, key.Str, v)
		}
		return true
	})
}

func (a *assembler) find(index int64) *assembled {
	for _, c := range a.candidates {
		if c.index == index {
			return c
		}
	}
	if len(a.candidates) == maxCandidates {
		return nil
	}
	c := &assembled{index: index, raw: []byte("{}")}
	a.candidates = append(a.candidates, c)
	return c
}

func (c *assembled) content(v gjson.Result) {
	if !v.IsObject() {
		return
	}
	rest := jsonx.Get(c.raw, "content")
	if rest == nil {
		rest = []byte("{}")
	}
	v.ForEach(func(key, v gjson.Result) bool {
		if key.Str != "parts" {
			rest = with(rest, key.Str, v)
			return true
		}
		for _, p := range elements(v) {
			c.add(p)
		}
		return true
	})
	c.raw = jsonx.Update(c.raw, jsonx.Change{Name: "content", Value: rest})
}

// add adds a part, or the next piece of the text before it. The signature of a piece is that
// of the whole text, and ends it.
func (c *assembled) add(v gjson.Result) {
	if len(c.parts) == maxParts {
		return
	}
	p := &assembledPart{raw: []byte(v.Raw)}
	signed := false
	piece := ""
	p.plain = v.IsObject()
	v.ForEach(func(key, v gjson.Result) bool {
		switch {
		case key.Str == "text" && v.Type == gjson.String:
			piece = v.Str
		case key.Str == "thought":
			p.kind = v.Raw
		case key.Str == "thoughtSignature":
			signed = true
		default:
			p.plain = false
		}
		return true
	})
	p.plain = p.plain && v.Get("text").Type == gjson.String
	last := c.last()
	if last == nil || !last.plain || !p.plain || last.kind != p.kind {
		p.plain = p.plain && !signed
		c.parts = append(c.parts, p)
		return
	}
	last.text = append(last.text, piece...)
	if signed {
		last.raw = with(last.raw, "thoughtSignature", v.Get("thoughtSignature"))
		last.plain = false
	}
}

func (c *assembled) last() *assembledPart {
	if len(c.parts) == 0 {
		return nil
	}
	return c.parts[len(c.parts)-1]
}

// joined is an object whose lists are those of both.
func joined(earlier []byte, later gjson.Result) []byte {
	if len(earlier) == 0 || earlier[0] != '{' || !later.IsObject() {
		return []byte(later.Raw)
	}
	later.ForEach(func(key, v gjson.Result) bool {
		if before := jsonx.Get(earlier, key.Str); v.IsArray() && before != nil {
			earlier = jsonx.Update(earlier, jsonx.Change{Name: key.Str, Value: concatenated(before, []byte(v.Raw))})
		} else {
			earlier = with(earlier, key.Str, v)
		}
		return true
	})
	return earlier
}

// with returns an object with one member set.
func with(object []byte, name string, v gjson.Result) []byte {
	return jsonx.Update(object, jsonx.Change{Name: name, Value: []byte(v.Raw)})
}

// Body implements gateway.Assembler. The candidates come first, as at Google.
func (a *assembler) Body(*gateway.Response) []byte {
	if len(a.candidates) == 0 {
		return a.answer
	}
	list := make([][]byte, len(a.candidates))
	for i, c := range a.candidates {
		list[i] = c.whole()
	}
	out := jsonx.Update([]byte("{}"), jsonx.Change{Name: "candidates", Value: array(list)})
	gjson.ParseBytes(a.answer).ForEach(func(key, v gjson.Result) bool {
		out = with(out, key.Str, v)
		return true
	})
	return out
}

func (c *assembled) whole() []byte {
	if len(c.parts) == 0 {
		return c.raw
	}
	parts := make([][]byte, len(c.parts))
	for i, p := range c.parts {
		parts[i] = p.whole()
	}
	inner := jsonx.Get(c.raw, "content")
	body := jsonx.Update([]byte("{}"), jsonx.Change{Name: "parts", Value: array(parts)})
	gjson.ParseBytes(inner).ForEach(func(key, v gjson.Result) bool {
		body = with(body, key.Str, v)
		return true
	})
	return jsonx.Update(c.raw, jsonx.Change{Name: "content", Value: body})
}

func (p *assembledPart) whole() []byte {
	if len(p.text) == 0 {
		return p.raw
	}
	begun := jsonx.String(jsonx.Get(p.raw, "text"))
	return jsonx.Update(p.raw, jsonx.Change{Name: "text", Value: jsonx.Quote(begun + string(p.text))})
}
