package redact

import (
	"strings"

	"github.com/sluicegate/sluice/internal/jsonx"
	"github.com/sluicegate/sluice/internal/sniff"
)

const (
	// maxNesting is how many levels of JSON inside strings of JSON are read.
	maxNesting = 5
	// minNumber is the length of the shortest number that is read as a text.
	minNumber = 7
)

// isJSON reports whether text is a JSON object or array. "{{" begins a template.
func isJSON(text string) bool {
	t := strings.TrimLeft(text, " \t\r\n")
	return len(t) > 1 && (t[0] == '{' && t[1] != '{' || t[0] == '[') && jsonx.Valid([]byte(t))
}

// visit calls fn for every key, string and long number of the JSON text raw, in order.
func visit(raw []byte, fn func(jsonx.Node)) {
	jsonx.Walk(raw, func(n jsonx.Node) jsonx.Action { // raw is valid
		switch n.Kind {
		case jsonx.KindKey, jsonx.KindString:
			fn(n)
		case jsonx.KindNumber:
			if n.End()-n.Start >= minNumber {
				fn(n)
			}
		}
		return jsonx.Descend
	})
}

// labelOf returns the nearest key above a value, "" for a key itself.
func labelOf(n jsonx.Node) string {
	if n.Kind == jsonx.KindKey {
		return ""
	}
	for i := len(n.Path) - 1; i >= 0; i-- {
		if n.Path[i].Index < 0 {
			return n.Path[i].Key
		}
	}
	return ""
}

// editor returns the replacement of a key, string or number, and whether there is one.
type editor func(label, value string, kind jsonx.Kind) (string, bool)

// rewrite returns the JSON text raw with the replacements that edit asks for, and every
// other byte as it was; nil if edit asks for none. A number that is replaced becomes a
// string. JSON inside strings is rewritten in the same way, nesting levels deep.
func rewrite(raw []byte, nesting int, edit editor) []byte {
	var edits []jsonx.Edit
	visit(raw, func(n jsonx.Node) {
		if text, ok := edited(labelOf(n), n.Text(), n.Kind, nesting, edit); ok {
			edits = append(edits, jsonx.Edit{Start: n.Start, End: n.End(), New: jsonx.Quote(text)})
		}
	})
	if edits == nil {
		return nil
	}
	return jsonx.Splice(raw, edits)
}

// edited returns the replacement of one value, which may hold JSON, or a text in base64.
func edited(label, value string, kind jsonx.Kind, nesting int, edit editor) (string, bool) {
	if kind == jsonx.KindString && nesting > 0 && isJSON(value) {
		out := rewrite([]byte(value), nesting-1, edit)
		return string(out), out != nil
	}
	if kind == jsonx.KindString && nesting > 0 {
		if inner, ok := sniff.DecodeText(value); ok {
			if text, ok := edited(label, inner.Text, kind, nesting-1, edit); ok {
				return inner.With(text), true
			}
		}
	}
	return edit(label, value, kind)
}

// visitNested calls fn for every key, string and long number of the JSON text raw and, up to
// nesting levels deep, of the JSON inside its strings.
func visitNested(raw []byte, nesting int, fn func(label, value string)) {
	rewrite(raw, nesting, func(label, value string, _ jsonx.Kind) (string, bool) {
		fn(label, value)
		return "", false
	})
}

// Decode returns the keys, strings and long numbers of a JSON text without escapes, one to a
// line, those of JSON inside strings included. It returns false if text is not a JSON object
// or array.
func Decode(text string) (string, bool) {
	if !isJSON(text) {
		return "", false
	}
	var b strings.Builder
	visitNested([]byte(text), maxNesting, func(_, value string) {
		b.WriteString(value)
		b.WriteByte('\n')
	})
	return b.String(), true
}
