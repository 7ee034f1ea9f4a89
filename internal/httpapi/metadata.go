package httpapi

import (
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/tidwall/gjson"
	"go.opentelemetry.io/otel/baggage"

	"github.com/sluicegate/sluice/internal/jsonx"
)

const maxMetadata = 128 // characters of a key or a value

// metadata reads x-…-metadata: a JSON object of strings.
func (h headers) metadata() (map[string]string, error) {
	v := h.value(hMetadata)
	if v == "" {
		return nil, nil
	}
	if !jsonx.Valid([]byte(v)) {
		return nil, h.invalid(hMetadata, "is not valid JSON.")
	}
	root := gjson.Parse(strings.ToValidUTF8(v, "\uFFFD"))
	if !root.IsObject() {
		return nil, h.invalid(hMetadata, "must be a JSON object of strings.")
	}
	out := make(map[string]string, 4)
	var bad error
	root.ForEach(func(k, v gjson.Result) bool {
		key := k.String()
		_, twice := out[key]
		switch {
		case tooLong(key):
			bad = h.invalid(hMetadata, "has a key of more than 128 characters.")
		case v.Type != gjson.String:
			bad = h.invalid(hMetadata, "must hold strings: '"+key+"' is none.")
		case tooLong(v.Str):
			bad = h.invalid(hMetadata, "has a value of more than 128 characters: '"+key+"'.")
		case twice:
			bad = h.invalid(hMetadata, "gives '"+key+"' twice.")
		}
		out[key] = v.String()
		return bad == nil
	})
	return out, bad
}

func tooLong(s string) bool { return len(s) > maxMetadata && utf8.RuneCountInString(s) > maxMetadata }

// addBaggage merges W3C baggage into metadata; what is there already wins. A member that is
// malformed or too long is left out: the header belongs to the caller's tracing, and a call must
// not fail for it.
func addBaggage(from http.Header, into map[string]string) map[string]string {
	all := strings.Join(from["Baggage"], ",")
	if all == "" {
		return into
	}
	found, _ := baggage.Parse(all) // gives the members that are well formed
	for _, m := range found.Members() {
		if _, taken := into[m.Key()]; taken || tooLong(m.Key()) || tooLong(m.Value()) {
			continue
		}
		if into == nil {
			into = make(map[string]string, 4)
		}
		into[m.Key()] = strings.ToValidUTF8(m.Value(), "\uFFFD")
	}
	return into
}
