package anthropic

import (
	"bytes"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// Assemble implements gateway.AnswerFormat. The body is made of the raw events, so that it
// keeps signatures, citations and blocks that only this format knows.
func (Dialect) Assemble() gateway.Assembler { return &assembler{} }

// assembler folds the events of one answer.
type assembler struct {
	head    gateway.AnswerHead
	message []byte // of message_start, later of message_delta too; nil until one came
	blocks  []*block
}

// maxBlocks bounds what an endless answer can make us keep.
const maxBlocks = 1 << 14

// block is one content block that comes in pieces.
type block struct {
	index     int
	start     []byte
	text      []byte       // of a text, of thinking, or of a tool's input in JSON
	field     string       // member that text belongs to, "" while nothing was added
	signature []byte       // in JSON
	summary   gjson.Result // of a compaction: the piece that has its final members
	citations [][]byte
}

func (a *assembler) Head() gateway.AnswerHead { return a.head }

func (a *assembler) Add(c *gateway.Chunk) {
	root := gjson.ParseBytes(c.Raw)
	if c.Form == gateway.FormBody {
		a.begin(root)
		return
	}
	index := int(root.Get("index").Int())
	switch kindOf(root) {
	case "message_start":
		a.begin(root.Get("message"))
	case "content_block_start":
		if b := root.Get("content_block"); b.IsObject() && len(a.blocks) < maxBlocks {
			a.blocks = append(a.blocks, &block{index: index, start: []byte(b.Raw)})
			a.handOver(b)
		}
	case "content_block_delta":
		if b := a.block(index); b != nil {
			b.add(root.Get("delta"))
		}
	case "message_delta":
		a.finish(root)
	}
}

func (a *assembler) begin(message gjson.Result) {
	if !message.IsObject() {
		return
	}
	a.message = []byte(message.Raw)
	a.head = headOf(message)
}

// handOver notes that another model goes on with the answer.
func (a *assembler) handOver(b gjson.Result) {
	if model := b.Get("to.model"); kindOf(b) == "fallback" && model.Type == gjson.String {
		a.ensure()
		a.message = with(a.message, "model", []byte(model.Raw))
		a.head.Model = model.Str
	}
}

// block is the block of that index that began last; nil if there is none.
func (a *assembler) block(index int) *block {
	for i := len(a.blocks) - 1; i >= 0; i-- {
		if a.blocks[i].index == index {
			return a.blocks[i]
		}
	}
	return nil
}

// finish takes in a message_delta: what it says of the message, and the usage, which
// completes that of message_start.
func (a *assembler) finish(root gjson.Result) {
	a.ensure()
	if delta := root.Get("delta"); delta.IsObject() {
		delta.ForEach(a.set)
	}
	root.ForEach(func(key, value gjson.Result) bool {
		switch key.Str {
		case "type", "delta":
			return true
		case "usage":
			a.message = with(a.message, "usage", mergeUsage(jsonx.Get(a.message, "usage"), value))
			return true
		}
		return a.set(key, value)
	})
}

// set sets a member of the message. Null says nothing where the message has one already, but
// for why it stopped.
func (a *assembler) set(key, value gjson.Result) bool {
	if value.Type != gjson.Null || strings.HasPrefix(key.Str, "stop_") || jsonx.Get(a.message, key.Str) == nil {
		a.message = with(a.message, key.Str, []byte(value.Raw))
	}
	return true
}

func (a *assembler) ensure() {
	if a.message == nil {
		a.message = newMessage("", "")
	}
}

// mergeUsage sets the members of a later report in an earlier one. Null and zero correct
// nothing; see counts.
func mergeUsage(earlier []byte, later gjson.Result) []byte {
	if len(earlier) == 0 || earlier[0] != '{' {
		earlier = []byte("{}")
	}
	if !later.IsObject() {
		return earlier
	}
	later.ForEach(func(key, value gjson.Result) bool {
		nothing := value.Type == gjson.Null || value.Type == gjson.Number && value.Num == 0
		if !nothing || jsonx.Get(earlier, key.Str) == nil {
			earlier = with(earlier, key.Str, []byte(value.Raw))
		}
		return true
	})
	return earlier
}

// Body implements gateway.Assembler.
func (a *assembler) Body(*gateway.Response) []byte {
	a.ensure()
	if len(a.blocks) == 0 && jsonx.Get(a.message, "content") != nil {
		return a.message
	}
	blocks := make([][]byte, len(a.blocks))
	for i, b := range a.blocks {
		blocks[i] = b.whole()
	}
	return with(a.message, "content", array(blocks))
}

// add takes in one piece. Kinds of pieces that are not known add nothing.
func (b *block) add(piece gjson.Result) {
	switch kindOf(piece) {
	case "text_delta":
		b.extend("text", text(piece.Get("text")))
	case "thinking_delta":
		b.extend("thinking", text(piece.Get("thinking")))
	case "input_json_delta":
		b.extend("input", text(piece.Get("partial_json")))
	case "signature_delta":
		b.signature = []byte(piece.Get("signature").Raw)
	case "compaction_delta":
		b.summary = piece
	case "citations_delta":
		if c := piece.Get("citation"); c.Exists() {
			b.citations = append(b.citations, []byte(c.Raw))
		}
	}
}

func (b *block) extend(field, piece string) {
	b.field = field
	b.text = append(b.text, piece...)
}

// whole is the block with all its pieces.
func (b *block) whole() []byte {
	out := b.start
	switch {
	case len(b.text) == 0:
	case b.field == "input":
		out = with(out, "input", inputValue(string(b.text)))
	default:
		begun := jsonx.String(jsonx.Get(out, b.field))
		out = with(out, b.field, jsonx.Quote(begun+string(b.text)))
	}
	if len(b.signature) > 0 {
		out = with(out, "signature", b.signature)
	}
	for _, name := range []string{"content", "encrypted_content"} {
		if v := b.summary.Get(name); v.Exists() {
			out = with(out, name, []byte(v.Raw))
		}
	}
	if len(b.citations) > 0 {
		var list [][]byte
		for e := range jsonx.Elements(jsonx.Get(out, "citations")) {
			list = append(list, e.Value)
		}
		out = with(out, "citations", array(append(list, b.citations...)))
	}
	return out
}

// inputValue is the input of a tool call. Where the answer was cut off in the middle of it,
// it is the text so far as a string.
func inputValue(s string) []byte {
	if v := bytes.TrimSpace([]byte(s)); jsonx.Valid(v) {
		return v
	}
	return jsonx.Quote(s)
}
