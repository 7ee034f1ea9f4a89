package live

import (
	"slices"
	"strings"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// Token is what an ephemeral token says of the setup of its sessions. Without Fields it is Setup, all of
// it, if there is one. Otherwise each of Fields, a path such as "generationConfig.temperature", has the
// value of Setup, or is left out where that has none, and everything else is the caller's.
//
// The API takes names in camel case and in snake case. A member that stands there in both, or twice, is
// refused: nobody could tell which one the vendor obeys.
//
// Source: AuthToken.fieldMask, https://ai.google.dev/api/live#AuthToken.
type Token struct {
	Setup  []byte // an object; nil = none
	Fields []string
}

// setup is the one that the token allows of the one that a caller asks for.
func (t *Token) setup(asked []byte) ([]byte, error) {
	switch {
	case len(t.Fields) > 0:
	case t.Setup != nil:
		return t.Setup, nil
	default:
		return asked, nil
	}
	paths := make([][]string, len(t.Fields))
	for i, f := range t.Fields {
		paths[i] = strings.Split(f, ".")
	}
	return constrain(asked, t.Setup, paths, "setup")
}

// constrain is setup for the object at a place of the caller's setup.
func constrain(asked, token []byte, paths [][]string, place string) ([]byte, error) {
	whole, inside := map[string]bool{}, map[string][][]string{}
	var order []string
	for _, p := range paths {
		name := camelCase(p[0])
		if !slices.Contains(order, name) {
			order = append(order, name)
		}
		if len(p) == 1 {
			whole[name] = true
		} else {
			inside[name] = append(inside[name], p[1:])
		}
	}
	var out jsonx.Object
	given := map[string][]byte{}
	for m := range jsonx.Members(asked) {
		name := camelCase(m.Key)
		if !slices.Contains(order, name) {
			out.Raw(m.Key, m.Value)
			continue
		}
		if given[name] != nil {
			return nil, gateway.InvalidField("live.constrain", place+"."+m.Key, "The field '"+gateway.Shorten(place+"."+m.Key)+"' stands in the setup more than once.")
		}
		given[name] = m.Value
	}
	for _, name := range order {
		value := member(token, name)
		if !whole[name] {
			var err error
			if value, err = constrain(object(given[name]), object(value), inside[name], place+"."+name); err != nil {
				return nil, err
			}
		}
		if value != nil {
			out.Raw(name, value)
		}
	}
	return out.JSON(), nil
}

// member is the value of an object's member by its name in camel case, nil if there is none.
func member(raw []byte, name string) (value []byte) {
	for m := range jsonx.Members(raw) {
		if camelCase(m.Key) == name {
			value = m.Value
		}
	}
	return value
}

// object is raw if it is an object, else an empty one.
func object(raw []byte) []byte {
	if len(raw) > 0 && raw[0] == '{' {
		return raw
	}
	return []byte("{}")
}

// camelCase is a name as JSON's mapping of protocol buffers writes it: response_modalities becomes
// responseModalities.
func camelCase(name string) string {
	var b strings.Builder
	for i, part := range strings.Split(name, "_") {
		if i > 0 && part != "" {
			part = strings.ToUpper(part[:1]) + part[1:]
		}
		b.WriteString(part)
	}
	return b.String()
}
