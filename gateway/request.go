package gateway

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"unicode/utf8"

	"github.com/tidwall/gjson"
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
	if ok, ascii := wellFormed(raw); !ok || !ascii && !utf8.Valid(raw) {
		return nil, malformed(name, raw)
	}
	root := bytes.TrimLeft(raw, " \t\r\n")
	if len(root) == 0 || root[0] != '{' {
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

// malformed says what keeps a body from being read at all.
func malformed(op string, raw []byte) *Error {
	ok, _ := wellFormed(raw)
	switch {
	case tooDeep(raw):
		return InvalidField(op, "", "The request body is nested more than "+strconv.Itoa(maxDepth)+" levels deep.")
	case !ok:
		return InvalidField(op, "", "The request body is not valid JSON"+where(raw)+".")
	}
	// Readers would disagree about it, and every record of it be broken.
	return InvalidField(op, "", "The request body is not valid UTF-8.")
}

// where tells line and column of the first syntax error.
func where(raw []byte) string {
	var any json.RawMessage
	err := json.Unmarshal(raw, &any)
	var syntax *json.SyntaxError
	if !errors.As(err, &syntax) {
		return ""
	}
	before := raw[:min(int(syntax.Offset), len(raw))]
	line := bytes.Count(before, []byte("\n")) + 1
	column := len(before) - (bytes.LastIndexByte(before, '\n') + 1)
	return fmt.Sprintf(": line %d, column %d", line, max(column, 1))
}

// WithRaw returns a request with another body, read anew.
func (r *Request) WithRaw(raw []byte) (*Request, error) {
	c := &Request{Op: r.Op, Dialect: r.Dialect, Raw: raw, Prompt: r.Prompt}
	return c, c.peek("gateway.Request.WithRaw", nil)
}

// WithFields returns a request with top-level fields changed. No field may be named twice.
// What is not changed was read before.
func (r *Request) WithFields(changes ...Change) (*Request, error) {
	const op = "gateway.Request.WithRaw"
	var room [16]bool
	seen := room[:0]
	c := &Request{Op: r.Op, Dialect: r.Dialect, Prompt: r.Prompt, model: r.model, stream: r.stream, usage: r.usage}
	c.Raw, seen = rewrite(r.Raw, changes, seen)
	for i := range changes {
		if changes[i].fill && seen[i] {
			continue
		}
		if c.read(op, []byte(changes[i].Name), changes[i].Value) != nil {
			return c, c.peek(op, nil) // of several bad ones the first in the body is told
		}
	}
	return c, nil
}

func (r *Request) peek(op string, required []string) error {
	var room [16][]byte
	seen := room[:0]
	d := cursor{raw: r.Raw}
	in := d.enter()
	for key, ok := d.member(in); ok; key, ok = d.member(in) {
		for _, s := range seen {
			if string(s) == string(key) {
				return InvalidField(op, string(key), "The field '"+string(key)+"' is given twice.")
			}
		}
		seen = append(seen, key)
		if bad := r.read(op, key, d.take()); bad != nil {
			return bad
		}
	}
	for _, key := range required {
		if !slices.ContainsFunc(seen, func(s []byte) bool { return string(s) == key }) {
			return InvalidField(op, key, "The field '"+key+"' is missing.")
		}
	}
	return nil
}

// read takes in a top-level field, nil where one was taken out.
func (r *Request) read(op string, name, value []byte) *Error {
	null := len(value) == 0 || value[0] == 'n'
	switch string(name) {
	case "model":
		switch {
		case null:
			r.model = ""
		case value[0] == '"':
			r.model = unquote(value)
		default:
			return InvalidField(op, "model", "The field 'model' must be a string.")
		}
	case "stream":
		if r.stream = !null && value[0] == 't'; !r.stream && !null && value[0] != 'f' {
			return InvalidField(op, "stream", "The field 'stream' must be true or false.")
		}
	case "stream_options":
		r.usage = gjson.ParseBytes(Member(value, "include_usage")).Bool()
	case "messages":
		switch first := firstOf(value); {
		case value == nil:
		case first == 0:
			return InvalidField(op, "messages", "The field 'messages' must be a list with at least one message.")
		case first != '{':
			return InvalidField(op, "messages[0]", "The field 'messages[0]' must be an object.")
		}
	case "input":
		if r.Op == OpEmbeddings && value != nil && value[0] != '"' && firstOf(value) == 0 {
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
func (r *Request) Field(name string) []byte { return Member(r.Raw, name) }
