package inference

import (
	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/httpapi"
)

// sound runs the pipeline and sends an answer that is no text as it comes.
func (s *surfaces) sound(c *httpapi.Call) error {
	stream, chunk, err := s.ask(c)
	if err != nil {
		return err
	}
	defer stream.Close()
	if chunk.Form != gateway.FormBytes {
		return s.sendBody(c, stream, chunk, taskWire(gateway.OpSpeech))
	}
	return sendPieces(c, stream, chunk)
}
