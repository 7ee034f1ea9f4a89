package openai

import "github.com/sluicegate/sluice/internal/jsonx"

// Join implements gateway.RequestFormat. A model that the call leaves empty is the
// template's.
func (Dialect) Join(template, call []byte) []byte {
	var changes []jsonx.Change
	for m := range jsonx.Members(call) {
		switch m.Key {
		case "messages":
			m.Value = concatenated(jsonx.Get(template, "messages"), m.Value)
		case "model":
			if jsonx.String(m.Value) == "" {
				continue
			}
		}
		changes = append(changes, jsonx.Change{Name: m.Key, Value: m.Value})
	}
	return jsonx.Update(template, changes...)
}

// concatenated is a list of the elements of both.
func concatenated(first, second []byte) []byte {
	list := []byte{'['}
	for _, from := range [][]byte{first, second} {
		for e := range jsonx.Elements(from) {
			if len(list) > 1 {
				list = append(list, ',')
			}
			list = append(list, e.Value...)
		}
	}
	return append(list, ']')
}
