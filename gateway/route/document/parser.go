package document

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway"
)

// Problem is one problem of a config. Offset is its byte offset in the text.
type Problem struct {
	Path    string `json:"path"`
	Message string `json:"message"`
	Offset  int    `json:"offset"`
}

func (p Problem) String() string { return p.Path + ": " + p.Message }

// Bounds of one config.
const (
	maxConfig   = 256 << 10
	maxDepth    = 8
	MaxTargets  = 128
	maxProblems = 50
	maxPaths    = 200 // of drop_params in the whole config; fields in one set of parameters
)

// parser reads one config. It continues after a problem, so that all problems are reported
// at once.
type parser struct {
	rules    *Rules
	saved    bool // a saved config must not hold credentials
	problems []Problem
	targets  int
	dropped  int // paths of drop_params
	fields   map[string]field

	instructions int // of the patterns of conditions
}

// field reads one key of a config object into d.
type field struct {
	read         func(d *Document, at string, v gjson.Result)
	topLevelOnly bool // not allowed inside a target
}

// Parse reads a config. A saved one must not hold credentials. doc is nil if there are problems.
func (r *Rules) Parse(raw []byte, saved bool) (doc *Document, problems []Problem) {
	p := &parser{rules: r, saved: saved}
	p.fields = p.schema()
	if len(raw) > maxConfig {
		p.problemf("config", 0, "is larger than %d KiB", maxConfig>>10)
		return nil, p.problems
	}
	if at, msg := checkSyntax(raw); msg != "" {
		p.problemf("config", at, "is not valid JSON: %s", msg)
		return nil, p.problems
	}
	doc = p.config("config", gjson.ParseBytes(raw), 0)
	if len(p.problems) > 0 {
		slices.SortStableFunc(p.problems, func(a, b Problem) int { return a.Offset - b.Offset })
		return nil, p.problems
	}
	doc.Size, doc.Sum = len(raw), sha256.Sum256(raw)
	return doc, nil
}

// checkSyntax validates JSON with encoding/json, which limits the depth of nesting.
func checkSyntax(raw []byte) (offset int, message string) {
	var any json.RawMessage
	err := json.Unmarshal(raw, &any)
	if err == nil {
		return 0, ""
	}
	var e *json.SyntaxError
	if errors.As(err, &e) {
		offset = max(int(e.Offset)-1, 0)
	}
	return min(offset, len(bytes.TrimRight(raw, " \t\r\n"))), strings.TrimPrefix(err.Error(), "json: ")
}

func (p *parser) problemf(path string, offset int, format string, args ...any) {
	if len(p.problems) < maxProblems {
		p.problems = append(p.problems, Problem{Path: path, Message: strings.TrimSuffix(fmt.Sprintf(format, args...), "."), Offset: offset})
	}
}

// eachField calls f for each key of an object. A null counts as absent.
func (p *parser) eachField(path string, v gjson.Result, f func(key, at string, k, v gjson.Result)) {
	if !v.IsObject() {
		p.problemf(path, v.Index, "must be an object, not %s", JSONType(v))
		return
	}
	seen := map[string]bool{}
	v.ForEach(func(k, v gjson.Result) bool {
		key := k.String()
		at := path + "." + gateway.Shorten(key)
		if seen[key] {
			p.problemf(at, k.Index, "is given twice")
			return true
		}
		seen[key] = true
		if v.Type != gjson.Null {
			f(key, at, k, v)
		}
		return true
	})
}

func (p *parser) stringValue(path string, v gjson.Result) (string, bool) {
	if v.Type != gjson.String {
		p.problemf(path, v.Index, "must be a string, not %s", JSONType(v))
		return "", false
	}
	s := v.String()
	if s == "" {
		p.problemf(path, v.Index, "must not be empty")
	}
	return s, s != ""
}

