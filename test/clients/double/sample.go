package double

import (
	"strings"

	"github.com/tidwall/gjson"
)

// sample is a JSON value that fits a schema: every property, "Paris" for a string, 21 for a
// number.
func sample(schema gjson.Result) string { return sampled(schema, schema, 0) }

const schemaDepth = 8

func sampled(schema, root gjson.Result, depth int) string {
	if ref := schema.Get("$ref").String(); ref != "" && depth < schemaDepth {
		path := strings.ReplaceAll(strings.TrimPrefix(ref, "#/"), "/", ".")
		return sampled(root.Get(path), root, depth+1)
	}
	for _, key := range []string{"const", "enum.0", "anyOf.0.const"} {
		if v := schema.Get(key); v.Exists() {
			return v.Raw
		}
	}
	if options := schema.Get("anyOf"); options.IsArray() {
		return sampled(options.Get("0"), root, depth+1)
	}
	kind := schema.Get("type")
	if kind.IsArray() {
		kind = kind.Get("0")
	}
	switch strings.ToLower(kind.String()) {
	case "string":
		return `"Paris"`
	case "integer", "number":
		return "21"
	case "boolean":
		return "true"
	case "array":
		if depth >= schemaDepth {
			return "[]"
		}
		return "[" + sampled(schema.Get("items"), root, depth+1) + "]"
	}
	var members []string
	schema.Get("properties").ForEach(func(k, v gjson.Result) bool {
		if depth < schemaDepth {
			members = append(members, k.Raw+":"+sampled(v, root, depth+1))
		}
		return true
	})
	return "{" + strings.Join(members, ",") + "}"
}
