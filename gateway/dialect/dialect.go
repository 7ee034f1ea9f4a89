// Package dialect translates between wire formats. Each format has a package of its own
// below this one, with the four translations of [Format] and its golden files; this package
// composes them. Nobody translates where the caller and the target speak the same format:
// then requests and answers pass byte for byte.
package dialect

import (
	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/message"
)

// Format is a dialect with its translations to and from the message model. The four
// methods are pure; a reader or writer is for one answer and one goroutine.
type Format interface {
	gateway.Dialect
	TargetFormat
	// ReadRequest reads a body in this format.
	ReadRequest(raw []byte) (*message.Request, error)
	// WriteAnswer writes one answer in this format to the request m.
	WriteAnswer(m *message.Request) message.AnswerWriter
}

// TargetFormat is what a target needs of its format. One that no caller speaks is no more than this:
// its bodies are written by Sluice alone, so no stage reads or edits them.
type TargetFormat interface {
	// Name is part of recorded rows.
	Name() string
	// WriteRequest writes a body in this format. What the format cannot say is dropped, or
	// refused by an error that names the caller's field.
	WriteRequest(m *message.Request) ([]byte, error)
	// ReadAnswer reads the chunks of one answer in this format.
	ReadAnswer() message.AnswerReader
}
