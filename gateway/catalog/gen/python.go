package main

import (
	"fmt"
	"strconv"
	"strings"
)

// The data of genai-prices is a Python module: one list of nested constructor calls with literals.
// parse reads such an expression; values are call, []any, map[string]any, string (numbers too) and
// nil.

// call is a constructor call; args holds its named arguments, and positional ones by number.
type call struct {
	name string
	args map[string]any
}

type parser struct {
	text string
	at   int
}

func (p *parser) space() {
	for p.at < len(p.text) && strings.IndexByte(" \t\r\n", p.text[p.at]) >= 0 {
		p.at++
	}
}

// take skips one byte if it comes next.
func (p *parser) take(c byte) bool {
	p.space()
	if p.at < len(p.text) && p.text[p.at] == c {
		p.at++
		return true
	}
	return false
}

func (p *parser) fail(what string) error {
	line := 1 + strings.Count(p.text[:p.at], "\n")
	return fmt.Errorf("line %d: %s", line, what)
}

func (p *parser) value() (any, error) {
	p.space()
	switch {
	case p.at >= len(p.text):
		return nil, p.fail("the end")
	case p.take('['):
		return p.list()
	case p.take('{'):
		return p.dict()
	case p.text[p.at] == '\'' || p.text[p.at] == '"':
		return p.str()
	}
	start := p.at
	for p.at < len(p.text) && (p.text[p.at] == '_' || p.text[p.at] == '.' || p.text[p.at] == '-' || isWord(p.text[p.at])) {
		p.at++
	}
	word := p.text[start:p.at]
	switch {
	case word == "":
		return nil, p.fail("no value")
	case word == "None":
		return nil, nil
	case p.take('('):
		return p.call(word)
	}
	return word, nil
}

func isWord(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_'
}

func (p *parser) list() ([]any, error) {
	var out []any
	for !p.take(']') {
		v, err := p.value()
		if err != nil {
			return nil, err
		}
		out = append(out, v)
		p.take(',')
	}
	return out, nil
}

func (p *parser) dict() (map[string]any, error) {
	out := map[string]any{}
	for !p.take('}') {
		p.space()
		key, err := p.str()
		if err != nil {
			return nil, err
		}
		if !p.take(':') {
			return nil, p.fail("no ':'")
		}
		if out[key], err = p.value(); err != nil {
			return nil, err
		}
		p.take(',')
	}
	return out, nil
}

func (p *parser) call(name string) (call, error) {
	c := call{name, map[string]any{}}
	for n := 0; !p.take(')'); n++ {
		p.space()
		key, start := strconv.Itoa(n), p.at
		for p.at < len(p.text) && isWord(p.text[p.at]) {
			p.at++
		}
		if name := p.text[start:p.at]; name != "" && p.take('=') {
			key = name
		} else {
			p.at = start
		}
		v, err := p.value()
		if err != nil {
			return c, err
		}
		c.args[key] = v
		p.take(',')
	}
	return c, nil
}

// str reads a string literal. Escapes other than of quotes and backslashes do not matter here.
func (p *parser) str() (string, error) {
	quote := p.text[p.at]
	if quote != '\'' && quote != '"' {
		return "", p.fail("no string")
	}
	var out strings.Builder
	for p.at++; p.at < len(p.text); p.at++ {
		switch c := p.text[p.at]; c {
		case quote:
			p.at++
			return out.String(), nil
		case '\\':
			p.at++
			out.WriteByte(p.text[p.at])
		default:
			out.WriteByte(c)
		}
	}
	return "", p.fail("a string without an end")
}
