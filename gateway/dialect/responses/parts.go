package responses

import (
	"strconv"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway"
)

// section is the list of an item that holds a part.
type section uint8

const (
	inContent section = iota // of a message, or the reasoning itself
	inSummary                // of reasoning
	inItem                   // the item itself: a tool call
)

// place says where in the output a text stands.
type place struct {
	output int // index of the item
	section
	index int // of the part in its section
}

// part is the number that stands for a place in gateway.Delta.Part.
func (p place) part() int { return p.output<<14 | int(p.section)<<12 | p.index&(1<<12-1) }

// path is the path from an item to the object that holds the text.
func (p place) path() []string {
	switch p.section {
	case inContent:
		return []string{"content", strconv.Itoa(p.index)}
	case inSummary:
		return []string{"summary", strconv.Itoa(p.index)}
	}
	return nil
}

// said is one text of an item that came whole.
type said struct {
	place
	gateway.Delta
}

// itemSays lists what an item of the output says, part by part.
func itemSays(item gjson.Result, output int) []said {
	var out []said
	add := func(p place, d gateway.Delta) {
		d.Part = p.part()
		out = append(out, said{p, d})
	}
	each := func(name string, s section, read func(part gjson.Result) gateway.Delta) {
		i := -1
		if list := item.Get(name); list.IsArray() {
			list.ForEach(func(_, part gjson.Result) bool {
				i++
				add(place{output, s, i}, read(part))
				return true
			})
		}
	}
	switch kind := text(item.Get("type")); kind {
	case "message":
		each("content", inContent, func(part gjson.Result) gateway.Delta {
			return gateway.Delta{Text: text(part.Get("text")), Refusal: text(part.Get("refusal"))}
		})
	case "reasoning":
		read := func(part gjson.Result) gateway.Delta { return gateway.Delta{Reasoning: text(part.Get("text"))} }
		each("summary", inSummary, read)
		each("content", inContent, read)
	case "function_call", "custom_tool_call":
		t := gateway.ToolDelta{Index: output, ID: text(item.Get("call_id")), Name: text(item.Get("name"))}
		if callOf(kind) == freeForm {
			t.Args, t.FreeForm = text(item.Get("input")), true
		} else {
			t.Args = text(item.Get("arguments"))
		}
		add(place{output, inItem, 0}, gateway.Delta{Tools: []gateway.ToolDelta{t}})
	}
	return out
}

// outputSays lists what a whole output says.
func outputSays(output gjson.Result) []said {
	var out []said
	i := -1
	if output.IsArray() {
		output.ForEach(func(_, item gjson.Result) bool {
			i++
			out = append(out, itemSays(item, i)...)
			return true
		})
	}
	return out
}

// text is a string value, "" for any other.
func text(v gjson.Result) string {
	if v.Type == gjson.String {
		return v.Str
	}
	return ""
}
