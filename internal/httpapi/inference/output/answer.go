package output

import (
	"bytes"
	"io"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/httpapi"
	"github.com/sluicegate/sluice/internal/httpapi/verdict"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// Serve runs the pipeline and writes its answer.
func (s Server) Serve(c *httpapi.Call, w Wire) error {
	if ex := c.Exchange; ex.Request != nil && ex.Request.Stream() {
		return s.Stream(c, w)
	}
	return s.Unary(c, w)
}

// Ask runs the pipeline until the answer's first chunk. The caller closes the stream.
func (s Server) Ask(c *httpapi.Call) (stream gateway.Stream, chunk gateway.Chunk, err error) {
	ex := c.Exchange
	if stream, err = s.Pipeline(c.Context(), ex); err != nil {
		return nil, gateway.Chunk{}, err
	}
	chunk, err = stream.Next() // primed: does not block
	if err == io.EOF {
		err = &gateway.Error{Op: "output.serve", Kind: gateway.BadUpstream, Public: "The provider's answer ended before it began."}
	}
	if err != nil {
		_ = stream.Close() // the failure is err
		return nil, gateway.Chunk{}, Unanswered(c, err)
	}
	ex.Facts.FirstByte, ex.Facts.Status = c.Now(), c.AnswerStatus()
	return stream, chunk, nil
}

// Unanswered is the failure of a stream of which nothing was sent. When the caller has left
// there is nobody to answer.
func Unanswered(c *httpapi.Call, err error) error {
	if c.CallerGone() {
		return httpapi.ErrCallerGone
	}
	return err
}

// Unary sends the answer as one body. The stream is pulled to its end first: only then is it
// accounted, stored and certain not to fail.
func (s Server) Unary(c *httpapi.Call, w Wire) error {
	stream, chunk, err := s.Ask(c)
	if err != nil {
		return err
	}
	defer stream.Close()
	return s.sendBody(c, stream, chunk, w)
}

// sendBody sends the answer that begins with chunk as one body.
func (s Server) sendBody(c *httpapi.Call, stream gateway.Stream, chunk gateway.Chunk, w Wire) error {
	body, err := Pull(stream, chunk)
	if err != nil {
		return Unanswered(c, err)
	}
	c.SetRoutingHeaders()
	if text, ok := plainText(c.Exchange.Request, body); ok {
		c.SendAs(c.Exchange.Facts.Status, "text/plain; charset=utf-8", text)
		return nil
	}
	if m := verdict.HookMember(c.Exchange.Facts); m != nil {
		body = addMember(body, m)
	}
	body = w.reasoningView(c).apply(body)
	switch {
	case w.openRouter(c):
		body = openRouterBody(c.Exchange, body)
	case w.costs(c):
		body = openRouterCost(c.Exchange, body, gjson.GetBytes(body, "usage"))
	}
	c.Send(c.Exchange.Facts.Status, body)
	return nil
}

// plainText returns the text of a transcription that was asked for as one.
func plainText(req *gateway.Request, body []byte) ([]byte, bool) {
	if req.Op != gateway.OpTranscription && req.Op != gateway.OpAudioTranslation {
		return nil, false
	}
	switch jsonx.String(req.Field("response_format")) {
	case "text", "srt", "vtt":
		return []byte(jsonx.String(jsonx.Get(body, "text"))), true
	}
	return nil, false
}

// Pull reads the stream to its end and gives the whole answer. It must not be written to.
func Pull(stream gateway.Stream, chunk gateway.Chunk) ([]byte, error) {
	if chunk.Form == gateway.FormBody {
		return chunk.Raw, Drain(stream)
	}
	var answer gateway.Response
	var err error
	for err == nil {
		if answer.Fold(chunk); answer.Truncated {
			return nil, &gateway.Error{Op: "output.pull", Kind: gateway.BadUpstream, Public: "The provider's answer is too large to be sent in one piece."}
		}
		chunk, err = stream.Next()
	}
	if err != io.EOF {
		return nil, err
	}
	return answer.Body(), nil
}

// Drain reads the stream to its end.
func Drain(stream gateway.Stream) error {
	for {
		if _, err := stream.Next(); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
	}
}

// addMember returns a JSON object with one more member at its end.
func addMember(object, member []byte) []byte {
	end := bytes.LastIndexByte(object, '}')
	if end < 0 {
		return object
	}
	inner := bytes.TrimRight(object[:end], " \t\r\n")
	out := append(make([]byte, 0, len(inner)+len(member)+2), inner...)
	if len(inner) > 0 && inner[len(inner)-1] != '{' {
		out = append(out, ',')
	}
	return append(append(out, member...), '}')
}
