package prompts

import (
	"slices"
	"strings"
)

// partialSource gives the text that {{>ref}} stands for.
type partialSource func(ref string) (text string, err error)

// inline replaces the partials of a compiled text by what they stand for, so that a render
// looks nothing up. open holds the partials around it: a partial inside itself is refused.
func inline(nodes []node, source partialSource, open []string, budget *int) ([]node, error) {
	out := nodes[:0:0]
	for _, n := range nodes {
		if *budget--; *budget < 0 {
			return nil, &parseError{line: 1, msg: "the text with its partials is too long"}
		}
		switch n.kind {
		case sectionNode, invertedNode:
			inner, err := inline(n.nodes, source, open, budget)
			if err != nil {
				return nil, err
			}
			n.nodes = inner
			out = append(out, n)
		case partialNode:
			inner, err := partial(n, source, open, budget)
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

func partial(n node, source partialSource, open []string, budget *int) ([]node, error) {
	if slices.Contains(open, n.text) {
		return nil, &parseError{line: 1, msg: "the partial '" + n.text + "' contains itself"}
	}
	text, err := source(n.text)
	if err != nil {
		return nil, err
	}
	nodes, err := parseText(indented(text, n.indent))
	if err != nil {
		return nil, &parseError{line: 1, msg: "in the partial '" + n.text + "': " + err.Error()}
	}
	return inline(nodes, source, append(open[:len(open):len(open)], n.text), budget)
}

// indented puts indent before every line that is not empty.
func indented(text, indent string) string {
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
