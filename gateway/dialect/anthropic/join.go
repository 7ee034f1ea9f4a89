package anthropic

import "github.com/sluicegate/sluice/internal/jsonx"

// Join implements gateway.RequestFormat. A model that the call leaves empty is the
// template's; both system texts become blocks of one list.
func (Dialect) Join(template, call []byte) []byte {
	var changes []jsonx.Change
	for m := range jsonx.Members(call) {
		switch m.Key {
		case "messages":
			m.Value = list(elements(jsonx.Get(template, "messages")), elements(m.Value))
		case "system":
			if before := jsonx.Get(template, "system"); before != nil {
				m.Value = list(systemBlocks(before), systemBlocks(m.Value))
			}
		case "model":
			if jsonx.String(m.Value) == "" {
				continue
			}
		}
		changes = append(changes, jsonx.Change{Name: m.Key, Value: m.Value})
	}
	return jsonx.Update(template, changes...)
}

// systemBlocks are the blocks of a system, which may be one text.
func systemBlocks(system []byte) [][]byte {
	if _, ok := jsonx.Unquote(system); ok {
		return [][]byte{append(append([]byte(`{"type":"text","text":`), system...), '}')}
	}
	return elements(system)
}

func elements(raw []byte) [][]byte {
	var out [][]byte
	for e := range jsonx.Elements(raw) {
		out = append(out, e.Value)
	}
	return out
}

// list is a list of the elements of both.
func list(first, second [][]byte) []byte {
	out := []byte{'['}
	for _, from := range [][][]byte{first, second} {
		for _, e := range from {
			if len(out) > 1 {
				out = append(out, ',')
			}
			out = append(out, e...)
		}
	}
	return append(out, ']')
}
