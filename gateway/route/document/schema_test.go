package document

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"
)

// jsonSchema is a part of config.schema.json.
type jsonSchema struct {
	Properties map[string]jsonSchema `json:"properties"`
	Items      *jsonSchema           `json:"items"`
	AnyOf      []jsonSchema          `json:"anyOf"`
	Examples   []json.RawMessage     `json:"examples"`
}

// unnamed are fields that are read and not offered: other names of fields, and fields without effect.
var unnamed = []string{"before_request_hooks", "after_request_hooks", "strict_open_ai_compliance", "strict_openai_compliance", "passthrough",
	"fetch_integrated_models", "description", "$schema"}

// TestJSONSchema: the schema that editors complete by names what the parser reads. Each field has
// an example that is a config, and the examples have each field below it.
func TestJSONSchema(t *testing.T) {
	raw, err := os.ReadFile("config.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Defs map[string]jsonSchema `json:"$defs"`
	}
	if err := json.Unmarshal(raw, &file); err != nil {
		t.Fatal(err)
	}
	known := file.Defs["config"].Properties
	rules := &Rules{Vendor: func(id string) (string, bool) { return id, true }}
	for name := range (&parser{}).schema() {
		_, problems := rules.Parse([]byte(`{"`+name+`": 1}`), false)
		refused := slices.ContainsFunc(problems, func(p Problem) bool { return strings.Contains(p.Message, "not supported") })
		if _, there := known[name]; !there && !refused && !slices.Contains(unnamed, name) {
			t.Errorf("the field '%s' is not in config.schema.json", name)
		}
	}
	around := map[string]string{"strategy": `, "targets": [{"name": "main", "provider": "mock"}]`}
	for name, field := range known {
		if len(field.Examples) == 0 {
			t.Errorf("%s has no example", name)
		}
		all := ""
		for _, value := range field.Examples {
			all += string(value)
			config := `{"` + name + `": ` + string(value) + around[name] + `}`
			if name == "on_errors" || name == "weight" {
				config = `{"strategy": {"mode": "fallback"}, "targets": [{"provider": "mock"}, {"provider": "mock", "` + name + `": ` + string(value) + `}]}`
			}
			if name == "weight" {
				config = strings.Replace(config, "fallback", "loadbalance", 1)
			}
			if _, problems := rules.Parse([]byte(config), false); len(problems) > 0 {
				t.Errorf("%s: %v", config, problems)
			}
		}
		for _, s := range append(slices.Clone(field.AnyOf), field) {
			for below := range s.Properties {
				if !strings.Contains(all, `"`+below+`"`) {
					t.Errorf("no example of %s has '%s'", name, below)
				}
			}
		}
	}
}
