package action

import (
	"github.com/tidwall/gjson"
)

// Parameters reads a field whose value is an object of what elsewhere are parameters of a URL:
// texts, numbers, flags and lists of them by their names, and metadata as an object. Its problems are those of the
// form. Done tells the form about parameters that nobody read.
func (f *Form) Parameters(r *Request, name string) *Query {
	q := &Query{now: r.Now(), values: map[string][]string{}, into: f, at: name}
	v, ok := f.Take(name, false, map[string]any{})
	switch {
	case !ok:
		return q
	case !v.IsObject():
		f.Wrong(name, "must be an object")
		return q
	}
	v.ForEach(func(k, e gjson.Result) bool {
		switch key := k.String(); {
		case key == "metadata" && e.IsObject():
			e.ForEach(func(k, e gjson.Result) bool {
				q.set("metadata."+k.String(), e)
				return true
			})
		default:
			q.set(key, e)
		}
		return true
	})
	return q
}

func (q *Query) set(name string, v gjson.Result) {
	switch {
	case v.Type == gjson.Null:
	case v.IsArray():
		v.ForEach(func(_, e gjson.Result) bool {
			if e.IsArray() {
				q.Wrong(name, "must be a text, a number, a flag or a list of these")
				return false
			}
			q.set(name, e)
			return true
		})
	case v.IsObject():
		q.Wrong(name, "must be a text, a number, a flag or a list of these")
	default:
		q.values[name] = append(q.values[name], v.String())
	}
}
