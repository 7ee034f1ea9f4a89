package inference

import (
	"context"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect"
	"github.com/sluicegate/sluice/gateway/dialect/openai"
	"github.com/sluicegate/sluice/internal/httpapi"
	"github.com/sluicegate/sluice/internal/httpapi/inference/input"
	"github.com/sluicegate/sluice/internal/httpapi/inference/output"
)

// client answers a call in a format that stages do not read: the pipeline gets the request in OpenAI's
// format, and the caller gets the answer in the client's.
func (s *surfaces) client(c *httpapi.Call, format dialect.ClientFormat, op gateway.Op, w output.Wire) error {
	ex := c.Open(op)
	var translation *dialect.Translation
	input.As(c, func(raw []byte) (*gateway.Request, error) {
		if err := gateway.CheckBody("inference.client", raw); err != nil {
			return nil, err
		}
		var body []byte
		var err error
		if translation, body, err = dialect.FromClient(format, openai.Dialect{}, op, raw); err != nil {
			return nil, err
		}
		translation.SetAnswerID(ex.ID)
		return gateway.NewRequest(openai.Dialect{Client: format.Name()}, op, body)
	})
	translating := func(ctx context.Context, ex *gateway.Exchange) (gateway.Stream, error) {
		stream, err := s.Pipeline(ctx, ex)
		if err != nil {
			return nil, err
		}
		if ex.Request.Stream() {
			return translation.Answer(&eventStream{Stream: stream, request: ex.Request})
		}
		return translatedBody(translation, stream)
	}
	return s.output.Through(translating).Serve(c, w)
}

// translatedBody reads an answer to its end and translates it as a whole. It closes stream.
func translatedBody(translation *dialect.Translation, stream gateway.Stream) (gateway.Stream, error) {
	defer stream.Close()
	chunk, err := stream.Next()
	if err != nil {
		return nil, err
	}
	body, err := output.Pull(stream, chunk)
	if err != nil {
		return nil, err
	}
	if body, err = translation.Body(body); err != nil {
		return nil, err
	}
	return gateway.Chunks(gateway.Chunk{Raw: body, Form: gateway.FormBody}), nil
}

// eventStream is the answer to a streamed request as events, also where it came whole.
type eventStream struct {
	gateway.Stream
	request *gateway.Request
	rest    []gateway.Chunk
}

// Next implements gateway.Stream.
func (s *eventStream) Next() (gateway.Chunk, error) {
	if len(s.rest) == 0 {
		c, err := s.Stream.Next()
		if err != nil || c.Form != gateway.FormBody {
			return c, err
		}
		if s.rest, err = s.request.Dialect.Events(c.Raw, s.request.WantsUsage()); err == nil {
			err = output.Drain(s.Stream)
		}
		if err != nil {
			return gateway.Chunk{}, err
		}
	}
	c := s.rest[0]
	s.rest = s.rest[1:]
	return c, nil
}
