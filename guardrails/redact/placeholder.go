package redact

import (
	"bytes"
	"strconv"
	"strings"

	"github.com/sluicegate/sluice/guardrails/pii"
)

// maxPlaceholder is longer than any placeholder, in bytes.
const maxPlaceholder = 32

// entityNames are the entities that a placeholder may name.
var entityNames = func() map[string]bool {
	names := map[string]bool{}
	for _, e := range pii.Entities() {
		names[e] = true
	}
	return names
}()

// placeholder writes the placeholder of an entity: [EMAIL_12].
func placeholder(entity string, number int) string {
	return "[" + strings.ToUpper(entity) + "_" + strconv.Itoa(number) + "]"
}

// placeholderAt reads a placeholder, in any case, at the start of text. It returns its size
// in bytes, 0 if there is none. A number with a leading zero makes none.
func placeholderAt(text string) (entity string, number, size int) {
	if text == "" || text[0] != '[' {
		return "", 0, 0
	}
	end := strings.IndexByte(text[:min(len(text), maxPlaceholder)], ']')
	if end < 0 {
		return "", 0, 0
	}
	name, digits, ok := cutLast(text[1:end], "_")
	number, err := strconv.Atoi(digits)
	entity = strings.ToLower(name)
	if !ok || err != nil || number < 1 || strconv.Itoa(number) != digits || !entityNames[entity] {
		return "", 0, 0
	}
	return entity, number, end + 1
}

// mayHoldPlaceholder reports whether a JSON text has a bracket before a letter, either of them
// perhaps escaped. Without one, no string in it holds a placeholder.
func mayHoldPlaceholder(raw []byte) bool {
	if bytes.Contains(raw, []byte(`\u005`)) { // \u005B is a bracket
		return true
	}
	for {
		i := bytes.IndexByte(raw, '[')
		if i < 0 || i+1 == len(raw) {
			return false
		}
		if raw = raw[i+1:]; raw[0] == '\\' || (raw[0]|0x20)-'a' < 26 {
			return true
		}
	}
}

func cutLast(s, sep string) (before, after string, ok bool) {
	i := strings.LastIndex(s, sep)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(sep):], true
}

// lookalikes returns the texts in text that read like placeholders.
func lookalikes(text string) []pii.Span {
	var spans []pii.Span
	for i := 0; i < len(text); {
		next := strings.IndexByte(text[i:], '[')
		if next < 0 {
			break
		}
		i += next
		entity, _, size := placeholderAt(text[i:])
		if size == 0 {
			i++
			continue
		}
		spans = append(spans, pii.Span{Entity: entity, Start: i, End: i + size, Score: 1})
		i += size
	}
	return spans
}

// isLookalike reports whether all of text reads like a placeholder.
func isLookalike(text string) bool {
	_, _, size := placeholderAt(text)
	return size > 0 && size == len(text)
}
