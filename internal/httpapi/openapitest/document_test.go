package openapitest_test

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/sluicegate/sluice/internal/httpapi"
)

// TestDocumentMeetsTheSpecification: the document is one by the schema of OpenAPI 3.1 itself, and
// each schema in it is one by that of JSON Schema.
func TestDocumentMeetsTheSpecification(t *testing.T) {
	const specification = "https://spec.openapis.org/oas/3.1/schema/2022-10-07"
	raw, err := os.ReadFile("testdata/openapi-3.1.json")
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft2020)
	c.AssertFormat()
	document := parse(t, httpapi.OpenAPI)
	for name, tree := range map[string]any{specification: parse(t, raw), "openapi.json": document} {
		if err := c.AddResource(name, tree); err != nil {
			t.Fatal(err)
		}
	}
	schema, err := c.Compile(specification)
	if err != nil {
		t.Fatal(err)
	}
	if err := schema.Validate(document); err != nil {
		t.Error(err)
	}
	places := schemaPlaces(document, "#", nil)
	if len(places) < 300 {
		t.Errorf("only %d schemas: where have they gone?", len(places))
	}
	for _, at := range places {
		if _, err := c.Compile("openapi.json" + at); err != nil {
			t.Errorf("%s: %v", at, err)
		}
	}
	// What is no document is found.
	for _, wrong := range []string{
		`{"openapi":"3.1.0","info":{"title":"t"},"paths":{}}`,
		`{"openapi":"3.1.0","info":{"title":"t","version":"1"},"paths":{"no-slash":{}}}`,
		`{"openapi":"3.1.0","info":{"title":"t","version":"1"},"paths":{"/x":{"get":{"responses":{"200":{}}}}}}`,
	} {
		if schema.Validate(parse(t, []byte(wrong))) == nil {
			t.Errorf("taken for a document: %s", wrong)
		}
	}
}

// schemaPlaces are the JSON pointers of the schemas below a node that is none itself.
func schemaPlaces(node any, at string, to []string) []string {
	switch node := node.(type) {
	case map[string]any:
		for key, child := range node {
			below := at + "/" + strings.NewReplacer("~", "~0", "/", "~1", "{", "%7B", "}", "%7D").Replace(key)
			switch {
			case key == "schema":
				to = append(to, below)
			case key == "schemas" && at == "#/components":
				for name := range child.(map[string]any) {
					to = append(to, below+"/"+name)
				}
			case key != "example" && key != "examples":
				to = schemaPlaces(child, below, to)
			}
		}
	case []any:
		for i, child := range node {
			to = schemaPlaces(child, fmt.Sprintf("%s/%d", at, i), to)
		}
	}
	return to
}

func parse(t *testing.T, raw []byte) any {
	t.Helper()
	tree, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	return tree
}
