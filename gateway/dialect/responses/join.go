package responses

import (
	"github.com/sluicegate/sluice/internal/jsonx"
)

// Join implements gateway.RequestFormat. A model that the call leaves empty is the template's;
// instructions become one text; an input that is a text becomes a message of the user.
func (Dialect) Join(template, call []byte) []byte {
	var changes []jsonx.Change
	for m := range jsonx.Members(call) {
		switch m.Key {
		case "input":
			m.Value = Items(jsonx.Get(template, "input"), m.Value)
		case "instructions":
			before := jsonx.String(jsonx.Get(template, "instructions"))
			if own := jsonx.String(m.Value); before != "" && own != "" {
				m.Value = jsonx.Quote(before + "\n\n" + own)
			} else if own == "" {
				continue
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

// Items is a list of the items of all inputs. An input is a list, or a text of the user's.
func Items(inputs ...[]byte) []byte {
	list := []byte{'['}
	for _, input := range inputs {
		if text, ok := jsonx.Unquote(input); ok {
			list = appendItem(list, messageItem("user", text))
			continue
		}
		for e := range jsonx.Elements(input) {
			list = appendItem(list, e.Value)
		}
	}
	return append(list, ']')
}

func appendItem(list, item []byte) []byte {
	if len(list) > 1 {
		list = append(list, ',')
	}
	return append(list, item...)
}

// messageItem is a message with one text.
func messageItem(role, text string) []byte {
	var o jsonx.Object
	o.Text("role", role)
	o.Text("content", text)
	return o.JSON()
}