func (p *parser) boolean(path string, v gjson.Result) (bool, bool) {
	if !v.IsBool() {
		p.problemf(path, v.Index, "must be true or false, not %s", JSONType(v))
		return false, false
	}
	return v.Bool(), true
}

func (p *parser) number(path string, v gjson.Result, low, high float64) (float64, bool) {
	if v.Type != gjson.Number {
		p.problemf(path, v.Index, "must be a number, not %s", JSONType(v))
		return 0, false
	}
	if !(v.Num >= low && v.Num <= high) {
		p.problemf(path, v.Index, "must be from %s to %s, not %s", formatNumber(low), formatNumber(high), gateway.Shorten(v.Raw))
		return 0, false
	}
	return v.Num, true
}

func (p *parser) integer(path string, v gjson.Result, low, high int) (int, bool) {
	n, ok := p.number(path, v, float64(low), float64(high))
	if ok && n != math.Trunc(n) {
		p.problemf(path, v.Index, "must be a whole number, not %s", gateway.Shorten(v.Raw))
		return 0, false
	}
	return int(n), ok
}

func (p *parser) eachItem(path string, v gjson.Result, f func(at string, v gjson.Result)) {
	if !v.IsArray() {
		p.problemf(path, v.Index, "must be a list, not %s", JSONType(v))
		return
	}
	i := 0
	v.ForEach(func(_, v gjson.Result) bool {
		f(IndexPath(path, i), v)
		i++
		return true
	})
}

// stringList reads a list of strings. The result is never nil, so that an empty list differs
// from an absent one.
func (p *parser) stringList(path string, v gjson.Result) []string {
	out := []string{}
	p.eachItem(path, v, func(at string, v gjson.Result) {
		if s, ok := p.stringValue(at, v); ok {
			out = append(out, s)
		}
	})
	return out
}

func (p *parser) objectValue(path string, v gjson.Result) json.RawMessage {
	if !v.IsObject() {
		p.problemf(path, v.Index, "must be an object, not %s", JSONType(v))
		return nil
	}
	p.eachField(path, v, func(string, string, gjson.Result, gjson.Result) {})
	return json.RawMessage(strings.Clone(v.Raw))
}

func (p *parser) unsupported(path string, at int) {
	p.problemf(path, at, "is not supported")
}

func (p *parser) statusCodes(path string, v gjson.Result) []int {
	var out []int
	p.eachItem(path, v, func(at string, v gjson.Result) {
		n, ok := p.integer(at, v, 200, 599)
		if ok && n < 400 && n != gateway.StatusFlagged {
			p.problemf(at, v.Index, "must be a failure: 400 to 599, or 246 for a flag of a guardrail, not %d", n)
		}
		out = append(out, n)
	})
	return out
}

func IndexPath(path string, i int) string { return path + "[" + strconv.Itoa(i) + "]" }

func formatNumber(n float64) string { return strconv.FormatFloat(n, 'f', -1, 64) }

// JSONType names a JSON type for an error message.
func JSONType(v gjson.Result) string {
	switch {
	case v.IsObject():
		return "an object"
	case v.IsArray():
		return "a list"
	case v.Type == gjson.String:
		return "a string"
	case v.Type == gjson.Number:
		return "a number"
	case v.IsBool():
		return "true or false"
	}
	return "null"
}

// Invalid combines the problems of a config in one error.
func Invalid(op, source string, problems []Problem) *gateway.Error {
	var b strings.Builder
	b.WriteString(source + " is not valid: ")
	for i, pr := range problems {
		if i == 8 {
			fmt.Fprintf(&b, "; and %d more", len(problems)-i)
			break
		}
		if i > 0 {
			b.WriteString("; ")
		}
		b.WriteString(strings.TrimSuffix(pr.String(), ".")) // some are whole sentences
	}
	public := b.String()
	if !strings.HasSuffix(public, "?") {
		public += "."
	}
	e := gateway.InvalidField(op, problems[0].Path, public)
	e.Code = "invalid_config"
	return e
}
