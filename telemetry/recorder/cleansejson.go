package recorder

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"

	"github.com/sluicegate/sluice/gateway"
)

// body cleanses every string of a JSON text, names and long numbers included, and cuts the
// content out of data: URLs. With detect off it only does the latter. A text that is no JSON
// becomes one string. It returns body itself where nothing changes.
func (c *cleanser) body(body []byte, detect bool) []byte {
	if !json.Valid(body) {
		return c.nonJSON(body, detect)
	}
	raw := string(body)
	var out []byte
	done, numberKey := 0, ""
	replace := func(start, end int, with []byte) {
		out, done = append(append(out, raw[done:start]...), with...), end
	}
	for i := 0; i < len(raw); {
		if strings.IndexByte("{}[],: \t\n\r", raw[i]) >= 0 {
			i++
			continue
		}
		end := token(raw, i)
		if raw[i] == '"' {
			inner := raw[i+1 : end-1]
			if isKey(raw, end) {
				numberKey = inner
			}
			if short := shortDataURL(inner); short != nil {
				replace(i, end, short)
			} else if detect {
				s := gateway.TextOf(body[i:end])
				if clean := c.text(s); clean != s {
					replace(i, end, gateway.AppendQuoted(nil, clean))
				}
			}
		} else if s := raw[i:end]; detect && len(s) >= minNumber && !clocks[numberKey] && digits(s) {
			if clean := c.detect(s); clean != s {
				replace(i, end, gateway.AppendQuoted(nil, clean))
			}
		}
		i = end
	}
	if done == 0 {
		return body
	}
	return append(out, raw[done:]...)
}

// nonJSON records a text that is no JSON as one string.
func (c *cleanser) nonJSON(body []byte, detect bool) []byte {
	s := string(bytes.ToValidUTF8(body, []byte("\uFFFD")))
	if detect {
		s = c.detect(s)
	}
	return gateway.AppendQuoted(nil, s)
}

// minNumber is the length of the shortest number that can identify a person.
const minNumber = 7

// clocks are fields whose long numbers are times and seeds, which look like telephone numbers.
var clocks = map[string]bool{"created": true, "created_at": true, "seed": true, "expires_at": true}

// token returns the position behind the string, number or literal at i, -1 if there is none.
func token(raw string, i int) int {
	switch raw[i] {
	case '"':
		return closing(raw, i)
	case 't', 'f', 'n':
		for _, word := range [...]string{"true", "false", "null"} {
			if strings.HasPrefix(raw[i:], word) {
				return i + len(word)
			}
		}
	default:
		end := i
		for end < len(raw) && strings.IndexByte("0123456789+-.eE", raw[end]) >= 0 {
			end++
		}
		if end > i {
			return end
		}
	}
	return -1
}

func digits(s string) bool { return strings.Trim(s, "0123456789") == "" }

// closing returns the position behind the string that begins at i, -1 if it does not end.
func closing(raw string, i int) int {
	for i++; i < len(raw); i++ {
		switch raw[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return -1
}

// isKey reports whether the string that ends at end is the name of a member.
func isKey(raw string, end int) bool {
	return strings.HasPrefix(strings.TrimLeft(raw[end:], " \t\n\r"), ":")
}

// shortDataURL returns the JSON string that replaces the content of "data:image/png;base64,…"
// by its size; nil if s is no such URL.
func shortDataURL(s string) []byte {
	head, content, ok := strings.Cut(s, ",")
	if !ok || len(head) > 80 || !strings.HasPrefix(head, "data:") || !strings.HasSuffix(head, ";base64") || strings.Contains(head, "@") {
		return nil
	}
	return []byte(`"` + head + ",[" + strconv.Itoa(len(content)) + ` bytes]"`)
}
