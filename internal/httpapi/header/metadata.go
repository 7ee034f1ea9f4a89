package header

import (
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/tidwall/gjson"
	"go.opentelemetry.io/otel/baggage"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/jsonx"
)

const maxMetadata = 128 // characters of a key or a value

// metadata reads x-…-metadata, a JSON object of strings, into env.
func (h Request) metadata(env *gateway.Envelope) error {
	v := h.value(hMetadata)
	if v == "" {
		return nil
	}
	if !jsonx.Valid([]byte(v)) {
		return h.invalid(hMetadata, "is not valid JSON.")
	}
	root := gjson.Parse(strings.ToValidUTF8(v, "\uFFFD"))
	if !root.IsObject() {
		return h.invalid(hMetadata, "must be a JSON object of strings.")
	}
	var bad error
	root.ForEach(func(k, v gjson.Result) bool {
		key := k.String()
		_, twice := env.Metadata[key]
		switch {
		case tooLong(key):
			bad = h.invalid(hMetadata, "has a key of more than 128 characters.")
		case v.Type != gjson.String:
			bad = h.invalid(hMetadata, "must hold strings: '"+key+"' is none.")
		case tooLong(v.Str):
			bad = h.invalid(hMetadata, "has a value of more than 128 characters: '"+key+"'.")
		case twice:
			bad = h.invalid(hMetadata, "gives '"+key+"' twice.")
		case !env.AddMetadata(key, v.String()):
			bad = h.invalid(hMetadata, "has more than 64 keys, or more than 16 KiB in all.")
		}
		return bad == nil
	})
	return bad
}

func tooLong(s string) bool { return len(s) > maxMetadata && utf8.RuneCountInString(s) > maxMetadata }

// addEndUser makes the header in which LiteLLM's clients name the end user an entry of the
// metadata, like the body's "user". One that is too long is left out, like that one.
func addEndUser(from http.Header, env *gateway.Envelope) {
	if user := first(from, "X-Litellm-End-User-Id"); user != "" && !tooLong(user) && utf8.ValidString(user) {
		env.AddMetadata("_user", user)
	}
}

// addBaggage merges W3C baggage into the metadata; what is there already wins. A member that is
// malformed, too long or one too many is left out: the header belongs to the caller's tracing,
// and a call must not fail for it.
func addBaggage(from http.Header, env *gateway.Envelope) {
	all := strings.Join(from["Baggage"], ",")
	if all == "" {
		return
	}
	found, _ := baggage.Parse(all) // gives the members that are well formed
	for _, m := range found.Members() {
		if !tooLong(m.Key()) && !tooLong(m.Value()) {
			env.AddMetadata(m.Key(), strings.ToValidUTF8(m.Value(), "\uFFFD"))
		}
	}
}
