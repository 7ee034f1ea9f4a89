package openapitest

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/httpapi"
	"github.com/sluicegate/sluice/internal/httpapi/errorformat"
)

// builder makes a document.
type builder struct {
	schemas   *schemas
	paths     object
	responses object // failures
	tags      []any
	known     map[string]bool // tags
	problems  []error
}

// Document makes the OpenAPI document of these routes. root is the repository's root, where the
// comments are read. The error lists every route that says too little, and what its author adds.
func Document(routes []httpapi.Route, root string) ([]byte, error) {
	b := &builder{paths: object{}, responses: object{}, known: map[string]bool{},
		schemas: &schemas{comments: &comments{root: root, read: map[string]map[string]string{}}, components: object{}, names: map[reflect.Type]string{}}}
	for _, r := range routes {
		b.add(r)
	}
	if len(b.problems) > 0 {
		return nil, errors.Join(b.problems...)
	}
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	err := e.Encode(object{
		"openapi": "3.1.0",
		"info": object{"title": "Sluice", "version": "1", "license": object{"name": "Apache-2.0", "identifier": "Apache-2.0"},
			"description": "The gateway's API: the surfaces that models are called through, and administration. Each operation names the permission that its caller needs, as x-permission."},
		"servers":  []any{object{"url": "/"}, object{"url": "/api", "description": "The same routes, with OpenRouter's errors and names; sign-in and the public routes excepted."}},
		"security": []any{object{"api_key": []any{}}},
		"tags":     b.tags,
		"paths":    b.paths,
		"components": object{"schemas": b.schemas.components, "responses": b.responses, "securitySchemes": object{
			"api_key": object{"type": "http", "scheme": "bearer", "description": "An API key or the token of a session. x-sluice-api-key, x-api-key, api-key and x-goog-api-key are read, too."}}},
	})
	return out.Bytes(), err
}

var parameter = regexp.MustCompile(`:([a-z_]+)|\*`)

// Path is a route's path in the document's spelling.
func Path(route string) string {
	return parameter.ReplaceAllStringFunc(route, func(p string) string {
		if p == "*" {
			return "{path}"
		}
		return "{" + p[1:] + "}"
	})
}

// add puts a route into the document.
func (b *builder) add(r httpapi.Route) {
	wrong := func(format string, args ...any) {
		b.problems = append(b.problems, fmt.Errorf("%s %s: %s", r.Method, r.Path, fmt.Sprintf(format, args...)))
	}
	d := r.About
	if d.Summary == "" {
		wrong("no description: add a line for it to descriptions.go in the package of its handler, or fill in the field About of its httpapi.Route or action.Action; then run go test ./internal/app -run OpenAPI -update")
		return
	}
	if strings.HasSuffix(d.Summary, ".") {
		wrong("the summary ends with a full stop")
	}
	path := Path(r.Path)
	op := object{"summary": d.Summary, "operationId": operationID(r.Method, path), "tags": []string{b.tag(cmp.Or(d.Group, groupOf(r.Path)))}}
	responses := object{}
	var parameters []any
	for _, name := range parameter.FindAllStringSubmatch(r.Path, -1) {
		parameters = append(parameters, object{"name": cmp.Or(name[1], "path"), "in": "path", "required": true, "schema": object{"type": "string"}})
		responses["404"] = "There is no such object, or the caller may not see it"
	}
	answer := b.answer(d.Answer)
	in := httpapi.Input{Query: d.Query}
	if d.Input != nil {
		var err error
		if in, err = d.Input(); err != nil {
			wrong("%v", err)
		}
	}
	for _, f := range in.Query {
		parameters = append(parameters, object{"name": f.Name, "in": "query", "schema": b.field(f)})
	}
	if len(in.Body) > 0 {
		op["requestBody"] = body(b.input(in, answer), len(in.AnyOf) > 0 || requires(in))
	}
	if d.Body != nil {
		schema := b.schemas.of(reflect.ValueOf(d.Body))
		op["requestBody"] = body(schema, true)
		if d.Form {
			op["requestBody"] = object{"required": true, "content": object{formType: object{"schema": schema}}}
		}
	}
	if op["requestBody"] != nil || parameters != nil {
		op["parameters"] = parameters
		responses["400"] = "A field or parameter is wrong; the message names it"
	}
	if parameters == nil {
		delete(op, "parameters")
	}
	b.permission(r, op, responses)
	if d.Vendor != "" {
		op["externalDocs"] = object{"url": d.Vendor}
	}
	b.respond(r, op, responses, answer)
	if b.paths[path] == nil {
		b.paths[path] = object{}
	}
	b.paths[path].(object)[strings.ToLower(r.Method)] = op
}

const formType = "multipart/form-data"

func body(schema object, required bool) object {
	return object{"required": required, "content": object{"application/json": object{"schema": schema}}}
}

func requires(in httpapi.Input) bool {
	for _, f := range in.Body {
		if f.Required {
			return true
		}
	}
	return false
}

