// Package checks holds the detectors that guardrails are made of, one to a file.
//
// A check reads text and returns whether it passes. The guardrail decides what a failure does
// to the exchange. A check never edits text, keeps no state between calls and is safe for
// concurrent use. Its explanation holds counts and never quotes the text.
//
// To add a check, write a file with its parameters, a constructor and Inspect, and add a line
// to Table.
package checks

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"strings"

	"github.com/sluicegate/sluice/gateway"
)

// MaxText is how many bytes of text a check reads. What is longer is refused.
const MaxText = 8 << 20

// Content is the unit that a check judges: a whole conversation, one choice of an answer, or
// what a target adds to a request.
type Content struct {
	Parts  []Part
	Output bool
	// Added: the parts are parameters that a config adds to a request that was judged, or there is
	// no text in which anything could be required. A check that requires something to be there
	// passes; one that forbids something judges.
	Added bool
}

// Size returns how many bytes of text there are, each counted once.
func (c Content) Size() int {
	n := 0
	for _, p := range c.Parts {
		if !p.Decoded && !p.Joined {
			n += len(p.Text)
		}
	}
	return n
}

// Part is one text of a Content.
type Part struct {
	Path string // "messages[0].content"; of an answer "text", "reasoning", "refusal", "tools[0].arguments"
	Role string
	Text string
	// Decoded: the part before this one is JSON with escapes, and Text holds its strings
	// decoded. "forty\u002dtwo" must not pass a check of words.
	Decoded bool
	// Joined: Text joins the text parts of one message, which also stand on their own.
	Joined bool
	// Bare: a key, a number or a setting of the request, not a text for the model. It may hold
	// what a check forbids; it never satisfies a check that requires something.
	Bare bool
}

// Finding is a span of a part that made the check fail.
type Finding struct {
	Entity     string
	Part       int
	Start, End int
	Score      float32
}

// Result is the outcome of a check.
type Result struct {
	Pass        bool
	Explanation string
	Findings    []Finding
}

// Check is one detector with its parameters.
type Check interface {
	Name() string
	Inspect(ctx context.Context, c Content) (Result, error)
}

// Requirer is implemented by a check that may require something to be there.
type Requirer interface {
	// Requires reports whether the check fails where something is missing.
	Requires() bool
}

// Entry is one row of the table of checks.
type Entry struct {
	ID string
	// Local: the check makes no calls and takes time linear in the text. On a short text it
	// costs less than a goroutine.
	Local bool
	// New compiles the parameters. Its errors are *gateway.Error with a Param that begins
	// with "parameters".
	New func(params json.RawMessage) (Check, error)
}

// Table lists the checks. Ids are written with or without the prefix "default.".
var Table = []Entry{
	{"default.contains", true, newContains},
	{"default.regexMatch", true, newRegexMatch},
	{"default.jsonSchema", true, newJSONSchema},
	{"default.pii", true, newPII},
	{"default.secrets", true, newSecrets},
}

// Find returns the entry of an id in table.
func Find(table []Entry, id string) (Entry, bool) {
	if !strings.Contains(id, ".") {
		id = "default." + id
	}
	for _, e := range table {
		if e.ID == id {
			return e, true
		}
	}
	return Entry{}, false
}

// IDs returns the ids of table as one text, for messages.
func IDs(table []Entry) string {
	ids := make([]string, len(table))
	for i, e := range table {
		ids[i] = e.ID
	}
	return strings.Join(ids, ", ")
}

// notAsked is the result of a check that requires something, where no text is that could have it.
var notAsked = Result{Pass: true, Explanation: "What must be there is asked of texts only."}

// outcome returns the result of a check with its parameter "not" applied.
func outcome(pass, not bool, explanation string) Result {
	return Result{Pass: pass != not, Explanation: explanation}
}

// strict decodes params into v. It refuses unknown fields and fields of the wrong type by
// name.
func strict(op string, params json.RawMessage, v any) error {
	if len(bytes.TrimSpace(params)) == 0 {
		params = json.RawMessage("{}")
	}
	dec := json.NewDecoder(bytes.NewReader(params))
	dec.DisallowUnknownFields()
	err := dec.Decode(v)
	var typed *json.UnmarshalTypeError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &typed):
		param := "parameters"
		if typed.Field != "" {
			param += "." + typed.Field
		}
		return gateway.InvalidField(op, param, "The field '"+param+"' must be "+article(typed.Type.String())+", not "+typed.Value+".")
	}
	if _, name, ok := strings.Cut(err.Error(), "unknown field "); ok {
		param := "parameters." + strings.Trim(name, `"`)
		return gateway.InvalidField(op, param, "The field '"+param+"' is not known.")
	}
	return gateway.InvalidField(op, "parameters", "The field 'parameters' must be an object.")
}

func article(goType string) string {
	switch {
	case goType == "string":
		return "a string"
	case goType == "bool":
		return "true or false"
	case strings.HasPrefix(goType, "[]"):
		return "a list of strings"
	}
	return "an object"
}
