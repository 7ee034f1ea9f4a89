package openapitest

import (
	"encoding/json"
	"fmt"
	"slices"
	"sort"
	"strings"
)

// reference writes a page about a document.
type reference struct {
	out      strings.Builder
	document document
}

// document is what the page tells of a document.
type document struct {
	Tags       []struct{ Name string }
	Paths      map[string]map[string]call
	Components struct{ Schemas map[string]schema }
}

type call struct {
	Summary    string
	Tags       []string
	Permission string `json:"x-permission"`
	AlsoAt     string `json:"x-also-at"`
	Security   []any
	Parameters []struct {
		Name, In string
		Schema   schema
	}
	RequestBody struct {
		Content map[string]struct{ Schema schema }
	}
	Responses map[string]struct {
		Content map[string]struct{ Schema schema }
	}
	Docs struct{ URL string } `json:"externalDocs"`
}

type schema struct {
	Ref         string `json:"$ref"`
	Type        any
	Format      string
	Description string
	Enum        []any
	Properties  map[string]schema
	Required    []string
	Items       *schema
	Additional  json.RawMessage `json:"additionalProperties"`
	AnyOf       []schema
}

const introduction = `# Reference of the HTTP API

This page is made of the OpenAPI document that the server answers at /openapi.json: run ` + "`make docs`" + ` after a change.

- Callers send an API key as ` + "`Authorization: Bearer`" + `, or the token of a session. An operation without it says *no key*.
- An operation names the permission that its caller needs ([access.md](access.md) lists the roles that have it).
- Every operation on the objects of a workspace takes the parameter ` + "`workspace`" + `, a name or an id, from callers who see other workspaces than their own.
- All routes but the public ones and sign-in are served under ` + "`/api`" + `, too.
- A body is JSON. A field that is not listed is refused by the operations of administration, and goes to the provider in calls to models. Required fields, and those that are always in an answer, are **bold**; null counts as absent.
- Failures: 400 a field or parameter is wrong, 401 no valid key, 403 no permission, 404 no such object, 409 it exists already or the server's file owns it, 429 a limit or a budget is reached, 5xx as [errors.md](errors.md) says. The body holds ` + "`error.message`" + `, which names the field.

`

// Reference is the page, in Markdown.
func Reference(raw []byte) (string, error) {
	r := &reference{}
	if err := json.Unmarshal(raw, &r.document); err != nil {
		return "", err
	}
	r.out.WriteString(introduction)
	for _, tag := range r.document.Tags {
		r.group(tag.Name)
	}
	r.out.WriteString("## Objects\n\n")
	for _, name := range sorted(r.document.Components.Schemas) {
		s := r.document.Components.Schemas[name]
		fmt.Fprintf(&r.out, "### %s\n\n", name)
		r.fields(s)
	}
	return strings.TrimSpace(r.out.String()) + "\n", nil
}

// group writes the operations of a group, by path.
func (r *reference) group(tag string) {
	fmt.Fprintf(&r.out, "## %s\n\n", strings.ToUpper(tag[:1])+tag[1:])
	for _, path := range sorted(r.document.Paths) {
		for _, method := range []string{"get", "post", "put", "patch", "delete"} {
			if c, ok := r.document.Paths[path][method]; ok && slices.Contains(c.Tags, tag) {
				r.call(strings.ToUpper(method), path, c)
			}
		}
	}
}

