package prompts

import (
	"slices"
	"strings"
)

// partialSource returns the text of the partial {{>ref}}.
type partialSource func(ref string) (text string, err error)

// expandPartials replaces the partials of a compiled text by their nodes, so that rendering
// needs no lookup. open lists the partials around nodes: a partial inside itself is an
// error.
func expandPartials(nodes []node, source partialSource, open []string, budget *int) ([]node, error) {
	out := nodes[:0:0]
	for _, n := range nodes {
		if *budget--; *budget < 0 {
			return nil, &parseError{line: 1, msg: "the text with its partials is too long"}
		}
		switch n.kind {
		case sectionNode, invertedNode:
			inner, err := expandPartials(n.nodes, source, open, budget)
			if err != nil {
				return nil, err
			}
			n.nodes = inner
			out = append(out, n)
		case partialNode:
			inner, err := expandPartial(n, source, open, budget)
			if err != nil {
				return nil, err
			}
			out = append(out, inner...)
		default:
			out = append(out, n)
		}
	}
	return out, nil
}

func expandPartial(n node, source partialSource, open []string, budget *int) ([]node, error) {
	if slices.Contains(open, n.text) {
		return nil, &parseError{line: 1, msg: "the partial '" + n.text + "' contains itself"}
	}
	text, err := source(n.text)
	if err != nil {
		return nil, err
	}
	nodes, err := parseText(indentLines(text, n.indent))
	if err != nil {
		return nil, &parseError{line: 1, msg: "in the partial '" + n.text + "': " + err.Error()}
	}
	return expandPartials(nodes, source, append(open[:len(open):len(open)], n.text), budget)
}

// indentLines puts indent before every non-empty line.
func indentLines(text, indent string) string {
	if indent == "" || text == "" {
		return text
	}
	lines := strings.SplitAfter(text, "\n")
	for i, l := range lines {
		if l != "" && l != "\n" {
			lines[i] = indent + l
		}
	}
	return strings.Join(lines, "")
}
