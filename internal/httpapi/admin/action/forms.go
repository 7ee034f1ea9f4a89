package action

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway"
)

// ReadForms reads a body that is one JSON object, or a list of 1 to most of them, by read. Problems
// of all are reported together, those of a list with their place: "[2].value".
func ReadForms[T any](ctx context.Context, r *Request, most int, read func(*Form) T) ([]T, error) {
	raw := []byte(strings.TrimSpace(string(r.raw)))
	if r.learn != nil || r.unread != nil || len(raw) == 0 || raw[0] != '[' {
		f, err := ReadForm(ctx, r)
		if err != nil {
			return nil, err
		}
		one := read(f)
		return []T{one}, f.Done()
	}
	whole := slices.Concat([]byte(`{"":`), raw, []byte(`}`)) // what is checked is an object
	if err := gateway.CheckBody("action.ReadForms", whole); err != nil {
		return nil, err
	}
	all := &Form{fields: map[string]gjson.Result{}}
	all.checkText(raw)
	elements := gjson.ParseBytes(raw).Array()
	if len(elements) == 0 || len(elements) > most {
		return nil, gateway.InvalidField("action.ReadForms", "", fmt.Sprintf("The body must be an object or a list of 1 to %d objects.", most))
	}
	out := make([]T, 0, len(elements))
	for i, e := range elements {
		at := fmt.Sprintf("[%d]", i)
		if !e.IsObject() {
			all.Wrong(at, "must be an object")
			continue
		}
		one := Inside(e)
		out = append(out, read(one))
		all.Close(at, one)
	}
	return out, all.Done()
}
