package gateway

import (
	"bytes"
	"errors"
	"fmt"
	"time"
	"unicode/utf8"

	"github.com/sluicegate/sluice/internal/jsonx"
)

// Request is the request body as raw JSON. It is immutable: stages make changed copies.
type Request struct {
	Op         Op
	Dialect    Dialect
	Raw        []byte            // a JSON object; must not be modified
	Prompt     *PromptCall       // a call of a prompt template that is not rendered yet
	Background *BackgroundAnswer // the earlier exchange, of OpRetrieve; its body is then Raw
	Files      []File            // of a form; Raw then holds the form's fields
	Pass       *PassThrough      // of OpPassThrough; shared by copies
	Realtime   *Realtime         // of OpRealtime; shared by copies

	routing      Routing
	limitWritten bool
}

// PromptCall is a call of a prompt template. Raw of the Request then holds the call's
// parameters, which override the template's.
type PromptCall struct {
	ID        string // "support-answer", "support-answer@3", "support-answer@production"
	Variables []byte // JSON object
}

// BackgroundAnswer is an answer that a target writes in the background, since an earlier exchange.
type BackgroundAnswer struct {
	Exchange   string    // id
	At         time.Time // of that exchange
	ID         string    // of the answer, at the vendor
	Target     string    // config path of the target that has it
	VirtualKey string    // of that target
	Credential string    // of that virtual key; "" = it has no choice
	Cancel     bool      // the vendor shall stop writing it

	// Reservation is what stands until the answer is charged; nil: nothing tells whether it is.
	Reservation *WorkReservation
}

// NewRequest parses a body in the format d. It returns an error that names the field for a
// body that no provider could serve: one that is not a JSON object or exceeds
// jsonx.DefaultLimits, a duplicate top-level field, which provider and gateway might read
// differently, or a routing field of the wrong type. required lists top-level fields that
// must be present.
func NewRequest(d Dialect, op Op, raw []byte, required ...string) (*Request, error) {
	const name = "gateway.NewRequest"
	if err := CheckBody(name, raw); err != nil {
		return nil, err
	}
	r, err := newRequest(&Request{Op: op, Dialect: d, Raw: raw})
	if err != nil {
		return nil, err
	}
	for _, field := range required {
		if jsonx.Get(raw, field) == nil {
			return nil, InvalidField(name, field, "The field '"+field+"' is missing.")
		}
	}
	return r, nil
}

// CheckBody returns an error for a body that is not a JSON object, exceeds
// jsonx.DefaultLimits, or has a duplicate top-level field. op is the caller's name for the
// error.
func CheckBody(op string, raw []byte) error {
	if err := jsonx.Check(raw, jsonx.DefaultLimits); err != nil {
		return malformed(op, err)
	}
	if bytes.TrimLeft(raw, " \t\r\n")[0] != '{' {
		return InvalidField(op, "", "The request body must be a JSON object.")
	}
	return nil
}

func newRequest(r *Request) (*Request, error) {
	var err error
	r.routing, err = r.Dialect.Routing(r.Op, r.Raw)
	return r, err
}

// malformed returns the error for a body that cannot be parsed.
func malformed(op string, err error) *Error {
	var e *jsonx.Error
	if !errors.As(err, &e) {
		return InvalidField(op, "", "The request body is not valid JSON.")
	}
	field := clip(e.Field, maxField)
	switch e.Kind {
	case jsonx.TooDeep:
		return InvalidField(op, "", fmt.Sprintf("The request body is nested more than %d levels deep.", jsonx.DefaultLimits.MaxDepth))
	case jsonx.TooManyKeys:
		return InvalidField(op, field, fmt.Sprintf("The request body has an object with more than %d fields.", jsonx.DefaultLimits.MaxKeys))
	case jsonx.TooManyValues:
		return InvalidField(op, "", fmt.Sprintf("The request body has more than %d values.", jsonx.DefaultLimits.MaxValues))
	case jsonx.DuplicateName:
		return InvalidField(op, field, "The field '"+field+"' is given twice.")
	case jsonx.InvalidUTF8: // parsers disagree about invalid UTF-8, and records would be corrupt
		return InvalidField(op, "", "The request body is not valid UTF-8.")
	}
	return InvalidField(op, "", fmt.Sprintf("The request body is not valid JSON: line %d, column %d.", e.Line, e.Column))
}

// maxField limits the quoted length of a field's name in an error, in bytes: the caller
// chose the name.
const maxField = 200

// Clip shortens s to at most n bytes of whole characters.
func Clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

// clip shortens s like Clip, and shows that it did.
func clip(s string, n int) string {
	if short := Clip(s, n); len(short) < len(s) {
		return short + "…"
	}
	return s
}

// Shorten limits the length of what a caller wrote, to quote it in an error.
func Shorten(s string) string { return clip(s, 48) }

// WithRaw returns a request with another body in the same format. raw must be valid JSON.
func (r *Request) WithRaw(raw []byte) (*Request, error) {
	return newRequest(&Request{Op: r.Op, Dialect: r.Dialect, Raw: raw, Prompt: r.Prompt, Background: r.Background, Files: r.Files, Pass: r.Pass, Realtime: r.Realtime})
}

// Written returns the request as it was written in a format that no caller speaks: Dialect is nil, so
// only the methods that tell of model and stream may be called.
func (r *Request) Written(raw []byte) *Request {
	return &Request{Op: r.Op, Raw: raw, routing: r.routing}
}

// WithMaxOutput returns a request whose only limit of output tokens is n.
func (r *Request) WithMaxOutput(n int64) (*Request, error) {
	c, err := r.WithRaw(r.Dialect.WithMaxOutput(r.Raw, n))
	if err == nil {
		c.limitWritten = true
	}
	return c, err
}

// LimitWritten reports whether Sluice wrote the limit of output tokens. Such a limit is sent
// under the name that the vendor accepts.
func (r *Request) LimitWritten() bool { return r.limitWritten }

// WithFields returns a request with changed top-level fields.
func (r *Request) WithFields(changes ...jsonx.Change) (*Request, error) {
	return r.WithRaw(jsonx.Update(r.Raw, changes...))
}

// Model returns the body's model, "" if it has none.
func (r *Request) Model() string { return r.routing.Model }

// Stream reports whether the caller wants a streamed answer.
func (r *Request) Stream() bool { return r.routing.Stream }

// WantsUsage reports whether the caller wants token counts in the stream.
func (r *Request) WantsUsage() bool { return r.routing.WantsUsage }

// Parameters returns the fields that limit and shape the answer.
func (r *Request) Parameters() Parameters { return r.Dialect.Parameters(r.Raw) }

// Field returns the raw value of a top-level field, nil if absent. It shares memory with
// Raw.
func (r *Request) Field(name string) []byte { return jsonx.Get(r.Raw, name) }
