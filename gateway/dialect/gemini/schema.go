package gemini

import (
	"encoding/json"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/internal/jsonx"
)

// maxSchema bounds how deep a schema is converted; a body is not nested much deeper.
const maxSchema = 64

// jsonSchema writes a schema of Google's own, a subset of OpenAPI's, as a JSON schema: types
// are in lower case, "nullable" is a type, and the order of properties is that of the text.
func jsonSchema(v gjson.Result) json.RawMessage { return convertSchema(v, 0) }

func convertSchema(v gjson.Result, depth int) []byte {
	if !v.IsObject() || depth == maxSchema {
		return []byte(v.Raw)
	}
	nullable := fieldsOf(v)["nullable"].Type == gjson.True
	out := []byte("{}")
	set := func(name string, value []byte) { out = jsonx.Update(out, jsonx.Change{Name: name, Value: value}) }
	v.ForEach(func(key, v gjson.Result) bool {
		switch name := camel(key.Str); name {
		case "nullable", "propertyOrdering":
		case "type":
			kind := jsonx.Quote(strings.ToLower(text(v)))
			if nullable {
				kind = append(append([]byte("["), kind...), `,"null"]`...)
			}
			if text(v) != "TYPE_UNSPECIFIED" {
				set("type", kind)
			}
		case "properties":
			set(name, convertMembers(v, depth))
		case "items", "additionalProperties":
			set(name, convertSchema(v, depth+1))
		case "anyOf":
			var list [][]byte
			for _, e := range elements(v) {
				list = append(list, convertSchema(e, depth+1))
			}
			set(name, array(list))
		case "minItems", "maxItems", "minLength", "maxLength", "minProperties", "maxProperties": // 64 bit integers are strings
			value := []byte(v.Raw)
			if v.Type == gjson.String && gjson.Valid(v.Str) {
				value = []byte(v.Str)
			}
			set(name, value)
		default:
			set(key.Str, []byte(v.Raw))
		}
		return true
	})
	return out
}

// convertMembers converts schemas that have names of the caller's own.
func convertMembers(v gjson.Result, depth int) []byte {
	if !v.IsObject() {
		return []byte(v.Raw)
	}
	out := []byte("{}")
	v.ForEach(func(key, v gjson.Result) bool {
		out = jsonx.Update(out, jsonx.Change{Name: key.Str, Value: convertSchema(v, depth+1)})
		return true
	})
	return out
}
