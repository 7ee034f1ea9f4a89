package bodyfield

import (
	"strings"

	"github.com/sluicegate/sluice/internal/jsonx"
)

// modelFields are the fields of request bodies by which vendors, and gateways in front of
// them, choose a model. Some of them ignore case.
var modelFields = []string{"model", "models", "fallback", "fallbacks", "fallback_model", "fallback_models", "model_list", "preset", "draft_model", "engine",
	"model_id", "model_name", "deployment", "deployment_id"}

// nestedFields are objects whose members some gateways read as fields of the body.
var nestedFields = []string{"extra_body", "user_config", "litellm_params"}

// Match returns the element of names that equals name, ignoring case, or "".
func Match(name string, names ...string) string {
	for _, n := range names {
		if strings.EqualFold(name, n) {
			return n
		}
	}
	return ""
}

// ModelNames lists the models that a body names, in any field by which a vendor may choose a
// model and in any case. readable is false if such a field contains anything but names.
func ModelNames(body []byte) (names []string, readable bool) {
	readable = true
	for m := range jsonx.Members(body) {
		switch {
		case Match(m.Key, modelFields...) != "":
			names, readable = addModels(names, readable, m.Value)
		case Match(m.Key, nestedFields...) != "" && m.Value[0] == '{':
			more, ok := ModelNames(m.Value)
			names, readable = append(names, more...), readable && ok
		}
	}
	return names, readable
}

// ToolModels lists the models that the tools of a body name, besides those of ModelNames: a tool that the
// vendor runs may ask a model of its own, such as an advisor or one that makes images. Such a tool names
// it itself or in its parameters, which of a function are a schema.
func ToolModels(body []byte) (names []string, readable bool) {
	readable = true
	for m := range jsonx.Members(body) {
		if Match(m.Key, "tools") == "" || m.Value[0] != '[' {
			continue
		}
		for tool := range jsonx.Elements(m.Value) {
			if tool.Value[0] != '{' {
				continue
			}
			more, ok := ModelNames(tool.Value)
			names, readable = append(names, more...), readable && ok
			parameters := jsonx.Get(tool.Value, "parameters")
			if len(parameters) == 0 || parameters[0] != '{' || jsonx.String(jsonx.Get(tool.Value, "type")) == "function" {
				continue
			}
			more, ok = ModelNames(parameters)
			names, readable = append(names, more...), readable && ok
		}
	}
	return names, readable
}

// AllModels lists the models of ModelNames and of ToolModels.
func AllModels(body []byte) (names []string, readable bool) {
	names, readable = ModelNames(body)
	more, ok := ToolModels(body)
	return append(names, more...), readable && ok
}

// addModels adds the names in a model field: a name, a list, an object that names a model,
// or an object whose keys and values are names.
func addModels(names []string, readable bool, value []byte) ([]string, bool) {
	switch value[0] {
	case 'n': // null
	case '"':
		names = append(names, jsonx.String(value))
	case '[':
		for e := range jsonx.Elements(value) {
			names, readable = addModels(names, readable, e.Value)
		}
	case '{':
		if more, ok := ModelNames(value); len(more) > 0 {
			return append(names, more...), readable && ok
		}
		for m := range jsonx.Members(value) {
			names, readable = addModels(append(names, m.Key), readable, m.Value)
		}
	default:
		readable = false
	}
	return names, readable
}
