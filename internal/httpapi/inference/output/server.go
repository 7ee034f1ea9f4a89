package output

import (
	"time"

	"github.com/sluicegate/sluice/gateway"
)

// Server answers calls by the pipeline.
type Server struct {
	Pipeline  gateway.Handler
	KeepAlive time.Duration // idle time after which a stream gets a comment
}

// Through is s with another pipeline.
func (s Server) Through(pipeline gateway.Handler) Server {
	s.Pipeline = pipeline
	return s
}
