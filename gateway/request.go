package gateway

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/internal/jsonx"
)

// Request is what the caller wrote, as raw JSON. It is never edited: stages make a
// new one.
type Request struct {
	Op      Op
	Dialect Dialect
	Raw     []byte      // a JSON object; nobody writes to it
	Prompt  *PromptCall // a call of a prompt template that has not been rendered yet

	model  string
	stream bool
	usage  bool
}

// PromptCall asks for a template to be rendered. Raw of the Request then holds the
// parameters of this call, which beat those of the template.
type PromptCall struct {
	ID        string // "support-answer", "support-answer@3", "support-answer@production"
	Variables []byte // JSON object
}

// NewRequest reads the fields that routing needs and refuses, naming the field, what
// no provider could serve: a body that is no JSON object, a top-level key given twice
// (which provider and gateway might read differently), a model or stream of the
// wrong type. required lists top-level keys that must be there.
func NewRequest(op Op, raw []byte, required ...string) (*Request, error) {
	const name = "gateway.NewRequest"
	if err := jsonx.Check(raw, jsonx.DefaultLimits); err != nil {
		return nil, malformed(name, err)
	}
	if bytes.TrimLeft(raw, " \t\r\n")[0] != '{' {
		return nil, InvalidField(name, "", "The request body must be a JSON object.")
	}
	r := &Request{Op: op, Raw: raw}
	return r, r.peek(name, required)
}

// JoinedRequest is NewRequest for a body put together of texts that are known to be valid
// JSON in valid UTF-8, none of them nested deeper than where it came from. That it is valid
// itself is not proven again.
func JoinedRequest(op Op, raw []byte, required ...string) (*Request, error) {
	r := &Request{Op: op, Raw: raw}
	return r, r.peek("gateway.NewRequest", required)
}

// malformed says why a body cannot be read at all.
func malformed(op string, err error) *Error {
	var e *jsonx.Error
	if !errors.As(err, &e) {
		return InvalidField(op, "", "The request body is not valid JSON.")
	}
	limits := jsonx.DefaultLimits
	switch e.Kind {
	case jsonx.InvalidUTF8:
		// Readers would disagree about it, and every record of it be broken.
		return InvalidField(op, "", fmt.Sprintf("The request body is not valid UTF-8: line %d, column %d.", e.Line, e.Column))
	case jsonx.TooDeep:
		return InvalidField(op, "", fmt.Sprintf("The request body is nested more than %d levels deep.", limits.MaxDepth))
	case jsonx.DuplicateName:
		return InvalidField(op, e.Field, "The field '"+e.Field+"' is given twice.")
	case jsonx.TooManyKeys:
		return InvalidField(op, "", fmt.Sprintf("The request body has an object with more than %d members: line %d, column %d.", limits.MaxKeys, e.Line, e.Column))
	case jsonx.TooManyValues:
		return InvalidField(op, "", fmt.Sprintf("The request body has more than %d values.", limits.MaxValues))
	}
	return InvalidField(op, "", fmt.Sprintf("The request body is not valid JSON: line %d, column %d.", e.Line, e.Column))
}

// WithRaw returns a request with another body, read anew.
func (r *Request) WithRaw(raw []byte) (*Request, error) {
	c := &Request{Op: r.Op, Dialect: r.Dialect, Raw: raw, Prompt: r.Prompt}
	return c, c.peek("gateway.Request.WithRaw", nil)
}

// WithFields returns a request with top-level fields changed.
func (r *Request) WithFields(changes ...jsonx.Change) (*Request, error) {
	return r.WithRaw(jsonx.Update(r.Raw, changes...))
}

func (r *Request) peek(op string, required []string) error {
	seen := map[string]bool{}
	for m := range jsonx.Members(r.Raw) {
		if seen[m.Key] {
			return InvalidField(op, m.Key, "The field '"+m.Key+"' is given twice.")
		}
		seen[m.Key] = true
		if bad := r.read(op, m.Key, m.Value); bad != nil {
			return bad
		}
	}
	for _, key := range required {
		if !seen[key] {
			return InvalidField(op, key, "The field '"+key+"' is missing.")
		}
	}
	return nil
}

// read takes in a top-level field.
func (r *Request) read(op, name string, value []byte) *Error {
	null := value[0] == 'n'
	switch name {
	case "model":
		switch {
		case null:
			r.model = ""
		case value[0] == '"':
			r.model = jsonx.String(value)
		default:
			return InvalidField(op, "model", "The field 'model' must be a string.")
		}
	case "stream":
		if r.stream = !null && value[0] == 't'; !r.stream && !null && value[0] != 'f' {
			return InvalidField(op, "stream", "The field 'stream' must be true or false.")
		}
	case "stream_options":
		r.usage = gjson.ParseBytes(jsonx.Get(value, "include_usage")).Bool()
	case "messages":
		switch first := firstOf(value); {
		case first == 0:
			return InvalidField(op, "messages", "The field 'messages' must be a list with at least one message.")
		case first != '{':
			return InvalidField(op, "messages[0]", "The field 'messages[0]' must be an object.")
		}
	case "input":
		if r.Op == OpEmbeddings && value[0] != '"' && firstOf(value) == 0 {
			return InvalidField(op, "input", "The field 'input' must be a string or a list that is not empty.")
		}
	}
	return nil
}

// firstOf is the first byte of the first element of a list; 0: value is none, or empty.
func firstOf(value []byte) byte {
	if len(value) == 0 || value[0] != '[' {
		return 0
	}
	if rest := bytes.TrimLeft(value[1:], " \t\r\n"); len(rest) > 1 {
		return rest[0]
	}
	return 0
}

// Model is the body's "model", "" if absent.
func (r *Request) Model() string { return r.model }

// Stream reports whether the caller wants a streamed answer.
func (r *Request) Stream() bool { return r.stream && r.Op == OpChat }

// WantsUsage reports stream_options.include_usage.
func (r *Request) WantsUsage() bool { return r.usage }

// Field gives the raw value of a top-level field, nil if absent. Shared with Raw.
func (r *Request) Field(name string) []byte { return jsonx.Get(r.Raw, name) }
