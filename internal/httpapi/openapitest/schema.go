package openapitest

import (
	"encoding"
	"encoding/json"
	"reflect"
	"strings"
	"time"
)

// object is a JSON object. Its keys are encoded in order.
type object = map[string]any

// schemas makes JSON schemas of Go types, as encoding/json writes them. Structs with a name become
// components.
type schemas struct {
	comments   *comments
	components object
	names      map[reflect.Type]string
}

var (
	jsonMarshaler = reflect.TypeFor[json.Marshaler]()
	textMarshaler = reflect.TypeFor[encoding.TextMarshaler]()
)

// of is the schema of a value: what its type allows, and where the type is an interface, what the
// value in it allows.
func (s *schemas) of(v reflect.Value) object {
	if !v.IsValid() {
		return object{}
	}
	t := v.Type()
	switch t {
	case reflect.TypeFor[time.Time]():
		return object{"type": "string", "format": "date-time"}
	case reflect.TypeFor[json.RawMessage]():
		return object{}
	case reflect.TypeFor[json.Number]():
		return object{"type": "number"}
	}
	if t.Kind() != reflect.Pointer && t.Kind() != reflect.Interface {
		switch {
		case t.Implements(jsonMarshaler):
			return encodedAs(v)
		case t.Implements(textMarshaler):
			return object{"type": "string"}
		}
	}
	switch t.Kind() {
	case reflect.String:
		return object{"type": "string"}
	case reflect.Bool:
		return object{"type": "boolean"}
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64, reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return object{"type": "integer"}
	case reflect.Float32, reflect.Float64:
		return object{"type": "number"}
	case reflect.Interface:
		return s.of(v.Elem())
	case reflect.Pointer:
		if v.IsNil() {
			v = reflect.New(t.Elem())
		}
		return s.of(v.Elem())
	case reflect.Slice, reflect.Array:
		return object{"type": "array", "items": s.of(first(v))}
	case reflect.Map:
		if t.Elem().Kind() == reflect.Interface {
			return object{"type": "object"}
		}
		return object{"type": "object", "additionalProperties": s.of(reflect.Zero(t.Elem()))}
	case reflect.Struct:
		return s.structure(v)
	}
	panic("openapitest: JSON has no " + t.String())
}

// encodedAs is the schema of a type that encodes itself: the JSON type of its zero value.
func encodedAs(v reflect.Value) object {
	zero := reflect.New(v.Type()).Elem()
	if zero.Kind() == reflect.String {
		zero.SetString("0") // an exact number in its spelling is none when it is empty
	}
	raw, err := json.Marshal(zero.Interface())
	if err != nil || len(raw) == 0 {
		return object{}
	}
	switch c := raw[0]; {
	case c == '"':
		return object{"type": "string"}
	case c == '-' || c >= '0' && c <= '9':
		return object{"type": "number"}
	}
	return object{}
}

// first is the first element of a list, or an empty one.
func first(list reflect.Value) reflect.Value {
	if list.Len() > 0 {
		return list.Index(0)
	}
	return reflect.Zero(list.Type().Elem())
}

// structure is the schema of a struct. It is a component unless it depends on a value.
func (s *schemas) structure(v reflect.Value) object {
	t := v.Type()
	if name := s.names[t]; name != "" {
		return object{"$ref": "#/components/schemas/" + name}
	}
	if t.Name() == "" || dependsOnValue(v) {
		return s.fields(v)
	}
	name := componentName(t)
	if _, taken := s.components[name]; taken {
		name = componentName(t) + "Of" + strings.ToUpper(pkg(t)[:1]) + pkg(t)[1:]
	}
	s.names[t] = name
	s.components[name] = object{} // a type may hold itself
	s.components[name] = s.fields(v)
	return object{"$ref": "#/components/schemas/" + name}
}

func componentName(t reflect.Type) string {
	name := strings.TrimSuffix(strings.TrimSuffix(t.Name(), "Response"), "JSON")
	return strings.ToUpper(name[:1]) + name[1:]
}

func pkg(t reflect.Type) string { return t.PkgPath()[strings.LastIndexByte(t.PkgPath(), '/')+1:] }

// dependsOnValue reports whether a struct has a field of interface type with a value in it.
func dependsOnValue(v reflect.Value) bool {
	for f, field := range v.Fields() {
		if f.Type.Kind() == reflect.Interface && !field.IsNil() || f.Anonymous && f.Type.Kind() == reflect.Struct && dependsOnValue(field) {
			return true
		}
	}
	return false
}

// fields is the object schema of a struct.
func (s *schemas) fields(v reflect.Value) object {
	properties, required := object{}, []string{}
	s.addFields(v, properties, &required)
	out := object{"type": "object", "properties": properties}
	if len(required) > 0 {
		out["required"] = required
	}
	return out
}

func (s *schemas) addFields(v reflect.Value, properties object, required *[]string) {
	for f, field := range v.Fields() {
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case f.Anonymous && name == "":
			s.addFields(field, properties, required)
			continue
		case !f.IsExported() || name == "-":
			continue
		case name == "":
			name = f.Name
		}
		omitted := strings.Contains(options, "omit")
		schema := s.of(field)
		if kind := f.Type.Kind(); !omitted && (kind == reflect.Pointer || kind == reflect.Slice && f.Type != reflect.TypeFor[json.RawMessage]() || kind == reflect.Map) {
			schema = nullable(schema)
		}
		if text := s.comments.of(v.Type(), f.Name); text != "" {
			schema["description"] = text
		}
		properties[name] = schema
		if !omitted {
			*required = append(*required, name)
		}
	}
}

// nullable allows null beside what a schema allows.
func nullable(schema object) object {
	switch t := schema["type"].(type) {
	case string:
		schema["type"] = []string{t, "null"}
	case nil:
		if ref := schema["$ref"]; ref != nil {
			return object{"anyOf": []any{object{"$ref": ref}, object{"type": "null"}}}
		}
	}
	return schema
}
