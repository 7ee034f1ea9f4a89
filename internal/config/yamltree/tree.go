// Package yamltree reads a YAML document into a tree whose nodes carry their line, column and
// path, so that the reader of a file can report every problem at once. Anchors and aliases are
// resolved: the tree has neither.
package yamltree

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Kind is the type of a node's value.
type Kind uint8

// The kinds.
const (
	Null Kind = iota
	Bool
	Number
	String
	List
	Map
)

func (k Kind) String() string {
	return [...]string{"null", "true or false", "a number", "a string", "a list", "a map"}[k]
}

// Node is one value of the document.
type Node struct {
	Kind         Kind
	Text         string // of a scalar; a number as JSON spells it
	Quoted       bool   // the scalar is quoted or a block scalar, so that it is a string
	File         string // "" = the file that was read
	Path         string // "virtual_keys[0].api_key"
	Line, Column int    // from 1
	Fields       []Field
	Items        []*Node
}

// Field is one entry of a map.
type Field struct {
	Name         string
	Line, Column int
	Value        *Node
}

// Get returns the value of a field, nil if the field is absent. A field without a value is null.
func (n *Node) Get(name string) *Node {
	for i := range n.Fields {
		if n.Fields[i].Name == name {
			return n.Fields[i].Value
		}
	}
	return nil
}

// At finds the node at a path, or the nearest one above it. It never returns nil.
func (n *Node) At(path string) *Node {
	best := n
	n.Walk(func(c *Node) {
		if len(c.Path) > len(best.Path) && within(path, c.Path) {
			best = c
		}
	})
	return best
}

// Place returns the position of a path: of its name for a field, else of its value, else of
// the nearest node above.
func (n *Node) Place(path string) (line, column int) {
	line, column = n.Line, n.Column
	best := n.At(path)
	if best != n {
		line, column = best.Line, best.Column
	}
	n.Walk(func(c *Node) {
		for _, f := range c.Fields {
			if f.Value == best && best.Path == path {
				line, column = f.Line, f.Column
			}
		}
	})
	return line, column
}

func within(path, parent string) bool {
	rest, ok := strings.CutPrefix(path, parent)
	return ok && (rest == "" || rest[0] == '.' || rest[0] == '[')
}

// Walk visits n and everything below it, in the order of the document.
func (n *Node) Walk(visit func(*Node)) {
	visit(n)
	for i := range n.Fields {
		n.Fields[i].Value.Walk(visit)
	}
	for _, c := range n.Items {
		c.Walk(visit)
	}
}

// SetText replaces the text of a scalar. The kind of an unquoted scalar follows the new text:
// "8080" becomes a number, "true" a boolean.
func (n *Node) SetText(text string) {
	n.Text = text
	if n.Quoted {
		return
	}
	switch text {
	case "", "~", "null", "Null", "NULL":
		n.Kind = Null
	case "true", "True", "TRUE", "false", "False", "FALSE":
		n.Kind, n.Text = Bool, strings.ToLower(text)
	default:
		n.Kind = String
		if isNumber(text) {
			n.Kind = Number
		}
	}
}

// isNumber reports whether text is a number as JSON writes it.
func isNumber(text string) bool {
	digits := strings.TrimPrefix(text, "-")
	if digits == "" || digits[0] < '0' || digits[0] > '9' || len(digits) > 1 && digits[0] == '0' && digits[1] >= '0' && digits[1] <= '9' {
		return false
	}
	if strings.ContainsAny(text, "xXpP_iInN") || strings.HasSuffix(text, ".") || strings.Contains(text, ".e") || strings.Contains(text, ".E") {
		return false
	}
	_, err := strconv.ParseFloat(text, 64)
	return err == nil
}

// Problem is one fault of a file, at its position.
type Problem struct {
	File         string
	Line, Column int
	Path         string // "" where the position is not that of a value
	Message      string
}

func (p Problem) String() string {
	at := p.File
	if p.Line > 0 {
		at += fmt.Sprintf(":%d:%d", p.Line, p.Column)
	}
	if at != "" {
		at += ": "
	}
	if p.Path != "" {
		at += p.Path + ": "
	}
	return at + p.Message
}

// Problems lists problems, as an error one per line.
type Problems []Problem

func (ps Problems) Error() string {
	lines := make([]string, len(ps))
	for i, p := range ps {
		lines[i] = p.String()
	}
	return strings.Join(lines, "\n")
}

// Count says how many problems there are, in words.
func (ps Problems) Count() string {
	if len(ps) == 1 {
		return "1 problem"
	}
	return fmt.Sprintf("%d problems", len(ps))
}

// In sets the file of every problem and sorts them by place.
func (ps Problems) In(file string) Problems {
	for i := range ps {
		ps[i].File = file
	}
	slices.SortStableFunc(ps, func(a, b Problem) int {
		if a.Line != b.Line {
			return a.Line - b.Line
		}
		return a.Column - b.Column
	})
	return ps
}

// Problem returns a problem at the position of n.
func (n *Node) Problem(format string, args ...any) Problem {
	return Problem{Line: n.Line, Column: n.Column, Path: n.Path, Message: fmt.Sprintf(format, args...)}
}
