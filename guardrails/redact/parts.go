package redact

import (
	"slices"
	"strings"

	"github.com/sluicegate/sluice/guardrails/pii"
)

// PartList reports whether path leads to a text part of a message, such as
// "messages[0].content[2].text", and returns the path of the list that holds the part. A
// value may be split over the parts of one list.
func PartList(path string) (list string, ok bool) {
	element, ok := strings.CutSuffix(path, "].text")
	i := strings.LastIndexByte(element, '[')
	if !ok || i < 0 {
		return "", false
	}
	return element[:i], true
}

// splitValue is what one part holds of a value that is split over several.
type splitValue struct {
	pii.Span
	value string // the whole value, in the part that it begins in; "" in the others
}

// maxOpenEnd is the length of the longest split value that runs to the end of the last part.
// A private key without its end line would take all parts with it.
const maxOpenEnd = 512

// splitValues finds the values that are split over the text parts of one message, by the leaf
// that holds a piece.
func splitValues(leaves []leaf, find finder) map[int][]splitValue {
	lists := map[string][]int{}
	for i, l := range leaves {
		if l.list != "" {
			lists[l.list] = append(lists[l.list], i)
		}
	}
	if len(lists) == 0 {
		return nil
	}
	out := map[int][]splitValue{}
	for _, parts := range lists {
		if len(parts) > 1 {
			addSplit(out, leaves, parts, find)
		}
	}
	return out
}

func addSplit(out map[int][]splitValue, leaves []leaf, parts []int, find finder) {
	var b strings.Builder
	begins := make([]int, 0, len(parts)) // offsets of the parts in the joined text
	for _, i := range parts {
		begins = append(begins, b.Len())
		b.WriteString(leaves[i].value)
	}
	joined := b.String()
	for _, sp := range find("", joined) {
		if sp.End == len(joined) && sp.End-sp.Start > maxOpenEnd {
			continue
		}
		var pieces []int
		for k, i := range parts {
			if begin := begins[k]; sp.Start < begin+len(leaves[i].value) && sp.End > begin {
				pieces = append(pieces, k)
			}
		}
		if len(pieces) < 2 || endsComplete(leaves[parts[pieces[0]]].value, find) {
			continue
		}
		for n, k := range pieces {
			i, begin := parts[k], begins[k]
			piece := splitValue{Span: pii.Span{Entity: sp.Entity, Start: max(sp.Start-begin, 0), End: min(sp.End-begin, len(leaves[i].value)), Score: sp.Score}}
			if n == 0 {
				piece.value = joined[sp.Start:sp.End]
			}
			out[i] = append(out[i], piece)
		}
	}
}

// endsComplete reports whether a part ends with a value that is complete in it. What the next
// part begins with is then no piece of it: "ada@example.com" before "line two" is not
// "ada@example.comline".
func endsComplete(text string, find finder) bool {
	return slices.ContainsFunc(find("", text), func(sp pii.Span) bool { return sp.End == len(text) })
}

// hideSplit replaces the pieces of split values in a part, and the values that lie between
// them. The placeholder stands where the value begins.
func (r *Redaction) hideSplit(text string, pieces []splitValue, find finder) string {
	spans := make([]pii.Span, len(pieces))
	whole := map[int]splitValue{}
	for i, p := range pieces {
		spans[i], whole[p.Start] = p.Span, p
	}
	return replace(text, merge(spans, find("", text)), func(sp pii.Span) string {
		p, split := whole[sp.Start]
		switch {
		case !split:
			return r.vault.hide(sp.Entity, text[sp.Start:sp.End])
		case p.value == "":
			return ""
		}
		return r.vault.hide(sp.Entity, p.value)
	})
}
