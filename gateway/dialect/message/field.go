package message

import (
	"encoding/json"
	"strconv"

	"github.com/tidwall/gjson"
)

// Refusal makes the error that refuses a field of a request: it is named, and told what it must be.
type Refusal func(field, what string) error

// Given reports a value that is neither absent nor null.
func Given(v gjson.Result) bool { return v.Exists() && v.Type != gjson.Null }

// OptionalText is the string in a field, "" if it is not given.
func OptionalText(root gjson.Result, field string, refuse Refusal) (string, error) {
	v := root.Get(field)
	if Given(v) && v.Type != gjson.String {
		return "", refuse(field, "must be a string")
	}
	return v.Str, nil
}

// ReadFunctions reads tools in the form of FunctionTool.
func ReadFunctions(list gjson.Result, refuse Refusal) ([]Tool, error) {
	if Given(list) && !list.IsArray() {
		return nil, refuse("tools", "must be a list")
	}
	var out []Tool
	for i, v := range list.Array() {
		path, f := "tools["+strconv.Itoa(i)+"]", v.Get("function")
		if f.Get("name").String() == "" {
			return nil, refuse(path+".function.name", "is missing")
		}
		tool := Tool{Name: f.Get("name").String(), Description: f.Get("description").String(), Path: path}
		if p := f.Get("parameters"); p.IsObject() {
			tool.Schema = json.RawMessage(p.Raw)
		}
		out = append(out, tool)
	}
	return out, nil
}
