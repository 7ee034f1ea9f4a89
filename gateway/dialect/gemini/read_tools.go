package gemini

import (
	"encoding/json"
	"slices"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway/dialect/message"
)

func (r *requestReader) tools(list, config gjson.Result) error {
	for i, v := range elements(list) {
		path := at(r.base+"tools", i)
		if !v.IsObject() {
			return invalid(path, "must be an object")
		}
		f := fieldsOf(v)
		for n, d := range elements(f["functionDeclarations"]) {
			tool, err := readDeclaration(fieldsOf(d), at(path+".functionDeclarations", n))
			if err != nil {
				return err
			}
			r.request.Tools = append(r.request.Tools, tool)
		}
		if _, ok := f["functionDeclarations"]; !ok || len(f) > 1 {
			r.request.Tools = append(r.request.Tools, message.Tool{Native: json.RawMessage(v.Raw), Path: path, WebSearch: f["googleSearch"].IsObject() && len(f) == 1})
		}
	}
	return r.choice(fieldsOf(fieldsOf(config)["functionCallingConfig"]))
}

func readDeclaration(f fields, path string) (message.Tool, error) {
	tool := message.Tool{Name: f.text("name"), Description: f.text("description"), Path: path}
	if tool.Name == "" {
		return tool, invalid(path+".name", "is missing")
	}
	switch {
	case f.object("parametersJsonSchema") != nil:
		tool.Schema = f.object("parametersJsonSchema")
	case f.object("parameters") != nil:
		tool.Schema = jsonSchema(f["parameters"])
	}
	return tool, nil
}

// choice reads which functions may be called. Where several are named, the others are left
// out: no other format can name several.
func (r *requestReader) choice(f fields) error {
	m := r.request
	var names []string
	for _, v := range elements(f["allowedFunctionNames"]) {
		names = append(names, text(v))
	}
	switch mode := f.text("mode"); mode {
	case "", "MODE_UNSPECIFIED":
		return nil
	case "AUTO", "VALIDATED":
		m.Choice.Mode = message.ChoiceAuto
	case "NONE":
		m.Choice.Mode = message.ChoiceNone
	case "ANY":
		m.Choice.Mode = message.ChoiceRequired
		if len(names) == 1 {
			m.Choice = message.ToolChoice{Mode: message.ChoiceNamed, Name: names[0]}
			return nil
		}
	default:
		return invalid(r.base+"toolConfig.functionCallingConfig.mode", "must be AUTO, ANY, NONE or VALIDATED")
	}
	if len(names) > 0 {
		m.Tools = slices.DeleteFunc(m.Tools, func(t message.Tool) bool { return t.Native == nil && !slices.Contains(names, t.Name) })
	}
	return nil
}
