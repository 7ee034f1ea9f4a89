package httpapi

import (
	"bytes"
	"io"
	"net/http"

	"github.com/sluicegate/sluice/gateway"
)

// exchange is everything that one call brings into being for the pipeline, in one piece
// of memory.
type exchange struct {
	gateway.Exchange
	env   gateway.Envelope
	facts gateway.Facts
}

// open makes the exchange of this call. What is wrong with its headers is in Refused.
func (c *call) open() *gateway.Exchange {
	x := &exchange{}
	x.ID, x.Start, x.Trace, x.Envelope, x.Facts = c.id, c.start, c.trace, &x.env, &x.facts
	x.Refused = c.envelope(&x.env)
	c.ex = &x.Exchange
	return c.ex
}

// read fills the exchange from the body: the request itself and what Portkey's clients
// put beside it. The first thing wrong is noted, headers before body.
func (c *call) read(op gateway.Op, required ...string) {
	ex := c.ex
	raw, err := c.body()
	if err == nil {
		var req *gateway.Request
		if req, err = gateway.NewRequest(op, raw, required...); err == nil {
			ex.Request = req
			if err = beside(req, ex.Envelope); err == nil && c.relay {
				ex.Request, err = withUsage(req)
			}
		}
	}
	if ex.Refused == nil {
		ex.Refused = err
	}
	if ex.Refused != nil {
		ex.Request = nil
	}
}

// serve runs the pipeline and writes its answer.
func (s *Server) serve(c *call) {
	ex := c.ex
	stream, err := s.Pipeline(c.r.Context(), ex)
	if err != nil {
		c.fail(err)
		return
	}
	chunk, err := stream.Next() // primed: does not block
	if err == nil && chunk.Form == gateway.FormBody {
		defer stream.Close()
	} else {
		defer watch(c.r.Context(), stream, s.HangUp).end()
	}
	if err != nil {
		c.failStream(ended(err))
		return
	}
	ex.Facts.FirstByte, ex.Facts.Status = s.Now(), http.StatusOK
	if flagged(ex.Facts) {
		ex.Facts.Status = gateway.StatusFlagged
	}
	if ex.Request != nil && ex.Request.Stream() {
		c.stream(stream, chunk)
	} else {
		c.unary(stream, chunk)
	}
}

// failStream answers with the failure of a stream of which nothing was sent. When the
// caller has gone there is nobody to answer, and Facts belong to whoever ends the stream.
func (c *call) failStream(err error) {
	if c.gone() {
		c.status = statusGone
		return
	}
	c.fail(err)
}

func (c *call) gone() bool { return c.r.Context().Err() != nil }

// statusGone is for the log alone.
const statusGone = 499

// ended is the failure of an answer that was over before it began.
func ended(err error) error {
	if err == io.EOF {
		return &gateway.Error{Op: "httpapi.serve", Kind: gateway.BadUpstream, Public: "The provider's answer ended before it began."}
	}
	return err
}

// unary sends the answer as one body. The stream is pulled to its end first: only then
// is it accounted, stored and certain not to fail.
func (c *call) unary(stream gateway.Stream, chunk gateway.Chunk) {
	body, err := pulled(stream, chunk)
	if err != nil {
		c.failStream(err)
		return
	}
	c.explain()
	if m := hookMember(c.ex.Facts); m != nil {
		body = addMember(bytes.Clone(body), m)
	}
	if c.relay {
		body = c.relayBody(bytes.Clone(body))
	}
	c.send(c.ex.Facts.Status, body)
}

// pulled takes the stream to its end and gives the whole answer. Others may read the same
// memory.
func pulled(stream gateway.Stream, chunk gateway.Chunk) ([]byte, error) {
	var err error
	if chunk.Form == gateway.FormBody {
		body := chunk.Raw
		if !chunk.Lasting {
			body = bytes.Clone(body)
		}
		for err == nil {
			_, err = stream.Next()
		}
		return body, past(err)
	}
	var answer gateway.Response
	for err == nil {
		answer.Fold(chunk)
		chunk, err = stream.Next()
	}
	return answer.Body(), past(err)
}

// past is the failure of a stream that was read to its end, nil if it ended well.
func past(err error) error {
	if err == io.EOF {
		return nil
	}
	return err
}

// addMember puts one more member at the end of a JSON object.
func addMember(object, member []byte) []byte {
	end := len(object) - 1
	for end >= 0 && object[end] != '}' {
		end--
	}
	if end < 0 {
		return object
	}
	last := end - 1
	for last >= 0 && (object[last] == ' ' || object[last] == '\n' || object[last] == '\r' || object[last] == '\t') {
		last--
	}
	object = object[:end]
	if last >= 0 && object[last] != '{' {
		object = append(object, ',')
	}
	object = append(object, member...)
	return append(object, '}')
}
