package vendorapi

import (
	"net/http"
	"path"
	"slices"
	"strings"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/vendorobject"
	"github.com/sluicegate/sluice/internal/httpapi"
	"github.com/sluicegate/sluice/internal/httpapi/errorformat"
)

// nativeAPI is a vendor's own API, which is passed on below a prefix.
type nativeAPI struct {
	prefix   string
	provider string
	errors   errorformat.Format // nil: the caller's headers decide
}

var nativeAPIs = []nativeAPI{
	{"/anthropic", "anthropic", errorformat.Anthropic{}}, {"/openai", "openai", nil}, {"/gemini", "google", errorformat.Google{}},
	{"/vertex_ai", "vertex-ai", errorformat.Google{}}, {"/bedrock", "bedrock", nil}, {"/azure", "azure-openai", nil},
	{"/mistral", "mistral-ai", nil}, {"/cohere", "cohere", errorformat.Cohere{}}, {"/ollama", "ollama", errorformat.Ollama{}},
}

// NativeRoutes are the routes of these APIs.
func (s *Surface) NativeRoutes() []httpapi.Route {
	var routes []httpapi.Route
	for i := range nativeAPIs {
		n := &nativeAPIs[i]
		for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete} {
			about := httpapi.Description{Group: "native", Summary: "Passes a call on to the vendor's own API", Types: []string{"application/json", "text/event-stream", "application/octet-stream"}}
			if method != http.MethodGet && method != http.MethodDelete {
				about.Body = map[string]any{}
			}
			routes = append(routes, httpapi.Route{Method: method, Path: n.prefix + "/*", Need: gateway.CompletionsWrite, Audit: httpapi.AuditDenied("pass_through"), Errors: n.errors,
				Handle: func(c *httpapi.Call) error { return s.native(c, n) }, About: about})
		}
	}
	return routes
}

// native passes a call on. Where Sluice has the operation itself, the call is answered like any other
// of that operation: what it costs, and whose its objects are, is known there.
func (s *Surface) native(c *httpapi.Call, n *nativeAPI) error {
	c.DefaultProvider = n.provider
	rest := path.Clean("/" + c.Param("*"))
	if handle := s.surfaceOf(c.Request().Method, n, rest); handle != nil {
		return handle(c)
	}
	ex := c.Open(gateway.OpPassThrough)
	model := modelInNative(rest)
	if ex.Refused == nil {
		ex.Refused = s.checkNative(c, n, rest)
	}
	_, escaped, _ := strings.Cut(c.Request().URL.EscapedPath(), n.prefix+"/")
	about := nativeObject{surface: s, call: c, provider: n.provider, path: escaped, modelInPath: model}
	if ex.Refused == nil {
		ex.Refused = about.find(n, escaped)
	}
	if ex.Refused == nil {
		ex.Refused = about.keepsResults()
	}
	pass := about.pass(model)
	if about.uploads() {
		pass.watch = about.watch
		defer about.unwatch()
	}
	readPass(c, pass)
	if ex.Refused == nil {
		about.addPieces(model)
		ex.Refused = about.addWork(model)
	}
	if ex.Refused != nil {
		ex.Request = nil
	}
	defer finishForm(about.filterForm())
	return s.passOn(c, about.answered)
}

// surfaceOf is the handler of a call that Sluice answers itself; nil: it is passed on.
func (s *Surface) surfaceOf(method string, n *nativeAPI, rest string) httpapi.Handler {
	if n.provider == "openai" {
		for _, root := range objectRoots {
			if below, ok := strings.CutPrefix(strings.TrimPrefix(rest, "/v1"), "/"+root); ok && (below == "" || below[0] == '/') {
				return func(c *httpapi.Call) error { return s.objects(c, root, below) }
			}
		}
	}
	return s.Known(method, n.provider, rest)
}

// modelInNative is the model that a path names: "models/m:predict" of Google's, "model/m/invoke" of
// Bedrock's, "deployments/m/…" of Azure's.
func modelInNative(rest string) string {
	parts := strings.Split(rest, "/")
	for i, part := range parts[:len(parts)-1] {
		switch part {
		case "models", "model", "deployments":
			name, _, _ := strings.Cut(parts[i+1], ":")
			if part == "model" { // whose names may have a colon
				name = parts[i+1]
			}
			return name
		}
	}
	return ""
}

// ollamaAdministration are the operations that change which models an Ollama server has.
var ollamaAdministration = []string{"create", "copy", "delete", "pull", "push", "blobs"}

// checkNative refuses the administration of the vendor's account, and objects of other workspaces.
func (s *Surface) checkNative(c *httpapi.Call, n *nativeAPI, rest string) error {
	if below, ok := strings.CutPrefix(rest, "/api/"); ok && n.provider == "ollama" {
		operation, _, _ := strings.Cut(below, "/")
		if slices.Contains(ollamaAdministration, operation) {
			return errVendorAdministration()
		}
	}
	var ids []string
	for _, part := range strings.Split(rest, "/") {
		switch strings.ToLower(part) {
		case "organization", "organizations", "admin":
			return errVendorAdministration()
		}
		if vendorobject.IsID(part) {
			ids = append(ids, part)
		}
	}
	who := c.Exchange.Principal
	if len(ids) == 0 || s.Objects == nil || who == nil {
		return nil
	}
	foreign, err := s.Objects.ForeignObjects(c.Context(), who.Workspace, ids)
	if err == nil && len(foreign) > 0 {
		return &gateway.Error{Op: "vendorapi.native", Kind: gateway.NotFound, Param: "path", Code: "object_not_found", Public: "There is no such object in this workspace."}
	}
	return err
}

func errVendorAdministration() error {
	return &gateway.Error{Op: "vendorapi.native", Kind: gateway.Forbidden, Param: "path", Code: "vendor_administration",
		Public: "The administration of the vendor's account is not passed on."}
}
