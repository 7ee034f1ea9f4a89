package gemini

import (
	"strconv"
	"strings"

	"github.com/tidwall/gjson"
)

// camel returns the name of a field as Google's documentation spells it. Google takes names
// in snake case too.
func camel(name string) string {
	name = strings.TrimPrefix(name, "_") // _responseJsonSchema is what the API was first released with
	if !strings.Contains(name, "_") {
		return name
	}
	var b strings.Builder
	up := false
	for _, c := range []byte(name) {
		switch {
		case c == '_':
			up = true
			continue
		case up && c >= 'a' && c <= 'z':
			c -= 'a' - 'A'
		}
		up = false
		b.WriteByte(c)
	}
	return b.String()
}

// fields are the members of an object by their names in camel case. Of one that is given
// twice, the last one counts.
type fields map[string]gjson.Result

func fieldsOf(v gjson.Result) fields {
	f := fields{}
	if v.IsObject() {
		v.ForEach(func(key, value gjson.Result) bool {
			f[camel(key.Str)] = value
			return true
		})
	}
	return f
}

// text is the string value of a field, "" for any other.
func (f fields) text(name string) string { return text(f[name]) }

// either is the value of the first of two fields that is given.
func (f fields) either(name, other string) gjson.Result {
	if v := f[name]; given(v) {
		return v
	}
	return f[other]
}

// object is the value of a field that is an object, raw; nil for any other.
func (f fields) object(name string) []byte {
	if v := f[name]; v.IsObject() {
		return []byte(v.Raw)
	}
	return nil
}

// text is a string value, "" for any other.
func text(v gjson.Result) string {
	if v.Type == gjson.String {
		return v.Str
	}
	return ""
}

// given reports whether a field is there and not null.
func given(v gjson.Result) bool { return v.Exists() && v.Type != gjson.Null }

// elements are the elements of a list. Google reads one object as a list of it.
func elements(v gjson.Result) []gjson.Result {
	switch {
	case v.IsArray():
		return v.Array()
	case v.IsObject():
		return []gjson.Result{v}
	}
	return nil
}

// at is the path of element i of a list.
func at(list string, i int) string { return list + "[" + strconv.Itoa(i) + "]" }
