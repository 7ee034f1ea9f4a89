package config

import (
	"strconv"
	"strings"

	"github.com/tidwall/gjson"
)

// Reference is a place of a config that names a virtual key.
type Reference struct {
	Path       string // "targets[0].virtual_key"
	VirtualKey string
}

// References lists the virtual keys that a valid config names, as virtual_key or before a model:
// @name/model.
func References(document []byte) []Reference {
	var out []Reference
	var walk func(path, field string, v gjson.Result)
	walk = func(path, field string, v gjson.Result) {
		switch {
		case v.IsObject():
			v.ForEach(func(k, inner gjson.Result) bool {
				walk(strings.TrimPrefix(path+"."+k.String(), "."), k.String(), inner)
				return true
			})
		case v.IsArray():
			for i, inner := range v.Array() {
				walk(path+"["+strconv.Itoa(i)+"]", field, inner)
			}
		case v.Type != gjson.String:
		case field == "virtual_key":
			out = append(out, Reference{path, v.Str})
		case field == "model" || field == "fallback":
			if name, model, ok := strings.Cut(strings.TrimPrefix(v.Str, "@"), "/"); ok && v.Str[0] == '@' && name != "" && model != "" {
				out = append(out, Reference{path, name})
			}
		}
	}
	walk("", "", gjson.ParseBytes(document))
	return out
}
