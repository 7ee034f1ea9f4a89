package admin

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway"
)

// Stores keep text without the character NUL and in valid UTF-8 only. Text that is neither is
// refused before an operation sees it.

// badText tells what keeps s out of a store; "" if nothing does.
func badText(s string) string {
	switch {
	case strings.Contains(s, "\x00"):
		return "must not hold the character NUL"
	case !utf8.ValidString(s):
		return "must be valid UTF-8"
	}
	return ""
}

// checkText looks at the path and the query of a request.
func (r *request) checkText() error {
	const op = "admin.checkText"
	u := r.Request().URL
	if bad := badText(u.Path); bad != "" {
		return gateway.InvalidField(op, "path", "The path "+bad+".")
	}
	for name, values := range u.Query() {
		for _, v := range append(values, name) {
			if bad := badText(v); bad != "" {
				name = strings.ToValidUTF8(strings.ReplaceAll(name, "\x00", "\uFFFD"), "\uFFFD")
				return gateway.InvalidField(op, name, "The parameter '"+name+"' "+bad+".")
			}
		}
	}
	return nil
}

// checkText looks at every key and string of a body, which is valid UTF-8 by then.
func (f *form) checkText(raw []byte) {
	if !strings.Contains(string(raw), `\u0000`) { // JSON holds no bare NUL
		return
	}
	for _, name := range f.names {
		f.checkValue(name, name, f.fields[name])
	}
}

func (f *form) checkValue(path, key string, v gjson.Result) {
	path = strings.ReplaceAll(path, "\x00", "\uFFFD")
	for _, s := range []string{key, v.Str} {
		if bad := badText(s); bad != "" {
			f.wrong(path, bad)
			return
		}
	}
	n := 0
	v.ForEach(func(k, item gjson.Result) bool {
		if at := path + "[" + strconv.Itoa(n) + "]"; v.IsArray() {
			f.checkValue(at, "", item)
		} else if v.IsObject() {
			f.checkValue(path+"."+k.String(), k.String(), item)
		}
		n++
		return len(f.problems) < maxProblems
	})
}