// permission says who may call a route.
func (b *builder) permission(r httpapi.Route, op, responses object) {
	switch r.Need {
	case "", gateway.SignIn:
		op["security"] = []any{}
	default:
		responses["401"] = "There is no valid API key"
		responses["403"] = "The caller lacks the permission"
	}
	if r.Need != "" {
		op["x-permission"] = string(r.Need)
	}
	if r.Bare {
		op["x-also-at"] = strings.TrimPrefix(Path(r.Path), "/v1")
	}
}

// answer is the schema of a route's answer, nil if it may be any JSON.
func (b *builder) answer(example any) object {
	if example == nil {
		return nil
	}
	return b.schemas.of(reflect.ValueOf(example))
}

// respond adds the success and the failures, whose texts are by status.
func (b *builder) respond(r httpapi.Route, op, failures, answer object) {
	if answer == nil {
		answer = object{}
	}
	responses := object{}
	types := r.About.Types
	if types == nil {
		types = []string{"application/json"}
	}
	content := object{}
	for _, t := range types {
		content[t] = object{"schema": object{"type": "string"}}
		if t == "application/json" {
			content[t] = object{"schema": answer}
		}
	}
	status := cmp.Or(r.About.Status, http.StatusOK)
	responses[strconv.Itoa(status)] = object{"description": http.StatusText(status), "content": content}
	if also := r.About.Also; also != 0 {
		responses[strconv.Itoa(also)] = object{"description": http.StatusText(also), "content": content}
	}
	failures["default"] = "Any other failure"
	for code, text := range failures {
		responses[code] = b.failure(r, code, text.(string))
	}
	op["responses"] = responses
}

// failure refers to a failure's response, which is the same for all routes with one error format.
func (b *builder) failure(r httpapi.Route, code, text string) object {
	if slices.Contains(r.About.Types, "text/html") { // a page for people
		return object{"description": text, "content": object{"text/html": object{"schema": object{"type": "string"}}}}
	}
	format := r.Errors
	if format == nil {
		format = errorformat.OpenAI{}
	}
	example, name := r.About.Failure, reflect.TypeOf(format).Name()+"Errors"
	if example != nil {
		name = componentName(reflect.TypeOf(example))
	}
	if name += strings.TrimSuffix(code, "default"); b.responses[name] == nil {
		if example == nil {
			example = format.Error(errorformat.Call{}, &gateway.Error{Op: "openapitest", Kind: gateway.Invalid, Public: "."}, http.StatusBadRequest)
		}
		b.responses[name] = object{"description": text, "content": object{"application/json": object{"schema": b.answer(example)}}}
	}
	return object{"$ref": "#/components/responses/" + name}
}

// input is the schema of a body that a form reads: no other fields are accepted, and null counts
// as absent. A field that the answer has, too, means the same there.
func (b *builder) input(in httpapi.Input, answer object) object {
	texts := b.properties(answer)
	properties, required := object{}, []string{}
	for _, f := range in.Body {
		schema := b.field(f)
		if f.Required {
			required = append(required, f.Name)
		} else if schema = nullable(schema); f.Allowed != nil {
			var values []any
			for _, v := range f.Allowed {
				values = append(values, v)
			}
			schema["enum"] = append(values, "", nil)
		}
		if same, ok := texts[f.Name].(object); ok && same["description"] != nil {
			schema["description"] = same["description"]
		}
		properties[f.Name] = schema
	}
	out := object{"type": "object", "properties": properties, "additionalProperties": false}
	if len(required) > 0 {
		out["required"] = required
	}
	var any []any
	for _, name := range in.AnyOf {
		any = append(any, object{"required": []string{name}})
	}
	if any != nil {
		out["anyOf"] = any
	}
	return out
}

// field is the schema of a field that is given.
func (b *builder) field(f httpapi.Field) object {
	schema := b.schemas.of(reflect.ValueOf(f.Example))
	if f.Allowed != nil {
		schema["enum"] = f.Allowed
	}
	return schema
}

// properties are those of a schema or of the component that it refers to.
func (b *builder) properties(schema object) object {
	if ref, ok := schema["$ref"].(string); ok {
		schema, _ = b.schemas.components[strings.TrimPrefix(ref, "#/components/schemas/")].(object)
	}
	out, _ := schema["properties"].(object)
	return out
}

// groupOf is the first part of a path that is no version.
func groupOf(path string) string {
	for _, part := range strings.Split(strings.TrimPrefix(path, "/"), "/") {
		if part != "v1" && part != "v1beta" && part != "api" {
			return part
		}
	}
	return "server"
}

// tag notes the groups in the order of the routes.
func (b *builder) tag(name string) string {
	if !b.known[name] {
		b.known[name] = true
		b.tags = append(b.tags, object{"name": name})
	}
	return name
}

// operationID makes "getConfigsBySlugVersions" of a method and a path.
func operationID(method, path string) string {
	id := strings.ToLower(method)
	for _, word := range strings.FieldsFunc(path, func(r rune) bool { return strings.ContainsRune("/-_.", r) }) {
		if name, ok := strings.CutPrefix(word, "{"); ok {
			word = "by" + strings.ToUpper(name[:1]) + strings.TrimSuffix(name[1:], "}")
		}
		id += strings.ToUpper(word[:1]) + word[1:]
	}
	return id
}