func (r *reference) call(method, path string, c call) {
	fmt.Fprintf(&r.out, "### %s %s\n\n%s.", method, path, c.Summary)
	if c.AlsoAt != "" {
		fmt.Fprintf(&r.out, " Also at `%s`.", c.AlsoAt)
	}
	if c.Security != nil {
		r.out.WriteString(" *No key.*")
	} else {
		fmt.Fprintf(&r.out, " Permission `%s`.", c.Permission)
	}
	if c.Docs.URL != "" {
		fmt.Fprintf(&r.out, " [Vendor's reference](%s).", c.Docs.URL)
	}
	r.out.WriteString("\n\n")
	var query []string
	for _, p := range c.Parameters {
		if p.In == "query" {
			query = append(query, "`"+p.Name+"`")
		}
	}
	if query != nil {
		fmt.Fprintf(&r.out, "Parameters: %s.\n\n", strings.Join(query, ", "))
	}
	body, ok := c.RequestBody.Content["application/json"]
	if form, isForm := c.RequestBody.Content[formType]; isForm {
		body, ok = form, true
	}
	if ok {
		r.fields(r.resolve(body.Schema))
	}
	for _, code := range sorted(c.Responses) {
		if answer := c.Responses[code].Content; code < "400" && answer != nil {
			fmt.Fprintf(&r.out, "Answer: %s %s.\n\n", code, r.answer(answer["application/json"].Schema, sorted(answer)))
		}
	}
}

// answer names an answer's type, or its media types where the type is open.
func (r *reference) answer(s schema, types []string) string {
	switch list, isList := s.Properties["data"]; {
	case isList && list.Items != nil:
		return "a list, `data`, of " + r.typeOf(*list.Items)
	case s.Ref != "" || s.Items != nil:
		return r.typeOf(s)
	}
	return strings.Join(types, " or ")
}

// resolve is the schema that a reference names.
func (r *reference) resolve(s schema) schema {
	if s.Ref != "" {
		return r.document.Components.Schemas[s.Ref[strings.LastIndexByte(s.Ref, '/')+1:]]
	}
	return s
}

// fields writes a table of an object's fields, the required ones first.
func (r *reference) fields(s schema) {
	if len(s.Properties) == 0 {
		return
	}
	names := sorted(s.Properties)
	sort.SliceStable(names, func(i, j int) bool {
		return slices.Contains(s.Required, names[i]) && !slices.Contains(s.Required, names[j])
	})
	r.out.WriteString("| field | type | |\n|---|---|---|\n")
	for _, name := range names {
		shown, kind := "`"+name+"`", r.typeOf(s.Properties[name])
		if slices.Contains(s.Required, name) {
			shown = "**" + shown + "**"
		} else {
			kind = strings.TrimSuffix(kind, " or null") // as if it were absent
		}
		fmt.Fprintf(&r.out, "| %s | %s | %s |\n", shown, kind, strings.ReplaceAll(s.Properties[name].Description, "|", "\\|"))
	}
	r.out.WriteString("\n")
}

// typeOf is a type in words, with a link to an object's table.
func (r *reference) typeOf(s schema) string {
	switch types, several := s.Type.([]any); {
	case s.Ref != "":
		name := s.Ref[strings.LastIndexByte(s.Ref, '/')+1:]
		return "[" + name + "](#" + strings.ToLower(name) + ")"
	case s.AnyOf != nil:
		var parts []string
		for _, one := range s.AnyOf {
			parts = append(parts, r.typeOf(one))
		}
		return strings.Join(parts, " or ")
	case s.Enum != nil:
		return oneOf(s.Enum)
	case several:
		s.Type = types[0]
		return r.typeOf(s) + " or null"
	}
	switch s.Type {
	case "array":
		return "list of " + r.typeOf(*s.Items)
	case "object":
		var of schema
		if json.Unmarshal(s.Additional, &of) == nil && (of.Type != nil || of.Ref != "") {
			return "object of " + r.typeOf(of) + " by name"
		}
		return "object"
	case "string":
		if s.Format == "date-time" {
			return "time"
		}
		return "string"
	case nil:
		return "any"
	}
	return fmt.Sprint(s.Type)
}

// oneOf lists the values that are allowed, but not those that stand for none.
func oneOf(values []any) string {
	var out []string
	for _, v := range values {
		if text, ok := v.(string); ok && text != "" {
			out = append(out, "`"+text+"`")
		}
	}
	return strings.Join(out, ", ")
}

func sorted[V any](m map[string]V) []string {
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}
