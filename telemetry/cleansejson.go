package telemetry

import (
	"bytes"
	"strconv"
	"strings"
	"unsafe"

	"github.com/sluicegate/sluice/gateway"
)

// body cleanses every string of a JSON text, keys and long numbers too, and drops the
// content of data: URLs. With detect off it only does the latter. Whoever made the text has
// checked that it is JSON; one in which something stands that JSON has no name for, and that
// is not cleansed therefore, becomes one string. A text that is not kept as it is, is written
// to t.
func (c *cleanser) body(t *texts, body []byte, detect bool) []byte {
	at := len(*t)
	switch done, ok := c.pass(t, body, detect); {
	case !ok:
		*t = c.noJSON((*t)[:at], body, detect)
	case done == 0:
		return body
	default:
		*t = append(*t, body[done:]...)
	}
	return t.since(at)
}

// piece writes a piece of a JSON text to t, cleansed. It reports false if it is none.
func (c *cleanser) piece(t *texts, body []byte, detect bool) bool {
	done, ok := c.pass(t, body, detect)
	if ok {
		*t = append(*t, body[done:]...)
	}
	return ok
}

// pass writes of a JSON text, or of a piece of one between two of its tokens, what is replaced
// and all before it. It reports how much of the text that was, and whether it was JSON.
func (c *cleanser) pass(t *texts, body []byte, detect bool) (done int, ok bool) {
	raw := unsafe.String(unsafe.SliceData(body), len(body)) // without a copy: nobody writes to it any more
	numberKey := ""
	for i := 0; i < len(raw); {
		if between[raw[i]] {
			i++
			continue
		}
		if detect && raw[i] == '"' {
			if again := c.names.repeated(raw[i+1:]); again != "" {
				if i += len(again) + 2; isKey(raw, i) {
					numberKey = again
				}
				continue
			}
		}
		end := token(raw, i)
		if end < 0 {
			return 0, false
		}
		switch b := raw[i]; {
		case b == '"':
			inner := raw[i+1 : end-1]
			if isKey(raw, end) {
				numberKey = inner
			}
			if cut := dataURL(inner); cut != nil {
				*t, done = append(append(*t, raw[done:i]...), cut...), end
			} else if detect && len(inner) >= shortest {
				s := inner
				if strings.IndexByte(inner, '\\') >= 0 {
					s = gateway.TextOf(body[i:end])
				}
				if clean := c.passage(s); clean != s {
					*t, done = gateway.AppendQuoted(append(*t, raw[done:i]...), clean), end
				}
			}
		case detect && end-i >= 7 && !clocks[numberKey] && digits(raw[i:end]):
			s := raw[i:end]
			if clean := c.detect(s); clean != s {
				*t, done = gateway.AppendQuoted(append(*t, raw[done:i]...), clean), end
			}
		}
		i = end
	}
	return done, true
}

func (c *cleanser) noJSON(dst, body []byte, detect bool) []byte {
	s := string(bytes.ToValidUTF8(body, []byte("\uFFFD")))
	if detect {
		s = c.detect(s)
	}
	return gateway.AppendQuoted(dst, s)
}

// passage cleanses a string of a body. It remembers the words of which JSON is full, and the
// longer texts that come again: what a template says, a variable beside the message that it
// became, a conversation so far.
func (c *cleanser) passage(s string) string {
	if len(s) <= 24 {
		return c.name(s)
	}
	return c.clean.text(s, c.detect)
}

// between are the bytes between two tokens.
var between = [256]bool{'{': true, '}': true, '[': true, ']': true, ',': true, ':': true, ' ': true, '\t': true, '\n': true, '\r': true}

// token is the position behind the token at i: a string, a number or a word of JSON's. It is -1
// if there is none of these.
func token(raw string, i int) int {
	switch b := raw[i]; b {
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
		for end < len(raw) && numeral(raw[end]) {
			end++
		}
		if end > i {
			return end
		}
	}
	return -1
}

// clocks are fields whose long numbers are times and seeds, which look like telephone numbers.
var clocks = map[string]bool{"created": true, "created_at": true, "seed": true, "expires_at": true}

func digits(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// numeral reports whether b may be part of a number.
func numeral(b byte) bool {
	return b >= '0' && b <= '9' || b == '-' || b == '+' || b == '.' || b == 'e' || b == 'E'
}

// closing is the position behind the string that begins at i, -1 if it does not end.
func closing(raw string, i int) int {
	for at := i + 1; ; {
		n := strings.IndexByte(raw[at:], '"')
		if n < 0 {
			return -1
		}
		escapes := at + n
		for escapes > i+1 && raw[escapes-1] == '\\' {
			escapes--
		}
		at += n + 1
		if (at-1-escapes)%2 == 0 {
			return at
		}
	}
}

func isKey(raw string, end int) bool {
	for ; end < len(raw); end++ {
		switch raw[end] {
		case ' ', '\t', '\n', '\r':
		default:
			return raw[end] == ':'
		}
	}
	return false
}

// dataURL shortens "data:image/png;base64,…" to its type and size; nil if s is none, but a
// text that begins like one.
func dataURL(s string) []byte {
	if !strings.HasPrefix(s, "data:") {
		return nil
	}
	head, rest, ok := strings.Cut(s, ",")
	if !ok || len(head) > 80 || !strings.HasSuffix(head, ";base64") || strings.IndexByte(head, '@') >= 0 {
		return nil
	}
	out := append([]byte{'"'}, head...)
	out = append(out, ",["...)
	out = strconv.AppendInt(out, int64(len(rest)), 10)
	return append(out, ` bytes]"`...)
}
