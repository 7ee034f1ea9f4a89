package telemetry

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"github.com/sluicegate/sluice/gateway"
)

// cleanser takes personal data out of what is about to be recorded. Its memory of what recurs
// is the recorder's goroutine's; text and value are anybody's.
type cleanser struct {
	detect    func(string) string
	pseudonym func(string) string
	names     map[string]string
	values    map[string]string
	since     time.Time
}

func newCleanser(s *Settings) cleanser {
	return cleanser{detect: s.Cleanse, pseudonym: s.Pseudonym, names: map[string]string{}, values: map[string]string{}}
}

// forget what is old: a credential that was created meanwhile is found from then on.
func (c *cleanser) forget(now time.Time) {
	if now.Sub(c.since) >= memoTime {
		clear(c.names)
		clear(c.values)
		c.since = now
	}
}

const (
	shortest = 5 // nothing shorter can identify: the shortest address is a@b.c
	memoMax  = 4096
	memoText = 96
	memoTime = 10 * time.Second
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
	return remembered(c.names, s, c.detect)
}

// remembered is f(s), out of the memo if s is short.
func remembered(memo map[string]string, s string, f func(string) string) string {
	if len(s) > memoText {
		return f(s)
	}
	if t, ok := memo[s]; ok {
		return t
	}
	if len(memo) >= memoMax {
		clear(memo)
	}
	s = strings.Clone(s) // it may be a piece of a body
	t := f(s)
	memo[s] = t
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

// recurring is value for what comes again with the next request: an address, a team.
func (c *cleanser) recurring(s string) string {
	if len(s) < shortest {
		return s
	}
	return remembered(c.values, s, c.value)
}

// body cleanses every string of a JSON text, keys and long numbers too, and drops the
// content of data: URLs. With detect off it only does the latter. A text that is no JSON
// becomes one string; valid says that it is known to be JSON.
func (c *cleanser) body(body []byte, detect, valid bool) []byte {
	if !valid && !gateway.ValidJSON(body) {
		s := string(bytes.ToValidUTF8(body, []byte("\uFFFD")))
		if detect {
			s = c.detect(s)
		}
		return gateway.AppendQuoted(nil, s)
	}
	raw := string(body) // of which every text below is a piece
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
				numberKey = inner
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
				if s := raw[i:end]; c.detect(s) != s {
					replace(i, end, gateway.AppendQuoted(nil, c.detect(s)))
				}
			}
			i = end
		default:
			i++
		}
	}
	if out == nil {
		return body
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
func closing(raw string, i int) int {
	for i++; i < len(raw); {
		n := strings.IndexByte(raw[i:], '"')
		if n < 0 {
			break
		}
		escape := strings.IndexByte(raw[i:i+n], '\\')
		if escape < 0 {
			return i + n + 1
		}
		i += escape + 2
	}
	return len(raw)
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

func unquoted(raw string) string {
	if strings.IndexByte(raw, '\\') < 0 {
		return raw[1 : len(raw)-1]
	}
	var s string
	if json.Unmarshal([]byte(raw), &s) != nil {
		return raw[1 : len(raw)-1]
	}
	return s
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
