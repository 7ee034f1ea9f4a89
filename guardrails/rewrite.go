package guardrails

import (
	"encoding/json"
	"strings"

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

// rewrite asks edit about every string, keys included, and every number of the valid JSON
// text raw, and splices in what it changes; everything else stays byte for byte. label is
// the nearest key before a value. A string that is JSON itself is read in the same way; a
// number that changes becomes a string.
func rewrite(raw string, depth int, edit func(label, value string, number bool) (string, bool)) (string, bool) {
	var out []byte
	at, label := 0, ""
	splice := func(start, end int, text string) {
		out = append(out, raw[at:start]...)
		out = gateway.AppendQuoted(out, text)
		at = end
	}
	for i := 0; i < len(raw); {
		switch c := raw[i]; {
		case c == '"':
			end := stringEnd(raw, i)
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
				if text, ok := rewrite(value, depth+1, edit); ok {
					splice(i, end, text)
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
		return raw, false
	}
	return string(append(out, raw[at:]...)), true
}

// stringEnd is the position after the string that begins at i.
func stringEnd(raw string, i int) int {
	for i++; i < len(raw); i++ {
		switch raw[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(raw)
}

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
	var s string
	if json.Unmarshal([]byte(quoted), &s) != nil {
		return quoted[1 : len(quoted)-1]
	}
	return s
}
