package telemetry

import (
	"bytes"
	"encoding/json"
	"strconv"

	"github.com/sluicegate/sluice/gateway"
)

// cleanser takes personal data out of what is about to be recorded. Only the recorder's
// goroutine uses it.
type cleanser struct {
	detect    func(string) string
	pseudonym func(string) string
	memo      map[string]string
}

const (
	shortest = 5 // nothing shorter can identify: the shortest address is a@b.c
	memoMax  = 4096
	memoText = 96
)

// text cleanses one text that is seldom the same twice.
func (c *cleanser) text(s string) string {
	if len(s) < shortest {
		return s
	}
	return c.detect(s)
}

// name cleanses a text that recurs from request to request: a model, a user agent.
func (c *cleanser) name(s string) string {
	if len(s) < shortest {
		return s
	}
	if len(s) > memoText {
		return c.detect(s)
	}
	if t, ok := c.memo[s]; ok {
		return t
	}
	if len(c.memo) >= memoMax {
		clear(c.memo)
	}
	t := c.detect(s)
	c.memo[s] = t
	return t
}

// value replaces a whole value by its pseudonym where it holds personal data, so that
// rows of one person still belong together.
func (c *cleanser) value(s string) string {
	if len(s) < shortest || c.detect(s) == s {
		return s
	}
	return c.pseudonym(s)
}

// body cleanses every string of a JSON text, keys and long numbers too, and drops the
// content of data: URLs. With detect off it only does the latter. A text that is no JSON
// becomes one string.
func (c *cleanser) body(raw []byte, detect bool) []byte {
	if !gateway.ValidJSON(raw) {
		s := string(bytes.ToValidUTF8(raw, []byte("\uFFFD")))
		if detect {
			s = c.detect(s)
		}
		return gateway.AppendQuoted(nil, s)
	}
	var out []byte
	done, numberKey := 0, ""
	replace := func(start, end int, quoted []byte) {
		if out == nil {
			out = make([]byte, 0, len(raw)+64)
		}
		out = append(append(out, raw[done:start]...), quoted...)
		done = end
	}
	for i := 0; i < len(raw); {
		switch b := raw[i]; {
		case b == '"':
			end := closing(raw, i)
			inner := raw[i+1 : end-1]
			if isKey(raw, end) {
				numberKey = string(inner)
			}
			if cut := dataURL(inner); cut != nil {
				replace(i, end, cut)
			} else if detect && len(inner) >= shortest {
				if s := unquoted(raw[i:end]); len(s) >= shortest {
					t := c.detectShort(s)
					if t != s {
						replace(i, end, gateway.AppendQuoted(nil, t))
					}
				}
			}
			i = end
		case b >= '0' && b <= '9' || b == '-':
			end := i + 1
			plain := b != '-'
			for end < len(raw) && !delimiter(raw[end]) {
				plain = plain && raw[end] >= '0' && raw[end] <= '9'
				end++
			}
			if detect && plain && end-i >= 7 && !clocks[numberKey] {
				if s := string(raw[i:end]); c.detect(s) != s {
					replace(i, end, gateway.AppendQuoted(nil, c.detect(s)))
				}
			}
			i = end
		default:
			i++
		}
	}
	if out == nil {
		return raw
	}
	return append(out, raw[done:]...)
}

// detectShort remembers the words of which JSON is full.
func (c *cleanser) detectShort(s string) string {
	if len(s) <= 24 {
		return c.name(s)
	}
	return c.detect(s)
}

// clocks are fields whose long numbers are times and seeds, which look like telephone numbers.
var clocks = map[string]bool{"created": true, "created_at": true, "seed": true, "expires_at": true}

func delimiter(b byte) bool {
	return b == ',' || b == ']' || b == '}' || b == ' ' || b == '\t' || b == '\n' || b == '\r'
}

// closing is the position behind the string that begins at i.
func closing(raw []byte, i int) int {
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

func isKey(raw []byte, end int) bool {
	for ; end < len(raw); end++ {
		switch raw[end] {
		case ' ', '\t', '\n', '\r':
		default:
			return raw[end] == ':'
		}
	}
	return false
}

func unquoted(raw []byte) string {
	if bytes.IndexByte(raw, '\\') < 0 {
		return string(raw[1 : len(raw)-1])
	}
	var s string
	if json.Unmarshal(raw, &s) != nil {
		return string(raw[1 : len(raw)-1])
	}
	return s
}

// dataURL shortens "data:image/png;base64,…" to its type and size; nil if s is none, but a
// text that begins like one.
func dataURL(s []byte) []byte {
	if !bytes.HasPrefix(s, []byte("data:")) {
		return nil
	}
	head, rest, ok := bytes.Cut(s, []byte(","))
	if !ok || len(head) > 80 || !bytes.HasSuffix(head, []byte(";base64")) || bytes.IndexByte(head, '@') >= 0 {
		return nil
	}
	out := append([]byte{'"'}, head...)
	out = append(out, ",["...)
	out = strconv.AppendInt(out, int64(len(rest)), 10)
	return append(out, ` bytes]"`...)
}
