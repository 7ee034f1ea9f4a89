package apikey

import (
	"strings"

	"github.com/sluicegate/sluice/gateway"
)

// NameFor makes the name of a key that another gateway's client calls by any text, and returns
// that text where it cannot be the name itself. A key that nobody named is called by an id.
func NameFor(text string, newID func() string) (name, title string) {
	switch {
	case text == "":
		return "key-" + strings.ToLower(newID()), ""
	case gateway.IsName(text):
		return text, ""
	}
	name = strings.Trim(strings.Map(func(r rune) rune {
		if gateway.IsName(string(r)) {
			return r
		}
		return '-'
	}, text), "-")
	id := strings.ToLower(newID())
	return "key-" + name[:min(len(name), 40)] + "-" + id[len(id)-8:], text
}
