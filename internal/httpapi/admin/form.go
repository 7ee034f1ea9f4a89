package admin

import (
	"context"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/httpapi"
)

// form reads the fields of a JSON body strictly. Unknown, missing and mistyped fields are
// collected and reported together, by name.
type form struct {
	names    []string // in the order given
	fields   map[string]gjson.Result
	problems []problem
}

type problem struct{ field, text string }

// maxProblems is how many problems of one body are reported.
const maxProblems = 20

// readForm reads the body. A body that is not a JSON object, or has a field twice, is an error
// at once.
func readForm(ctx context.Context, r *request) (*form, error) {
	raw, err := r.Body()
	if err != nil {
		return nil, err
	}
	if len(strings.TrimSpace(string(raw))) == 0 {
		raw = []byte("{}")
	}
	if err := gateway.CheckBody("admin.form", raw); err != nil {
		return nil, err
	}
	f := &form{fields: map[string]gjson.Result{}}
	gjson.ParseBytes(raw).ForEach(func(k, v gjson.Result) bool {
		name := k.String()
		f.names = append(f.names, name)
		f.fields[name] = v
		return true
	})
	f.checkText(raw)
	return f, r.checkNamed(ctx, f.fields["workspace"].String())
}

func (f *form) wrong(field, text string) {
	if len(f.problems) < maxProblems {
		f.problems = append(f.problems, problem{field, text})
	}
}

// take removes a field. Fields that nobody took are unknown; see done. null counts as absent.
func (f *form) take(name string, required bool) (gjson.Result, bool) {
	v, ok := f.fields[name]
	delete(f.fields, name)
	if !ok || v.Type == gjson.Null {
		if required {
			f.wrong(name, "is missing")
		}
		return v, false
	}
	return v, true
}

func (f *form) text(name string, required bool) string {
	v, ok := f.take(name, required)
	if !ok {
		return ""
	}
	if v.Type != gjson.String {
		f.wrong(name, "must be a string")
		return ""
	}
	s := v.String()
	switch {
	case required && strings.TrimSpace(s) == "":
		f.wrong(name, "must not be empty")
	case len(s) > 4096:
		f.wrong(name, "is longer than 4096 bytes")
	}
	return s
}

// oneOf reads a string that must be one of those allowed.
func (f *form) oneOf(name string, allowed ...string) string {
	s := f.text(name, false)
	for _, a := range allowed {
		if s == a {
			return s
		}
	}
	if s != "" {
		f.wrong(name, "must be one of "+strings.Join(allowed, ", "))
	}
	return ""
}

// given reports whether the body has a field, null included.
func (f *form) given(name string) bool {
	_, ok := f.fields[name]
	return ok
}

// oneGiven reports it if the body has none of these fields.
func (f *form) oneGiven(names ...string) {
	if !slices.ContainsFunc(names, f.given) {
		f.wrong(names[0], "is missing")
	}
}

// compat reads the gateway whose errors are imitated, "" if it is absent.
func (f *form) compat() gateway.Compat {
	return gateway.Compat(f.oneOf("compat", gateway.Compats()...))
}

func (f *form) texts(name string) []string {
	v, ok := f.take(name, false)
	if !ok {
		return nil
	}
	var out []string
	good := v.IsArray()
	v.ForEach(func(_, e gjson.Result) bool {
		good = good && e.Type == gjson.String && e.Str != ""
		out = append(out, e.String())
		return good
	})
	if !good {
		f.wrong(name, "must be a list of strings")
		return nil
	}
	return out
}

// count reads a whole number that is at least least.
func (f *form) count(name string, required bool, least int) int {
	v, ok := f.take(name, required)
	if !ok {
		return 0
	}
	if v.Type != gjson.Number || v.Num != math.Trunc(v.Num) || v.Num < float64(least) || v.Num > math.MaxInt32 {
		f.wrong(name, "must be a whole number")
		return 0
	}
	return int(v.Num)
}

func (f *form) time(name string) time.Time {
	s := f.text(name, false)
	if s == "" {
		return time.Time{}
	}
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		f.wrong(name, "must be a time such as 2026-12-31T00:00:00Z")
	}
	return t
}

// object reads an object and gives its raw JSON.
func (f *form) object(name string, required bool) []byte {
	v, ok := f.take(name, required)
	if !ok {
		return nil
	}
	if !v.IsObject() {
		f.wrong(name, "must be an object")
		return nil
	}
	return []byte(v.Raw)
}

// done reports all problems as one error.
func (f *form) done() error {
	for _, name := range f.names {
		if _, left := f.fields[name]; left {
			f.wrong(httpapi.Clip(name, 100), "is unknown")
			delete(f.fields, name)
		}
	}
	if len(f.problems) == 0 {
		return nil
	}
	var parts []string
	for _, p := range f.problems {
		parts = append(parts, "the field '"+p.field+"' "+p.text)
	}
	text := strings.Join(parts, "; ")
	return gateway.InvalidField("admin.form", f.problems[0].field, strings.ToUpper(text[:1])+text[1:]+".")
}
