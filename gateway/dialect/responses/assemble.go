package responses

import (
	"maps"
	"slices"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// Assemble implements gateway.AnswerFormat. The body is made of the raw items, so that it keeps
// annotations, encrypted reasoning and items that only this format knows.
func (Dialect) Assemble() gateway.Assembler {
	return &assembler{items: map[int][]byte{}, open: map[int]map[place]*strings.Builder{}}
}

// assembler folds the events of one answer.
type assembler struct {
	head     gateway.AnswerHead
	response []byte         // of the last event about the whole; its output only if nothing else is known
	items    map[int][]byte // that are complete, or as they were opened
	open     map[int]map[place]*strings.Builder
	kept     int // bytes of items
}

// What an endless answer can make us keep: items, and their bytes.
const (
	maxItems = 1 << 12
	maxKept  = 64 << 20
)

func (a *assembler) Head() gateway.AnswerHead { return a.head }

func (a *assembler) Add(c *gateway.Chunk) {
	root := gjson.ParseBytes(c.Raw)
	if c.Form == gateway.FormBody {
		a.about(root)
		return
	}
	output := int(root.Get("output_index").Int())
	switch kind := text(root.Get("type")); kind {
	case "response.created", "response.in_progress", "response.queued", "response.completed", "response.incomplete":
		a.about(root.Get("response"))
	case "response.output_item.added":
		a.keep(output, root.Get("item"))
		a.open[output] = map[place]*strings.Builder{}
	case "response.output_item.done":
		a.keep(output, root.Get("item"))
		delete(a.open, output)
	default:
		name, isPiece := strings.CutSuffix(kind, ".delta")
		if piece, known := pieceEvents[name]; isPiece && known {
			a.piece(placeOf(root, piece.section), text(root.Get("delta")))
		}
	}
}

// about takes in the response as an event shows it.
func (a *assembler) about(response gjson.Result) {
	if !response.IsObject() {
		return
	}
	a.response = []byte(response.Raw)
	a.head = *headOf(response)
}

func (a *assembler) keep(output int, item gjson.Result) {
	known, replaces := a.items[output]
	if !item.IsObject() || !replaces && len(a.items) >= maxItems || a.kept+len(item.Raw)-len(known) > maxKept {
		return
	}
	a.kept += len(item.Raw) - len(known)
	a.items[output] = []byte(item.Raw)
}

func (a *assembler) piece(at place, piece string) {
	parts := a.open[at.output]
	if parts == nil || len(parts) >= maxItems {
		return
	}
	b := parts[at]
	if b == nil {
		b = &strings.Builder{}
		parts[at] = b
	}
	b.WriteString(piece)
}

// Body implements gateway.Assembler. The items make up the output, unless the last event alone
// knows them. An item that was not closed has what was said of it so far.
func (a *assembler) Body(r *gateway.Response) []byte {
	if a.response == nil {
		a.response = newResponse(nil, "", "", 0)
	}
	told := gjson.GetBytes(a.response, "output.#").Int()
	if len(a.items) == 0 || int(told) >= len(a.items) && len(a.open) == 0 && (r == nil || !r.Truncated) {
		return a.response
	}
	list := []byte{'['}
	for _, output := range slices.Sorted(maps.Keys(a.items)) {
		item := a.items[output]
		if parts := a.open[output]; len(parts) > 0 {
			item = partial(item, parts)
		}
		list = appendItem(list, item)
	}
	return jsonx.Update(a.response, jsonx.Change{Name: "output", Value: append(list, ']')})
}

// partial is an item with the pieces that came before the answer broke off.
func partial(item []byte, parts map[place]*strings.Builder) []byte {
	var content, summary []byte
	for _, at := range slices.SortedFunc(maps.Keys(parts), func(a, b place) int { return a.part() - b.part() }) {
		so := parts[at].String()
		switch at.section {
		case inItem:
			name := "arguments"
			if jsonx.Get(item, "input") != nil {
				name = "input"
			}
			return jsonx.Update(item, jsonx.Change{Name: name, Value: jsonx.Quote(so)})
		case inContent:
			content = appendItem(orList(content), textPart(so, nil))
		case inSummary:
			summary = appendItem(orList(summary), summaryPart(so))
		}
	}
	if content != nil {
		item = jsonx.Update(item, jsonx.Change{Name: "content", Value: append(content, ']')})
	}
	if summary != nil {
		item = jsonx.Update(item, jsonx.Change{Name: "summary", Value: append(summary, ']')})
	}
	return item
}

func orList(list []byte) []byte {
	if list == nil {
		return []byte{'['}
	}
	return list
}
