// Package checks holds the detectors that guardrails are made of, one to a file.
//
// A check reads text and says whether it passes; what a failure does to the exchange is the
// guardrail's business. It never edits, keeps nothing between calls, is safe for concurrent
// use, and its explanation counts what it saw but never quotes it.
//
// To add one: write a file with its parameters, a constructor and Inspect, and a line in
// Table.
package checks

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"strings"

	"github.com/sluicegate/sluice/gateway"
)

// Content is what one call of a check judges: a whole conversation, or one choice of an
// answer.
type Content struct {
	Parts  []Part
	Output bool
}

// Part is one text of it.
type Part struct {
	Path string // "messages[0].content"; of an answer "text", "reasoning", "refusal", "tools[0].arguments"
	Role string
	Text string
	// Decoded: Text is what the strings of the part before it say, which is JSON with
	// escapes. "forty\u002dtwo" must not get past a check of words.
	Decoded bool
}

// Finding is a place in a part that made the check fail.
type Finding struct {
	Entity     string
	Part       int
	Start, End int
	Score      float32
}

// Result is what a check says.
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

// Entry is one row of the table: how a check of this id is made.
type Entry struct {
	ID string
	// Local checks only compute, in time linear in the text: for a short text starting a
	// goroutine would cost more than they do.
	Local bool
	// New compiles the parameters. Its errors are *gateway.Error whose Param begins with
	// "parameters".
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

// Find gives the entry of an id in table.
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

// IDs lists the ids of table, for messages.
func IDs(table []Entry) string {
	ids := make([]string, len(table))
	for i, e := range table {
		ids[i] = e.ID
	}
	return strings.Join(ids, ", ")
}

// outcome applies "not".
func outcome(pass, not bool, explanation string) Result {
	return Result{Pass: pass != not, Explanation: explanation}
}

// strict decodes params into v; unknown and ill-typed fields are refused by name.
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
