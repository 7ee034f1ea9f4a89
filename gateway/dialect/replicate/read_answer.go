package replicate

import (
	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/message"
)

// ReadAnswer implements dialect.TargetFormat.
func (Dialect) ReadAnswer() message.AnswerReader { return &answerReader{} }

// answerReader reads the pieces of one answer, or a whole prediction.
type answerReader struct {
	message.Sequence
	begun bool
}

// Read implements message.AnswerReader.
func (r *answerReader) Read(c *gateway.Chunk) ([]message.Event, error) {
	root := gjson.ParseBytes(c.Raw)
	if !r.begun {
		r.begun = true
		r.Add(message.Event{Kind: message.EventStart, ID: root.Get("id").String()})
	}
	if output := root.Get("output"); output.IsArray() {
		output.ForEach(func(_, piece gjson.Result) bool {
			r.Piece(message.KindText, piece.String())
			return true
		})
	} else {
		r.Piece(message.KindText, output.String())
	}
	if c.Form == gateway.FormBody || root.Get("metrics").Exists() {
		r.Finish("stop")
		if u := readUsage(root); u != nil {
			r.Add(message.Event{Kind: message.EventUsage, Usage: u})
		}
		r.Add(message.Event{Kind: message.EventEnd})
	}
	return r.Take(), nil
}
