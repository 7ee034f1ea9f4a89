// Package framing splits streamed answers that are no server-sent events: Amazon's event streams, and
// lines of JSON. It does not interpret what the frames say.
package framing

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"io"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws/protocol/eventstream"
	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway/sse"
)

// EventStream reads messages of the encoding application/vnd.amazon.eventstream
// (https://docs.aws.amazon.com/AmazonS3/latest/API/RESTSelectObjectAppendix.html). It is for one
// goroutine.
//
// A frame has the type of its event as name and the payload as data. The payload of an event "chunk"
// is what stands in it in base64. An exception is an object {"type":"error","error":{…}} with its
// type, message and status.
type EventStream struct {
	src   io.Reader
	limit int
	buf   []byte // what was read and not returned yet
	err   error
}

const (
	preludeSize = 12 // length of the message, length of its headers, checksum
	leastSize   = preludeSize + 4
	maxHeaders  = 128 << 10
	readSize    = 4 << 10
)

// NewEventStream returns a reader of messages of at most limit bytes; 0 means sse.MaxEvent.
func NewEventStream(src io.Reader, limit int) *EventStream {
	if limit <= 0 {
		limit = sse.MaxEvent
	}
	return &EventStream{src: src, limit: limit}
}

// Next returns the next frame, and io.EOF after the last one.
func (s *EventStream) Next() (sse.Event, error) {
	for {
		size, err := s.size()
		if err != nil {
			s.err = err
			return sse.Event{}, err
		}
		if size > 0 && len(s.buf) >= size {
			message := s.buf[:size]
			s.buf = s.buf[size:]
			return s.decode(message)
		}
		if s.err != nil {
			if s.err == io.EOF && len(s.buf) > 0 {
				s.err = io.ErrUnexpectedEOF
			}
			return sse.Event{}, s.err
		}
		s.fill()
	}
}

// Ready reports whether Next returns a frame without reading.
func (s *EventStream) Ready() bool {
	size, err := s.size()
	return err == nil && size > 0 && len(s.buf) >= size
}

// Release drops the buffer.
func (s *EventStream) Release() { s.buf, s.err = nil, io.ErrClosedPipe }

// size is the size of the message at the beginning of the buffer, 0 while it is not known.
func (s *EventStream) size() (int, error) {
	if len(s.buf) < preludeSize {
		return 0, nil
	}
	size, headers := binary.BigEndian.Uint32(s.buf), binary.BigEndian.Uint32(s.buf[4:])
	switch {
	case int64(size) > int64(s.limit):
		return 0, sse.ErrTooLong
	case size < leastSize || headers > size-leastSize || headers > maxHeaders:
		return 0, eventstream.LengthError{Part: "message", Want: leastSize, Have: int(size)}
	}
	return int(size), nil
}

func (s *EventStream) fill() {
	part := make([]byte, readSize)
	n, err := s.src.Read(part)
	s.buf, s.err = append(s.buf, part[:n]...), err
}

func (s *EventStream) decode(raw []byte) (sse.Event, error) {
	m, err := eventstream.NewDecoder().Decode(bytes.NewReader(raw), nil)
	if err != nil {
		s.err = err
		return sse.Event{}, err
	}
	header := func(name string) string {
		if v := m.Headers.Get(name); v != nil {
			return v.String()
		}
		return ""
	}
	switch header(":message-type") {
	case "exception":
		return exception(header(":exception-type"), gjson.GetBytes(m.Payload, "message").String()), nil
	case "error":
		return exception(header(":error-code"), header(":error-message")), nil
	}
	name := header(":event-type")
	if inner := gjson.GetBytes(m.Payload, "bytes"); name == "chunk" && inner.Type == gjson.String {
		data, err := base64.StdEncoding.DecodeString(inner.Str)
		if err != nil {
			s.err = err
			return sse.Event{}, err
		}
		return sse.Event{Data: data}, nil
	}
	return sse.Event{Name: []byte(name), Data: m.Payload}, nil
}

// statuses are those that the exceptions of a stream would have had as an answer
// (https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStreamOutput.html).
var statuses = map[string]int{"throttlingexception": 429, "validationexception": 400, "accessdeniedexception": 403, "resourcenotfoundexception": 404,
	"modeltimeoutexception": 408, "modelstreamerrorexception": 424, "internalserverexception": 500, "serviceunavailableexception": 503}

func exception(kind, text string) sse.Event {
	type detail struct {
		Type    string `json:"type"`
		Message string `json:"message,omitempty"`
		Code    int    `json:"code,omitempty"`
	}
	data, _ := json.Marshal(struct { // strings and numbers always marshal
		Type  string `json:"type"`
		Error detail `json:"error"`
	}{"error", detail{kind, text, statuses[strings.ToLower(kind)]}})
	return sse.Event{Name: []byte("error"), Data: data}
}
