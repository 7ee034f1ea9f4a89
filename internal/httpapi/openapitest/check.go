package openapitest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// Checker compares answers with a document. A property that the document does not declare is a
// failure, too.
type Checker struct {
	paths    map[string]map[string]operation
	compiler *jsonschema.Compiler
	known    map[string]*jsonschema.Schema // by location
}

type operation struct {
	Responses map[string]struct {
		Ref     string `json:"$ref"`
		Content map[string]json.RawMessage
	}
}

// NewChecker reads a document.
func NewChecker(document []byte) (*Checker, error) {
	var parsed struct {
		Paths      map[string]map[string]operation
		Components struct {
			Responses map[string]struct{ Content map[string]json.RawMessage }
		}
	}
	if err := json.Unmarshal(document, &parsed); err != nil {
		return nil, err
	}
	tree, err := jsonschema.UnmarshalJSON(bytes.NewReader(document))
	if err != nil {
		return nil, err
	}
	closeObjects(tree)
	c := &Checker{paths: parsed.Paths, compiler: jsonschema.NewCompiler(), known: map[string]*jsonschema.Schema{}}
	c.compiler.DefaultDraft(jsonschema.Draft2020)
	c.compiler.AssertFormat()
	return c, c.compiler.AddResource("openapi.json", tree)
}

// closeObjects makes the schemas of objects refuse properties that they do not declare.
func closeObjects(node any) {
	switch node := node.(type) {
	case map[string]any:
		for _, child := range node {
			closeObjects(child)
		}
		if _, schema := node["properties"].(map[string]any); schema && node["type"] != nil && node["additionalProperties"] == nil {
			node["additionalProperties"] = false
		}
	case []any:
		for _, child := range node {
			closeObjects(child)
		}
	}
}

// Answer fails the test unless the document allows the answer to a call of this path.
func (c *Checker) Answer(t testing.TB, method, path string, status int, body string) {
	t.Helper()
	template := c.template(path)
	op, ok := c.paths[template][strings.ToLower(method)]
	if !ok {
		t.Errorf("%s %s is in no path of the OpenAPI document", method, path)
		return
	}
	code := strconv.Itoa(status)
	if _, ok := op.Responses[code]; !ok {
		code = "default"
		if status < 400 {
			t.Errorf("%s %s: the OpenAPI document does not declare the status %d", method, template, status)
			return
		}
	}
	at := "openapi.json#/paths/" + escape(template) + "/" + strings.ToLower(method) + "/responses/" + code
	if ref := op.Responses[code].Ref; ref != "" {
		at = "openapi.json" + ref
	} else if op.Responses[code].Content["application/json"] == nil {
		return
	}
	if err := c.validate(at+"/content/application~1json/schema", body); err != nil {
		t.Errorf("%s %s: %d %s\ndoes not follow the OpenAPI document: %v", method, path, status, body, err)
	}
}

func (c *Checker) validate(location, body string) error {
	schema := c.known[location]
	if schema == nil {
		var err error
		if schema, err = c.compiler.Compile(location); err != nil {
			return err
		}
		c.known[location] = schema
	}
	value, err := jsonschema.UnmarshalJSON(strings.NewReader(body))
	if err != nil {
		return fmt.Errorf("it is not JSON: %w", err)
	}
	return schema.Validate(value)
}

// escape writes a key as a part of a JSON pointer in a URL.
func escape(key string) string {
	return strings.NewReplacer("~", "~0", "/", "~1", "{", "%7B", "}", "%7D").Replace(key)
}

// template is the path of the document that a call's path fits best: the one with the most fixed
// parts.
func (c *Checker) template(path string) string {
	path, _, _ = strings.Cut(path, "?")
	parts, best, most := strings.Split(path, "/"), "", -1
	for candidate := range c.paths {
		if n := fits(strings.Split(candidate, "/"), parts); n > most {
			best, most = candidate, n
		}
	}
	return best
}

// fits counts the fixed parts of a template that a path has, -1 if the path does not fit it.
func fits(template, path []string) int {
	n := 0
	for i, part := range template {
		switch {
		case i >= len(path):
			return -1
		case part == "{path}":
			return n
		case part == path[i]:
			n++
		case !strings.HasPrefix(part, "{"):
			return -1
		}
	}
	if len(template) != len(path) {
		return -1
	}
	return n
}
