package message

import "github.com/sluicegate/sluice/gateway"

// AnswerReader turns chunks of one format into events. A chunk of form FormBody yields the
// events of the whole answer. It is for one answer and one goroutine.
type AnswerReader interface {
	Read(c *gateway.Chunk) ([]Event, error)
}

// AnswerWriter turns events into chunks of one format. It is for one answer and one
// goroutine.
type AnswerWriter interface {
	// Events writes what the events mean for a caller who streams; none is possible.
	Events(es []Event) ([]gateway.Chunk, error)
	// Body writes a whole answer.
	Body(es []Event) (gateway.Chunk, error)
}
