package action

import (
	"context"
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/httpapi"
)

// Form reads the fields of a JSON body strictly. Unknown, missing and mistyped fields are
// collected and reported together, by name.
type Form struct {
	names    []string // in the order given
	fields   map[string]gjson.Result
	problems []problem
	learn    *httpapi.Input // nil unless the action is only asked what it reads
	optional []string       // by then: the fields that Given was asked for
}

type problem struct{ field, text string }

// Refuse reports the error of a reader that was given the name of the field: "The field 'x' must …".
func (f *Form) Refuse(field string, err error) {
	f.Wrong(field, strings.TrimSuffix(strings.TrimPrefix(gateway.AsError(err).Public, "The field '"+field+"' "), "."))
}

// maxProblems is how many problems of one body are reported.
const maxProblems = 20

// ReadForm reads the body. A body that is not a JSON object, or has a field twice, is an error
// at once.
func ReadForm(ctx context.Context, r *Request) (*Form, error) {
	if r.learn != nil {
		return &Form{learn: r.learn}, nil
	}
	raw := r.raw
	if r.unread != nil {
		return nil, r.unread
	}
	if len(strings.TrimSpace(string(raw))) == 0 {
		raw = []byte("{}")
	}
	if err := gateway.CheckBody("action.Form", raw); err != nil {
		return nil, err
	}
	f := Inside(gjson.ParseBytes(raw))
	f.checkText(raw)
	if ref, given := f.fields["workspace_id"]; given && !f.Given("workspace") { // Portkey's and OpenRouter's spelling
		f.fields["workspace"] = ref
		delete(f.fields, "workspace_id")
		f.names[slices.Index(f.names, "workspace_id")] = "workspace"
	}
	return f, r.checkNamed(ctx, f.fields["workspace"].String())
}

// Copy is the form as it is now, to be read once more.
func (f *Form) Copy() *Form {
	return &Form{names: slices.Clone(f.names), fields: maps.Clone(f.fields), learn: f.learn, optional: f.optional}
}

func (f *Form) Wrong(field, text string) {
	if len(f.problems) < maxProblems {
		f.problems = append(f.problems, problem{field, text})
	}
}

// Take removes a field. Fields that nobody took are unknown; see Done. null counts as absent.
// example is a value of the field's Go type, for the documentation; without it, the field may be
// any JSON.
func (f *Form) Take(name string, required bool, example ...any) (gjson.Result, bool) {
	if f.learn != nil {
		learnField(f.learn, name, required && !slices.Contains(f.optional, name), append(example, nil)[0])
		return gjson.Result{}, false
	}
	v, ok := f.fields[name]
	delete(f.fields, name)
	if !ok || v.Type == gjson.Null {
		if required {
			f.Wrong(name, "is missing")
		}
		return v, false
	}
	return v, true
}

func (f *Form) Text(name string, required bool) string {
	v, ok := f.Take(name, required, "")
	if !ok {
		return ""
	}
	if v.Type != gjson.String {
		f.Wrong(name, "must be a string")
		return ""
	}
	s := v.String()
	switch {
	case required && strings.TrimSpace(s) == "":
		f.Wrong(name, "must not be empty")
	case len(s) > 4096:
		f.Wrong(name, "is longer than 4096 bytes")
	}
	return s
}

// OneOf reads a string that must be one of those allowed.
func (f *Form) OneOf(name string, allowed ...string) string {
	s := f.Text(name, false)
	if f.learn != nil {
		learnAllowed(f.learn, name, allowed)
	}
	for _, a := range allowed {
		if s == a {
			return s
		}
	}
	if s != "" {
		f.Wrong(name, "must be one of "+strings.Join(allowed, ", "))
	}
	return ""
}

// Given reports whether the body has a field, null included.
func (f *Form) Given(name string) bool {
	if f.learn != nil {
		f.optional = append(f.optional, name)
		return true
	}
	_, ok := f.fields[name]
	return ok
}

// IfGiven reads a field that may be absent; nil: it is.
func IfGiven[T any](f *Form, name string, read func(name string) T) *T {
	if !f.Given(name) {
		return nil
	}
	v := read(name)
	return &v
}

// GivenText is IfGiven for a text, which required forbids to be empty.
func (f *Form) GivenText(name string, required bool) *string {
	return IfGiven(f, name, func(name string) string { return f.Text(name, required) })
}

