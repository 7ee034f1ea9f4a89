package action

import (
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway"
)

// Stores keep text without the character NUL and in valid UTF-8 only. Other text is refused
// before an operation sees it.

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
func (r *Request) checkText() error {
	const op = "action.checkText"
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
func (f *Form) checkText(raw []byte) {
	if !strings.Contains(string(raw), `\u`) { // JSON holds no bare NUL
		return
	}
	gjson.ParseBytes(raw).ForEach(func(k, v gjson.Result) bool {
		f.checkValue(k.String(), k, v)
		return len(f.problems) < maxProblems
	})
}

// checkValue looks at a value, everything in it, and the key that it stands under.
func (f *Form) checkValue(path string, key, v gjson.Result) {
	path = strings.ReplaceAll(path, "\x00", "\uFFFD")
	for _, s := range []gjson.Result{key, v} {
		if s.Type != gjson.String {
			continue
		}
		bad := badText(s.Str)
		if bad == "" && halfPair(s.Raw) {
			bad = "must not hold half a surrogate pair"
		}
		if bad != "" {
			f.Wrong(path, bad)
			return
		}
	}
	n := 0
	v.ForEach(func(k, item gjson.Result) bool {
		if at := path + "[" + strconv.Itoa(n) + "]"; v.IsArray() {
			f.checkValue(at, gjson.Result{}, item)
		} else if v.IsObject() {
			f.checkValue(path+"."+k.String(), k, item)
		}
		n++
		return len(f.problems) < maxProblems
	})
}

// halfPair reports whether a JSON string holds an escape such as \ud800 without its other half.
// It stands for no character: a store would keep U+FFFD instead.
func halfPair(raw string) bool {
	for i := 0; i < len(raw); i++ {
		if raw[i] != '\\' {
			continue
		}
		first, ok := unitAt(raw[i:])
		if i++; !ok || !utf16.IsSurrogate(first) { // the escaped byte is passed over
			continue
		}
		second, _ := unitAt(raw[i+5:])
		if utf16.DecodeRune(first, second) == utf8.RuneError {
			return true
		}
		i += 10
	}
	return false
}

// unitAt reads the UTF-16 unit of an escape \uXXXX that s begins with.
func unitAt(s string) (rune, bool) {
	if len(s) < 6 || s[:2] != `\u` {
		return 0, false
	}
	n, err := strconv.ParseUint(s[2:6], 16, 16)
	return rune(n), err == nil
}
