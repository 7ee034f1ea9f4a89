package gemini

import (
	"crypto/rand"
	"strconv"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/message"
)

// ReadAnswer implements dialect.Format.
func (Dialect) ReadAnswer() message.AnswerReader {
	return &answerReader{choices: map[int64]*readingChoice{}}
}

// answerReader reads the events of one answer. A text begins with the first piece of its
// kind and ends where another part begins. A signature becomes reasoning of its own, before
// the call or behind the text that it belongs to.
type answerReader struct {
	started bool
	id      string // of the answer
	choices map[int64]*readingChoice
	out     []message.Event
}

// readingChoice is what is known of one candidate.
type readingChoice struct {
	index  int
	parts  int // so far
	calls  int
	cited  citedText
	open   bool // a text or a thought is open: part parts-1
	openOf message.Kind
}

// Read implements message.AnswerReader.
func (r *answerReader) Read(c *gateway.Chunk) ([]message.Event, error) {
	r.out = nil
	root := gjson.ParseBytes(c.Raw)
	if !root.IsObject() {
		return nil, nil
	}
	f := fieldsOf(root)
	if !r.started {
		r.started = true
		r.id = f.text("responseId")
		r.emit(message.Event{Kind: message.EventStart, ID: r.id, Model: f.text("modelVersion")})
	}
	for i, v := range elements(f["candidates"]) {
		r.candidate(fieldsOf(v), int64(i))
	}
	if blocked(f) {
		r.refused("The provider refused the prompt: " + text(f["promptFeedback"].Get("blockReason")) + ".")
	}
	if c.Usage != nil {
		u := *c.Usage
		r.emit(message.Event{Kind: message.EventUsage, Usage: &u})
	}
	return r.out, nil
}

func (r *answerReader) emit(e message.Event) { r.out = append(r.out, e) }

func (r *answerReader) choice(index int64) *readingChoice {
	c := r.choices[index]
	if c == nil { // the Decoder bounds their number
		c = &readingChoice{index: int(index)}
		r.choices[index] = c
	}
	return c
}

func (r *answerReader) candidate(f fields, position int64) {
	if index := f["index"]; index.Type == gjson.Number {
		position = index.Int()
	}
	c := r.choice(position)
	for _, v := range elements(f["content"].Get("parts")) {
		r.part(c, fieldsOf(v))
	}
	if tokens := readLogprobs(f["logprobsResult"]); len(tokens) > 0 {
		r.emit(message.Event{Kind: message.EventLogprobs, Choice: c.index, Tokens: tokens})
	}
	for _, source := range readGrounding(f["groundingMetadata"], &c.cited) {
		r.emit(message.Event{Kind: message.EventCitation, Choice: c.index, Source: &source})
	}
	if finish := f.text("finishReason"); finish != "" && finish != "FINISH_REASON_UNSPECIFIED" {
		r.close(c)
		r.emit(message.Event{Kind: message.EventFinish, Choice: c.index, Finish: finishOf(finish, c.calls > 0)})
	}
}

func (r *answerReader) part(c *readingChoice, f fields) {
	signature := f.text("thoughtSignature")
	switch {
	case f["functionCall"].IsObject():
		r.sign(c, signature)
		r.call(c, fieldsOf(f["functionCall"]))
		return
	case f["thought"].Type == gjson.True:
		r.piece(c, message.KindReasoning, f.text("text"))
	default:
		r.piece(c, message.KindText, shownText(f))
	}
	r.sign(c, signature)
}

// shownText is what a part looks like in formats that have no such part: code and its
// output, and media, in Markdown.
func shownText(f fields) string {
	switch code, result, inline := fieldsOf(f["executableCode"]), fieldsOf(f["codeExecutionResult"]), fieldsOf(f["inlineData"]); {
	case code.text("code") != "":
		return "\n```python\n" + code.text("code") + "\n```\n"
	case result.text("output") != "":
		return "\n```\n" + result.text("output") + "\n```\n"
	case inline.text("data") != "":
		return "\n![](data:" + inline.text("mimeType") + ";base64," + inline.text("data") + ")\n"
	}
	return f.text("text")
}

// piece adds to the open text, or begins another one.
func (r *answerReader) piece(c *readingChoice, of message.Kind, s string) {
	if s == "" {
		return
	}
	if !c.open || c.openOf != of {
		r.begin(c, message.Event{Of: of})
		c.open, c.openOf = true, of
	}
	if of == message.KindText {
		c.cited.add(s)
	}
	r.emit(message.Event{Kind: message.EventDelta, Choice: c.index, Part: c.parts - 1, Of: of, Text: s})
}

// sign emits a signature as encrypted reasoning.
func (r *answerReader) sign(c *readingChoice, signature string) {
	if signature != "" {
		r.begin(c, message.Event{Of: message.KindReasoning, Sign: message.Signature{Encrypted: message.Stamp(message.StampGoogle, signature)}})
		r.end(c, message.KindReasoning)
	}
}

func (r *answerReader) call(c *readingChoice, f fields) {
	id := f.text("id")
	if id == "" { // older models give none, and the caller's result must name one
		id = "call_" + r.id + "_" + strconv.Itoa(c.calls)
		if r.id == "" {
			id = "call_" + rand.Text()
		}
	}
	c.calls++
	r.begin(c, message.Event{Of: message.KindToolCall, Call: message.Call{ID: id, Name: f.text("name")}})
	args := string(f.object("args"))
	if args == "" {
		args = "{}"
	}
	r.emit(message.Event{Kind: message.EventDelta, Choice: c.index, Part: c.parts - 1, Of: message.KindToolCall, Text: args})
	r.end(c, message.KindToolCall)
}

// begin closes what is open and begins the next part.
func (r *answerReader) begin(c *readingChoice, e message.Event) {
	r.close(c)
	e.Kind, e.Choice, e.Part = message.EventPartStart, c.index, c.parts
	c.parts++
	r.emit(e)
}

func (r *answerReader) end(c *readingChoice, of message.Kind) {
	r.emit(message.Event{Kind: message.EventPartEnd, Choice: c.index, Part: c.parts - 1, Of: of})
}

func (r *answerReader) close(c *readingChoice) {
	if c.open {
		r.end(c, c.openOf)
		c.open = false
	}
}

// refused is the answer to a prompt that was refused.
func (r *answerReader) refused(why string) {
	c := r.choice(0)
	r.begin(c, message.Event{Of: message.KindRefusal})
	r.emit(message.Event{Kind: message.EventDelta, Part: c.parts - 1, Of: message.KindRefusal, Text: why})
	r.end(c, message.KindRefusal)
	r.emit(message.Event{Kind: message.EventFinish, Finish: "content_filter"})
}
