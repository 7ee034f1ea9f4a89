// Package testcase defines the test cases of a prompt template: variables of a call, and what
// the answer of the model must satisfy. It calls no model; whoever has made the call judges
// the answer with [Expect.Judge].
package testcase

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/tidwall/gjson"
)

// Bounds of the test cases of one version.
const (
	MaxCases      = 50
	maxName       = 100       // characters
	maxSize       = 64 << 10  // bytes of JSON of one case
	maxTexts      = 20        // of contains and of not_contains
	maxTokenBound = 1_000_000 // of max_output_tokens
)

// Case is one test case.
type Case struct {
	Name      string
	Variables []byte // JSON object; nil = none
	Expect    Expect
}

// Expect is what an answer must satisfy. At least one field is set.
type Expect struct {
	Contains        []string // texts that must occur, upper and lower case distinguished
	NotContains     []string // texts that must not occur
	Equals          *string  // the whole answer, without white space at its ends; nil = anything
	MaxOutputTokens int64    // 0 = no bound
}

// Failure is one expectation that an answer does not satisfy.
type Failure struct {
	Check string `json:"check"` // contains, not_contains, equals or max_output_tokens
	Want  string `json:"want"`  // the text or the number of the expectation
}

func (f Failure) String() string {
	switch f.Check {
	case "contains":
		return fmt.Sprintf("does not contain %q", f.Want)
	case "not_contains":
		return fmt.Sprintf("contains %q", f.Want)
	case "equals":
		return fmt.Sprintf("is not %q", f.Want)
	}
	return "has more than " + f.Want + " output tokens, or their number is unknown"
}

// Judge compares an answer with what is expected. tokens is the number of output tokens that
// the provider counted; below 0 it is unknown. It returns one Failure for each expectation
// that is not satisfied.
func (e *Expect) Judge(answer string, tokens int64) []Failure {
	var out []Failure
	for _, text := range e.Contains {
		if !strings.Contains(answer, text) {
			out = append(out, Failure{"contains", text})
		}
	}
	for _, text := range e.NotContains {
		if strings.Contains(answer, text) {
			out = append(out, Failure{"not_contains", text})
		}
	}
	if e.Equals != nil && trim(answer) != trim(*e.Equals) {
		out = append(out, Failure{"equals", *e.Equals})
	}
	if e.MaxOutputTokens > 0 && (tokens < 0 || tokens > e.MaxOutputTokens) {
		out = append(out, Failure{"max_output_tokens", strconv.FormatInt(e.MaxOutputTokens, 10)})
	}
	return out
}

// trim removes the white space that the console removes, too.
func trim(s string) string { return strings.Trim(s, " \t\r\n") }

// Parse reads the field "test_cases" of a template's body. path is where v is. problem is
// called for everything that is wrong, with its path.
func Parse(v gjson.Result, path string, problem func(path, message string)) []Case {
	if !v.IsArray() {
		problem(path, "must be a list of test cases")
		return nil
	}
	items := v.Array()
	if len(items) > MaxCases {
		problem(path, "has more than "+strconv.Itoa(MaxCases)+" test cases")
		return nil
	}
	seen := map[string]bool{}
	var out []Case
	for i, item := range items {
		at := path + "[" + strconv.Itoa(i) + "]"
		p := parser{problem}
		switch {
		case !item.IsObject():
			problem(at, "must be an object: {name, variables, expect}")
			continue
		case len(item.Raw) > maxSize:
			problem(at, "is larger than "+strconv.Itoa(maxSize>>10)+" KiB")
			continue
		}
		c := p.parseCase(item, at)
		if c.Name != "" && seen[c.Name] {
			problem(at+".name", "'"+c.Name+"' is the name of another test case")
		}
		seen[c.Name] = true
		out = append(out, c)
	}
	return out
}

type parser struct {
	problem func(path, message string)
}

// fields visits the fields of an object and reports duplicates.
func (p parser) fields(v gjson.Result, path string, visit func(key, path string, v gjson.Result)) {
	seen := map[string]bool{}
	v.ForEach(func(k, v gjson.Result) bool {
		at := path + "." + k.String()
		if seen[k.String()] {
			p.problem(at, "given twice")
			return true
		}
		seen[k.String()] = true
		visit(k.String(), at, v)
		return true
	})
}

func (p parser) parseCase(item gjson.Result, path string) Case {
	var c Case
	named, expects := false, false
	p.fields(item, path, func(key, at string, v gjson.Result) {
		switch key {
		case "name":
			named = true
			if v.Type != gjson.String || strings.TrimSpace(v.Str) == "" || utf8.RuneCountInString(v.Str) > maxName {
				p.problem(at, "must be a text of 1 to "+strconv.Itoa(maxName)+" characters")
				return
			}
			c.Name = v.Str
		case "variables":
			if c.Variables = []byte(v.Raw); !v.IsObject() {
				p.problem(at, "must be an object")
				c.Variables = nil
			}
		case "expect":
			expects = true
			c.Expect = p.parseExpect(v, at)
		default:
			p.problem(at, "unknown field")
		}
	})
	if !named {
		p.problem(path+".name", "is missing")
	}
	if !expects {
		p.problem(path+".expect", "is missing")
	}
	return c
}

func (p parser) parseExpect(v gjson.Result, path string) Expect {
	var e Expect
	if !v.IsObject() || len(v.Map()) == 0 {
		p.problem(path, "must be an object with contains, not_contains, equals or max_output_tokens")
		return e
	}
	p.fields(v, path, func(key, at string, v gjson.Result) {
		switch key {
		case "contains":
			e.Contains = p.parseTexts(v, at)
		case "not_contains":
			e.NotContains = p.parseTexts(v, at)
		case "equals":
			if v.Type != gjson.String {
				p.problem(at, "must be a text")
				return
			}
			e.Equals = &v.Str
		case "max_output_tokens":
			if e.MaxOutputTokens = v.Int(); v.Type != gjson.Number || v.Num != float64(e.MaxOutputTokens) || v.Num < 1 || v.Num > maxTokenBound {
				p.problem(at, "must be a whole number from 1 to "+strconv.Itoa(maxTokenBound))
			}
		default:
			p.problem(at, "unknown field")
		}
	})
	return e
}

func (p parser) parseTexts(v gjson.Result, path string) []string {
	items := v.Array()
	if !v.IsArray() || len(items) == 0 || len(items) > maxTexts {
		p.problem(path, "must be a list of 1 to "+strconv.Itoa(maxTexts)+" texts")
		return nil
	}
	var out []string
	for i, item := range items {
		if item.Type != gjson.String || item.Str == "" {
			p.problem(path+"["+strconv.Itoa(i)+"]", "must be a text that is not empty")
			continue
		}
		out = append(out, item.Str)
	}
	return out
}
