package prompts

import (
	"strings"

	"github.com/tidwall/gjson"
)

var types = map[string]bool{"string": true, "number": true, "integer": true, "boolean": true, "array": true, "object": true}

// Variable declares one variable of a template.
type Variable struct {
	Type        string // string, number, integer, boolean, array, object; "" = any
	Required    bool
	Default     []byte // JSON; nil = none
	Description string
}

// matchesType reports whether v is of the declared type. The placeholder of a redacted
// number is a string and counts as a number.
func (d *Variable) matchesType(v gjson.Result, redacted bool) bool {
	switch d.Type {
	case "string":
		return v.Type == gjson.String
	case "number", "integer":
		if v.Type == gjson.String {
			return redacted && strings.HasPrefix(v.Str, "[") && strings.HasSuffix(v.Str, "]")
		}
		return v.Type == gjson.Number && (d.Type == "number" || isInteger(v))
	case "boolean":
		return v.IsBool()
	case "array":
		return v.IsArray()
	case "object":
		return v.IsObject()
	}
	return true
}

func isInteger(v gjson.Result) bool {
	return !strings.ContainsAny(v.Raw, ".eE") || v.Num == float64(int64(v.Num))
}

// declaration is a named Variable of a compiled arm.
type declaration struct {
	name string
	Variable
}

func parseDeclarations(v gjson.Result, path string, ps *problems) []declaration {
	if !v.IsObject() {
		ps.add(path, "must be an object of declarations")
		return nil
	}
	var out []declaration
	eachField(v, path, ps, func(name, at string, v gjson.Result) {
		d := declaration{name: name}
		d.Required = true
		required := false
		if !v.IsObject() && v.Type != gjson.Null {
			ps.add(at, "must be an object: {type, required, default, description}")
			return
		}
		eachField(v, at, ps, func(key, at string, v gjson.Result) {
			switch key {
			case "type":
				if d.Type = v.String(); v.Type != gjson.String || !types[d.Type] {
					ps.add(at, "must be string, number, integer, boolean, array or object")
					d.Type = ""
				}
			case "required":
				if d.Required, required = v.Bool(), true; !v.IsBool() {
					ps.add(at, "must be true or false")
				}
			case "default":
				d.Default = []byte(v.Raw)
			case "description":
				if d.Description = v.String(); v.Type != gjson.String {
					ps.add(at, "must be a string")
				}
			default:
				ps.add(at, "unknown field")
			}
		})
		if d.Default != nil {
			if dv := gjson.ParseBytes(d.Default); dv.Type == gjson.Null || !d.matchesType(dv, false) {
				ps.add(at+".default", "does not fit the type")
			}
			if !required {
				d.Required = false
			}
		}
		out = append(out, d)
	})
	return out
}

func typeName(t string) string {
	if strings.IndexByte("aeiou", t[0]) >= 0 {
		return "an " + t
	}
	return "a " + t
}

func jsonType(v gjson.Result) string {
	switch {
	case v.IsArray():
		return "an array"
	case v.IsObject():
		return "an object"
	case v.IsBool():
		return "a boolean"
	case v.Type == gjson.Number:
		return "a number"
	case v.Type == gjson.Null:
		return "null"
	}
	return "a string"
}
