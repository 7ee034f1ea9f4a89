package guardrails

import (
	"strings"
	"unsafe"

	"github.com/sluicegate/sluice/gateway"
)

const (
	// maxNesting is how deep JSON inside strings of JSON is read.
	maxNesting = 4
	// outermost is the depth of a request itself. Its keys say nothing about what stands
	// under them: "tool_call_id" is no telephone number.
	outermost = -1
)

// isJSON reports whether text is a JSON object or list.
func isJSON(text string) bool {
	t := strings.TrimLeft(text, " \t\r\n")
	return len(t) > 1 && (t[0] == '{' && t[1] != '{' || t[0] == '[') && gateway.ValidJSON(t)
}

// editor gives what stands instead of value, and whether that is something else. label is the
// nearest key before it. value is a piece of the text that is rewritten; what editor returns
// is used before it is asked again.
type editor func(label, value string, number bool) (string, bool)

// rewrite asks edit about every string, keys included, and every number of the valid JSON
// text raw, and gives the text with what it changes, everything else byte for byte; nil if
// it changes nothing. A string that is JSON itself is read in the same way; a number that
// changes becomes a string.
func rewrite(raw string, depth int, edit editor) []byte {
	var out []byte
	at, label := 0, ""
	splice := func(start, end int, text string) {
		if out == nil {
			out = make([]byte, 0, len(raw)+64)
		}
		out = append(out, raw[at:start]...)
		out = gateway.AppendQuoted(out, text)
		at = end
	}
	for i := 0; i < len(raw); {
		switch c := raw[i]; {
		case c == '"':
			end := after(raw, i)
			value := decode(raw[i:end])
			key := isKey(raw, end)
			under := label
			if key {
				label, under = value, ""
			}
			if depth == outermost {
				label, under = "", ""
			}
			if depth < maxNesting && !key && isJSON(value) {
				if text := rewrite(value, depth+1, edit); text != nil {
					splice(i, end, view(text))
				}
			} else if text, ok := edit(under, value, false); ok {
				splice(i, end, text)
			}
			i = end
		case c == '-' || c-'0' < 10:
			end := i + 1
			for end < len(raw) && strings.IndexByte("0123456789.eE+-", raw[end]) >= 0 {
				end++
			}
			if end-i >= 7 {
				if text, ok := edit(label, raw[i:end], true); ok {
					splice(i, end, text)
				}
			}
			i = end
		default:
			i++
		}
	}
	if out == nil {
		return nil
	}
	return append(out, raw[at:]...)
}

// view reads bytes that nobody writes to as a string, without a copy.
func view(raw []byte) string { return unsafe.String(unsafe.SliceData(raw), len(raw)) }

// isKey reports whether a colon follows.
func isKey(raw string, i int) bool {
	for i < len(raw) && strings.IndexByte(" \t\r\n", raw[i]) >= 0 {
		i++
	}
	return i < len(raw) && raw[i] == ':'
}

func decode(quoted string) string {
	if strings.IndexByte(quoted, '\\') < 0 {
		return quoted[1 : len(quoted)-1]
	}
	return gateway.TextOf(unsafe.Slice(unsafe.StringData(quoted), len(quoted)))
}