// GivenFlag is IfGiven for a truth value.
func (f *Form) GivenFlag(name string) *bool {
	return IfGiven(f, name, func(name string) bool { return f.Flag(name, false) })
}

// OneGiven reports it if the body has none of these fields.
func (f *Form) OneGiven(names ...string) {
	if f.learn != nil {
		f.learn.AnyOf = names
	}
	if !slices.ContainsFunc(names, f.Given) {
		f.Wrong(names[0], "is missing")
	}
}

// Compat reads the gateway whose errors are imitated, "" if it is absent.
func (f *Form) Compat() gateway.Compat {
	return gateway.Compat(f.OneOf("compat", gateway.Compats()...))
}

func (f *Form) Texts(name string) []string {
	v, ok := f.Take(name, false, []string{})
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
		f.Wrong(name, "must be a list of strings")
		return nil
	}
	return out
}

// Count reads a whole number that is at least least.
func (f *Form) Count(name string, required bool, least int) int {
	v, ok := f.Take(name, required, 0)
	if !ok {
		return 0
	}
	if v.Type != gjson.Number || v.Num != math.Trunc(v.Num) || v.Num < float64(least) || v.Num > math.MaxInt32 {
		f.Wrong(name, "must be a whole number")
		return 0
	}
	return int(v.Num)
}

func (f *Form) Time(name string) time.Time {
	if f.learn != nil {
		f.Take(name, false, time.Time{})
	}
	s := f.Text(name, false)
	if s == "" {
		return time.Time{}
	}
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		f.Wrong(name, "must be a time such as 2026-12-31T00:00:00Z")
	}
	return t
}

// Flag reads true or false; absent if it is not given.
func (f *Form) Flag(name string, absent bool) bool {
	v, ok := f.Take(name, false, false)
	if !ok {
		return absent
	}
	if !v.IsBool() {
		f.Wrong(name, "must be true or false")
	}
	return v.Bool()
}

// Duration reads a duration such as 24h or 7d, 0 if it is absent.
func (f *Form) Duration(name string) time.Duration {
	s := f.Text(name, false)
	if s == "" {
		return 0
	}
	d, ok := parseDuration(s)
	if !ok {
		f.Wrong(name, "must be a duration such as 30m, 24h or 7d")
	}
	return d
}

// Object reads an object and gives its raw JSON.
func (f *Form) Object(name string, required bool) []byte {
	v, ok := f.Take(name, required, map[string]any{})
	if !ok {
		return nil
	}
	if !v.IsObject() {
		f.Wrong(name, "must be an object")
		return nil
	}
	return []byte(v.Raw)
}

// Idle reads fields that have no effect here. A value that asks for nothing is passed over; instead
// says what has the effect.
func (f *Form) Idle(instead string, names ...string) {
	if f.learn != nil {
		return // there is nothing to tell of them
	}
	for _, name := range names {
		v, ok := f.Take(name, false)
		if !ok {
			continue
		}
		switch strings.TrimSpace(v.Raw) {
		case "false", "0", "0.0", `""`, "{}", "[]":
			continue
		}
		f.Wrong(name, "has no effect here"+instead)
	}
}

// Same reads a field that repeats what the path says.
func (f *Form) Same(name, value string) {
	if f.learn == nil && f.Given(name) && f.Text(name, false) != value {
		f.Wrong(name, "must be '"+value+"', as in the path")
	}
}

// Inside opens an object as a form.
func Inside(object gjson.Result) *Form {
	f := &Form{fields: map[string]gjson.Result{}}
	object.ForEach(func(k, v gjson.Result) bool {
		f.names, f.fields[k.String()] = append(f.names, k.String()), v
		return true
	})
	return f
}

// Close reports what is wrong with a form inside this one, which stands at path.
func (f *Form) Close(path string, in *Form) {
	_ = in.Done() // collects; the problems are reported by f
	for _, p := range in.problems {
		f.Wrong(path+"."+p.field, p.text)
	}
}

// Done reports all problems as one error.
func (f *Form) Done() error {
	if f.learn != nil {
		return errLearned
	}
	for _, name := range f.names {
		if _, left := f.fields[name]; left {
			f.Wrong(gateway.Clip(name, 100), "is unknown")
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
	return gateway.InvalidField("action.Form", f.problems[0].field, strings.ToUpper(text[:1])+text[1:]+".")
}
