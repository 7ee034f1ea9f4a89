package codec

import (
	"bytes"
	"io"
	"net/http"
	"strings"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/task"
	"github.com/sluicegate/sluice/gateway/dialect/vendorerror"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// taskDecoder reads one answer of such an operation.
type taskDecoder struct {
	vendor    string
	dialect   task.Dialect
	hideUsage bool
	text      bool           // the answer is plain text: a transcription
	spoken    *gateway.Usage // of speech, by its text
	streamed  bool           // the caller asked for events
	// audio reads an answer to speech that is JSON; nil for vendors that answer with the audio only.
	audio func(body []byte) (mp3 []byte, err error)

	pieces *Pieces // of an answer that is no text; nil for others
	ended  bool
}

func newTaskDecoder(vendor string, req *gateway.Request) *taskDecoder {
	d := &taskDecoder{vendor: vendor, dialect: task.Dialect{Op: req.Op}, hideUsage: req.Op == gateway.OpCompletions && !req.WantsUsage(), streamed: req.Stream()}
	switch req.Op {
	case gateway.OpSpeech:
		d.spoken = task.Spoken(req)
	case gateway.OpTranscription, gateway.OpAudioTranslation:
		switch jsonx.String(req.Field("response_format")) {
		case "text", "srt", "vtt":
			d.text = true
		}
	}
	return d
}

// Frames implements FrameDivider: speech is read in pieces, unless it is a stream of events.
func (d *taskDecoder) Frames(res *http.Response, body io.Reader, maxAnswer int64, _ int) FrameReader {
	kind := res.Header.Get("Content-Type")
	if d.spoken == nil || d.streamed || strings.Contains(kind, "json") || strings.HasPrefix(kind, "text/") {
		return nil
	}
	d.pieces = NewPieces(body, kind, maxAnswer)
	return d.pieces
}

// Feed implements Decoder.
func (d *taskDecoder) Feed(frame Frame) ([]gateway.Chunk, error) {
	const op = "codec.taskDecoder.Feed"
	if d.pieces != nil {
		c := gateway.Chunk{Raw: frame.Data, Form: gateway.FormBytes, Dialect: d.dialect, ContentType: d.pieces.ContentType, Early: d.spoken}
		d.spoken = nil
		return []gateway.Chunk{c}, nil
	}
	if vendorerror.IsEndMark(frame.Data) {
		d.ended = true
		return nil, io.EOF
	}
	data, err := vendorerror.Event(op, frame.Data)
	if len(data) == 0 {
		return nil, err
	}
	c := gateway.Chunk{Raw: data, Dialect: d.dialect, Early: d.spoken}
	d.spoken = nil
	c.Read()
	if len(c.Deltas) == 0 || string(frame.Name) == "error" {
		if err := vendorerror.FromEvent(op, data, d.vendor); err != nil {
			return nil, err
		}
	}
	kind := jsonx.String(jsonx.Get(data, "type"))
	d.ended = d.ended || strings.HasSuffix(kind, ".done") || strings.HasSuffix(kind, ".completed")
	for i := range c.Deltas {
		d.ended = d.ended || d.dialect.Op == gateway.OpCompletions && c.Deltas[i].Finish != ""
	}
	if d.hideUsage && c.Usage != nil {
		if len(c.Deltas) == 0 {
			c.Raw = nil
		} else {
			c.Raw = jsonx.Delete(c.Raw, "usage")
		}
	}
	return []gateway.Chunk{c}, nil
}

// End implements Decoder.
func (d *taskDecoder) End() ([]gateway.Chunk, error) {
	if d.ended || d.pieces != nil && d.pieces.Whole {
		return nil, nil
	}
	return nil, vendorerror.Broken("codec.taskDecoder.End", "The provider's answer broke off.", nil)
}

// Body implements Decoder.
func (d *taskDecoder) Body(body []byte) (gateway.Chunk, error) {
	const op = "codec.taskDecoder.Body"
	if d.audio != nil {
		mp3, err := d.audio(body)
		return gateway.Chunk{Raw: mp3, Form: gateway.FormBytes, Dialect: d.dialect, ContentType: "audio/mpeg", Early: d.spoken}, err
	}
	trimmed := bytes.TrimSpace(body)
	if d.text && (len(trimmed) == 0 || trimmed[0] != '{' || !jsonx.Valid(trimmed)) {
		var o jsonx.Object
		o.Text("text", strings.ToValidUTF8(string(body), "\uFFFD"))
		trimmed = o.JSON()
	}
	trimmed, err := vendorerror.Body(op, trimmed)
	if err != nil {
		return gateway.Chunk{}, err
	}
	c := gateway.Chunk{Raw: trimmed, Form: gateway.FormBody, Dialect: d.dialect, Early: d.spoken}
	c.Read()
	field := answerField[d.dialect.Op]
	if field == "" || jsonx.Get(trimmed, field) != nil || field == "results" && jsonx.Get(trimmed, "data") != nil { // Voyage's rerank
		return c, nil
	}
	if err := vendorerror.FromBody(op, trimmed, d.vendor); err != nil {
		return gateway.Chunk{}, err
	}
	return gateway.Chunk{}, vendorerror.Broken(op, "The provider's answer has no '"+field+"'.", nil)
}

// answerField is the member that an answer to an operation must have.
var answerField = map[gateway.Op]string{
	gateway.OpCompletions: "choices", gateway.OpRerank: "results", gateway.OpModeration: "results",
	gateway.OpImage: "data", gateway.OpImageEdit: "data", gateway.OpImageVariation: "data",
	gateway.OpTranscription: "text", gateway.OpAudioTranslation: "text",
}
