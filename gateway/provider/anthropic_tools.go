package provider

import (
	"strconv"

	"github.com/sluicegate/sluice/gateway"
	"github.com/tidwall/gjson"
)

const noParameters = `{"type":"object","properties":{}}`

// writeTools translates tools and tool_choice.
func writeTools(w *fields, root gjson.Result) error {
	const op = "provider.anthropic.Request"
	tools := root.Get("tools")
	if !tools.IsArray() || tools.Get("#").Int() == 0 {
		return nil
	}
	list, bad := []byte{'['}, error(nil)
	i := -1
	tools.ForEach(func(_, t gjson.Result) bool {
		if i++; i > 0 {
			list = append(list, ',')
		}
		f := t.Get("function")
		if !f.IsObject() {
			if t.Get("type").String() == "function" || t.Get("name").String() == "" {
				at := "tools[" + strconv.Itoa(i) + "]"
				bad = gateway.InvalidField(op, at, "The field '"+at+"' is no function.")
				return false
			}
			list = append(list, t.Raw...) // one of Anthropic's own tools
			return true
		}
		one := fields{dst: append(list, '{')}
		one.text("name", f.Get("name").String())
		if d := f.Get("description"); d.Type == gjson.String {
			one.text("description", d.Str)
		}
		schema := noParameters
		if p := f.Get("parameters"); p.IsObject() {
			schema = p.Raw
			if !p.Get("type").Exists() {
				schema = `{"type":"object",` + p.Raw[1:]
				if p.Get("@keys.#").Int() == 0 {
					schema = noParameters
				}
			}
		}
		one.raw("input_schema", schema)
		for _, c := range []gjson.Result{t.Get("cache_control"), f.Get("cache_control")} {
			if c.IsObject() {
				one.raw("cache_control", c.Raw)
				break
			}
		}
		list = append(one.dst, '}')
		return true
	})
	if bad != nil {
		return bad
	}
	w.raw("tools", string(append(list, ']')))
	choice, err := toolChoice(root.Get("tool_choice"))
	if err != nil {
		return err
	}
	if p := root.Get("parallel_tool_calls"); p.Type == gjson.False && choice != `{"type":"none"}` {
		choice = pick(choice, `{"type":"auto"}`)
		choice = choice[:len(choice)-1] + `,"disable_parallel_tool_use":true}`
	}
	if choice != "" {
		w.raw("tool_choice", choice)
	}
	return nil
}

func toolChoice(v gjson.Result) (string, error) {
	switch word := v.String(); {
	case !v.Exists() || v.Type == gjson.Null:
		return "", nil
	case v.IsObject() && v.Get("function.name").String() != "":
		return `{"type":"tool","name":` + string(gateway.AppendQuoted(nil, v.Get("function.name").String())) + `}`, nil
	case word == "auto" || word == "none":
		return `{"type":"` + word + `"}`, nil
	case word == "required" || word == "any":
		return `{"type":"any"}`, nil
	}
	return "", gateway.InvalidField("provider.anthropic.Request", "tool_choice", "The field 'tool_choice' must be auto, none, required or name a function.")
}
