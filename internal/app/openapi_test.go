package app

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/sluicegate/sluice/internal/goldentest"
	"github.com/sluicegate/sluice/internal/httpapi"
	"github.com/sluicegate/sluice/internal/httpapi/openapitest"
)

// TestOpenAPI: the document that the server answers, and the reference page, are made of its
// routes. "make docs" writes them again.
func TestOpenAPI(t *testing.T) {
	o := openOffice(t)
	if o.undocumented != nil {
		t.Fatal(o.undocumented)
	}
	goldentest.Text(t, "../httpapi/openapi.json", string(o.document))
	page, err := openapitest.Reference(o.document)
	if err != nil {
		t.Fatal(err)
	}
	goldentest.Text(t, "../../docs/reference.md", page)
	if code, body := o.call("", http.MethodGet, "/openapi.json", ""); code != http.StatusOK || body != string(httpapi.OpenAPI) {
		t.Errorf("/openapi.json is answered with %d and %d bytes", code, len(body))
	}
}

// TestRoutesAndOpenAPI: every route is in the document with its permission, and nothing else is.
func TestRoutesAndOpenAPI(t *testing.T) {
	var document struct {
		Paths map[string]map[string]struct {
			Permission string `json:"x-permission"`
			Responses  map[string]any
		}
	}
	if err := json.Unmarshal(httpapi.OpenAPI, &document); err != nil {
		t.Fatal(err)
	}
	for _, r := range openOffice(t).server.(*httpapi.Server).Routes() {
		path, method := openapitest.Path(r.Path), strings.ToLower(r.Method)
		op, ok := document.Paths[path][method]
		switch {
		case !ok:
			t.Errorf("%s %s is not in the document", r.Method, path)
		case op.Permission != string(r.Need):
			t.Errorf("%s %s needs the permission %q, not %q as the document says", r.Method, path, r.Need, op.Permission)
		case op.Responses["default"] == nil:
			t.Errorf("%s %s has no error envelope", r.Method, path)
		}
		delete(document.Paths[path], method)
	}
	for path, left := range document.Paths {
		for method := range left {
			t.Errorf("the document has %s %s, which the server has not", method, path)
		}
	}
}

// TestBodiesAndOpenAPI: unknown, missing and mistyped fields of a body are refused as the document
// says, and the answer names them.
func TestBodiesAndOpenAPI(t *testing.T) {
	o := openOffice(t)
	for _, r := range o.routes {
		if r.About.Input == nil {
			continue
		}
		in, err := r.About.Input()
		if err != nil {
			t.Error(err)
		}
		if len(in.Body) == 0 {
			continue
		}
		refused := func(body, field, why string) {
			t.Helper()
			code, answer := o.call(ownersKey, r.Method, o.path(r, "a"), body)
			if code != http.StatusBadRequest || !strings.Contains(strings.ToLower(answer), fmt.Sprintf("the field '%s' %s", field, why)) {
				t.Errorf("%s %s with %s: %d %s", r.Method, r.Path, body, code, answer)
			}
		}
		refused(`{"no_such_field":1}`, "no_such_field", "is unknown")
		if len(in.AnyOf) > 0 {
			refused(`{}`, in.AnyOf[0], "is missing")
		}
		for _, f := range in.Body {
			if f.Required {
				refused(`{}`, f.Name, "is missing")
			}
			if wrong := mistyped(f.Example); wrong != "" {
				refused(fmt.Sprintf(`{%q:%s}`, f.Name, wrong), f.Name, "must be")
			}
		}
	}
}

// mistyped is a value of another type than example's, "" if there is none.
func mistyped(example any) string {
	switch example.(type) {
	case nil:
		return ""
	case bool, float64, int:
		return `[true]`
	}
	return `1.5`
}
