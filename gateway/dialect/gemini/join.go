package gemini

import (
	"bytes"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/internal/jsonx"
)

// Join implements gateway.RequestFormat. A model that the call leaves empty is the
// template's; the settings of both are merged, and so are the parts of both system
// instructions.
func (Dialect) Join(template, call []byte) []byte {
	names := map[string]string{} // of the template's fields, by their names in camel case
	for m := range jsonx.Members(template) {
		names[camel(m.Key)] = m.Key
	}
	var changes []jsonx.Change
	for m := range jsonx.Members(call) {
		name, given := names[camel(m.Key)]
		if !given {
			name = m.Key
		}
		before := jsonx.Get(template, name)
		switch camel(m.Key) {
		case "contents":
			m.Value = concatenated(before, m.Value)
		case "systemInstruction":
			if before != nil {
				m.Value = []byte(`{"parts":` + string(concatenated(jsonx.Get(before, "parts"), jsonx.Get(m.Value, "parts"))) + `}`)
			}
		case "generationConfig":
			if len(before) > 0 && before[0] == '{' {
				m.Value = merged(before, m.Value)
			}
		case "model":
			if jsonx.String(m.Value) == "" {
				continue
			}
		}
		changes = append(changes, jsonx.Change{Name: name, Value: m.Value})
	}
	return jsonx.Update(template, changes...)
}

// merged is an object with the members of both; later ones replace earlier ones, in either
// spelling.
func merged(earlier, later []byte) []byte {
	var cuts, changes []jsonx.Change
	for m := range jsonx.Members(later) {
		changes = append(changes, jsonx.Change{Name: m.Key, Value: m.Value})
		for e := range jsonx.Members(earlier) {
			if e.Key != m.Key && camel(e.Key) == camel(m.Key) {
				cuts = append(cuts, jsonx.Change{Name: e.Key})
			}
		}
	}
	return jsonx.Update(jsonx.Update(earlier, cuts...), changes...)
}

// concatenated is a list of the elements of both.
func concatenated(first, second []byte) []byte {
	var all [][]byte
	for _, list := range [][]byte{first, second} {
		for _, e := range elements(gjson.ParseBytes(list)) {
			all = append(all, []byte(e.Raw))
		}
	}
	return array(all)
}

// array is a JSON array of values.
func array(values [][]byte) []byte {
	out := append([]byte{'['}, bytes.Join(values, []byte(","))...)
	return append(out, ']')
}
