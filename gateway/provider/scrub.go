package provider

import (
	"strings"

	"github.com/sluicegate/sluice/gateway"
)

// shown is how much of a credential may stand in an error by accident: vendors quote its
// beginning or its end, so every longer piece of either is replaced.
const (
	shown   = 8
	hidden  = "[secret]"
	noneKey = "none" // what people write for servers that want no key
)

// scrub cleans everything of e that leaves the process or reaches a log.
func scrub(e *gateway.Error, credential gateway.Secret) *gateway.Error {
	key := credential.Reveal()
	if key == "" || key == noneKey {
		return e
	}
	for _, s := range []*string{&e.Public, &e.Param, &e.Code, &e.Type} {
		*s = withoutKey(*s, key)
	}
	if e.Err != nil {
		if text := e.Err.Error(); withoutKey(text, key) != text {
			e.Err = errText(withoutKey(text, key))
		}
	}
	return e
}

type errText string

func (e errText) Error() string { return string(e) }

// withoutKey replaces key, and any piece of more than shown bytes that it begins or ends
// with, in text.
func withoutKey(text, key string) string {
	text = strings.ReplaceAll(text, key, hidden)
	if len(key) <= shown {
		return text
	}
	head, tail := key[:shown+1], key[len(key)-shown-1:]
	for at := 0; ; {
		i := strings.Index(text[at:], head)
		if i < 0 {
			break
		}
		from := at + i
		to := from + len(head)
		for to < len(text) && to-from < len(key) && text[to] == key[to-from] {
			to++
		}
		text = text[:from] + hidden + text[to:]
		at = from + len(hidden)
	}
	for {
		i := strings.Index(text, tail)
		if i < 0 {
			return text
		}
		from, to := i, i+len(tail)
		for from > 0 && to-from < len(key) && text[from-1] == key[len(key)-(to-from)-1] {
			from--
		}
		text = text[:from] + hidden + text[to:]
	}
}
