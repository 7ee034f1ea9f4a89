package telemetry

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// Words are what a text search looks for. An exchange has them if each stands, whatever its case,
// somewhere in a text of what was asked or answered, or in the message of its error. A word may be
// a part of a longer one, so that it is found in languages that do not part words by spaces, too.
// Names of fields and numbers are not searched.
type Words []string

// Bounds of a text search.
const (
	MaxSearchText = 200 // bytes
	maxWords      = 8
)

// ParseWords reads words that are parted by white space; none of "".
func ParseWords(text string) (Words, error) {
	const op, field = "telemetry.ParseWords", "text"
	words := strings.Fields(strings.ToLower(text))
	slices.Sort(words)
	words = slices.Compact(words)
	switch {
	case len(text) > MaxSearchText || len(words) > maxWords:
		return nil, gateway.InvalidField(op, field, fmt.Sprintf("The 'text' must have at most %d bytes and %d words.", MaxSearchText, maxWords))
	case text != "" && len(words) == 0, !utf8.ValidString(text):
		return nil, gateway.InvalidField(op, field, "The 'text' must have words.")
	}
	return words, nil
}

// In reports whether an exchange, which has its bodies, has all the words.
func (w Words) In(r *Record) bool {
	left := slices.Clone(w)
	if r.Error != nil {
		left = left.without(r.Error.Message)
	}
	for _, body := range [][]byte{r.Response, r.Request} {
		if len(left) == 0 {
			return true
		}
		jsonx.Walk(body, func(n jsonx.Node) jsonx.Action {
			if n.Kind == jsonx.KindString {
				left = left.without(n.Text())
			}
			if len(left) == 0 {
				return jsonx.Stop
			}
			return jsonx.Descend
		})
	}
	return len(left) == 0
}

// without returns the words that a text does not have.
func (w Words) without(text string) Words {
	text = strings.ToLower(text)
	return slices.DeleteFunc(w, func(word string) bool { return strings.Contains(text, word) })
}
