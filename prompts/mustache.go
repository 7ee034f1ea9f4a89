package prompts

import (
	"fmt"
	"strings"
)

// The language is Mustache (https://mustache.github.io/mustache.5.html): variables,
// sections, inverted sections, comments, partials and set-delimiter tags; no lambdas, and
// no HTML escaping, because a prompt is no HTML.
//
// It is parsed here and not by a library for two needs that none met: a render must tell
// which variables it lacked instead of writing nothing, and it must not cost reflection or
// a parse of its partials per call. The tests hold it against a library.

// -
type nodeKind uint8

const (
	textNode nodeKind = iota
	variableNode
	sectionNode
	invertedNode
	partialNode
)

// node is one element of a compiled text.
type node struct {
	kind   nodeKind
	text   string   // of a text node; else the name as written
	path   []string // the name split at dots; nil for "."
	indent string   // of a standalone partial
	nodes  []node   // of a section
}

// parseError is a syntax error at a line of one text.
type parseError struct {
	line int
	msg  string
}

func (e *parseError) Error() string { return fmt.Sprintf("line %d of the text: %s", e.line, e.msg) }

const (
	maxSections = 64      // nesting
	maxNodes    = 100_000 // partials of partials included
)

type parser struct {
	src         string
	pos         int
	open, close string
}

// parseText compiles one text. A text without tags is one node.
func parseText(src string) ([]node, error) {
	p := &parser{src: src, open: "{{", close: "}}"}
	return p.parseUntil("", 0, 0)
}

func (p *parser) errorAt(at int, format string, args ...any) error {
	return &parseError{line: strings.Count(p.src[:at], "\n") + 1, msg: fmt.Sprintf(format, args...)}
}

// parseUntil parses up to the end tag of section, or to the end of the text if section is
// "".
func (p *parser) parseUntil(section string, began, depth int) ([]node, error) {
	if depth > maxSections {
		return nil, p.errorAt(began, "sections are nested too deep")
	}
	var out []node
	for {
		i := strings.Index(p.src[p.pos:], p.open)
		if i < 0 {
			if section != "" {
				return nil, p.errorAt(began, "the section '%s' is not closed", section)
			}
			return appendText(out, p.src[p.pos:]), nil
		}
		start := p.pos + i
		tag, err := p.parseTag(start)
		if err != nil {
			return nil, err
		}
		before, after := p.src[p.pos:start], p.pos+i+tag.size
		indent := ""
		if strings.IndexByte("#^/!>=", tag.sigil) >= 0 {
			if b, in, next, ok := p.standaloneTag(start, after); ok {
				before, indent, after = p.src[p.pos:b], in, next
			}
		}
		out = appendText(out, before)
		p.pos = after
		switch tag.sigil {
		case '!':
		case '=':
			if err := p.setDelimiters(start, tag.name); err != nil {
				return nil, err
			}
		case '/':
			if tag.name != section || section == "" {
				return nil, p.errorAt(start, "the end tag '%s' closes no open section", tag.name)
			}
			return out, nil
		case '#', '^':
			n, err := namedNode(p, start, tag.name, sectionNode)
			if err != nil {
				return nil, err
			}
			if tag.sigil == '^' {
				n.kind = invertedNode
			}
			if n.nodes, err = p.parseUntil(tag.name, start, depth+1); err != nil {
				return nil, err
			}
			out = append(out, n)
		case '>':
			if strings.HasPrefix(tag.name, ">") {
				return nil, p.errorAt(start, "a partial must be named in the text, not by a variable")
			}
			out = append(out, node{kind: partialNode, text: tag.name, indent: indent})
		default:
			n, err := namedNode(p, start, tag.name, variableNode)
			if err != nil {
				return nil, err
			}
			out = append(out, n)
		}
	}
}

// namedNode returns a node that looks up a name.
func namedNode(p *parser, at int, name string, kind nodeKind) (node, error) {
	n := node{kind: kind, text: name}
	if name == "." {
		return n, nil
	}
	n.path = strings.Split(name, ".")
	for _, part := range n.path {
		if part == "" || strings.ContainsAny(part, " \t\r\n{}\"'") {
			return n, p.errorAt(at, "'%s' is no name of a variable", name)
		}
	}
	return n, nil
}

type tag struct {
	sigil byte // # ^ / ! > = & or 0
	name  string
	size  int // with its delimiters
}

func (p *parser) parseTag(start int) (tag, error) {
	inner := p.src[start+len(p.open):]
	end, raw := p.close, false
	if p.open == "{{" && strings.HasPrefix(inner, "{") {
		end, raw = "}"+p.close, true
	} else if strings.HasPrefix(inner, "=") {
		end = "=" + p.close
	}
	from := 0
	if raw || end != p.close {
		from = 1
	}
	i := strings.Index(inner[from:], end)
	if i < 0 {
		return tag{}, p.errorAt(start, "a tag is not closed")
	}
	body := inner[from : from+i]
	t := tag{size: len(p.open) + from + i + len(end)}
	switch {
	case raw:
		t.sigil = '&'
	case from == 1:
		t.sigil = '='
	default:
		body = strings.TrimSpace(body)
		if body != "" && strings.IndexByte("#^/!>&", body[0]) >= 0 {
			t.sigil, body = body[0], body[1:]
		}
	}
	t.name = strings.TrimSpace(body)
	if t.name == "" && t.sigil != '!' {
		return tag{}, p.errorAt(start, "a tag is empty")
	}
	return t, nil
}

// standaloneTag reports whether a tag is alone on its line. The line is then removed: before
// and next are the ends of the text around it.
func (p *parser) standaloneTag(start, after int) (before int, indent string, next int, ok bool) {
	before = start
	for before > 0 && (p.src[before-1] == ' ' || p.src[before-1] == '\t') {
		before--
	}
	if before > 0 && p.src[before-1] != '\n' || before < p.pos {
		return 0, "", 0, false
	}
	next = after
	for next < len(p.src) && (p.src[next] == ' ' || p.src[next] == '\t') {
		next++
	}
	if strings.HasPrefix(p.src[next:], "\r\n") {
		next += 2
	} else if strings.HasPrefix(p.src[next:], "\n") {
		next++
	} else if next < len(p.src) {
		return 0, "", 0, false
	}
	return before, p.src[before:start], next, true
}

func (p *parser) setDelimiters(at int, spec string) error {
	parts := strings.Fields(spec)
	if len(parts) != 2 || strings.Contains(spec, "=") {
		return p.errorAt(at, "a set-delimiter tag is written {{=<< >>=}}")
	}
	p.open, p.close = parts[0], parts[1]
	return nil
}

func appendText(out []node, s string) []node {
	if s == "" {
		return out
	}
	return append(out, node{kind: textNode, text: s})
}
