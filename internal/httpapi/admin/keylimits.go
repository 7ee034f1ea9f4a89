package admin

import (
	"bytes"
	"encoding/json"
	"strconv"

	"github.com/sluicegate/sluice/gateway/limit"
	"github.com/sluicegate/sluice/gateway/policy"
)

// keyLimit is a limit that one key has, in Portkey's form.
type keyLimit struct {
	Type  limit.Kind `json:"type"`
	Unit  limit.Unit `json:"unit,omitempty"`
	Value int64      `json:"value"`

	Conditions []policy.Condition `json:"conditions,omitempty"` // ours
}

func keyLimitsOf(rules []limit.Rule) []keyLimit {
	out := make([]keyLimit, len(rules))
	for i, r := range rules {
		out[i] = keyLimit{r.Kind, r.Unit, r.Value, r.Conditions}
	}
	return out
}

// readKeyLimits reads a list of {type, unit, value, conditions}.
func readKeyLimits(f *form, name string) []limit.Rule {
	v, ok := f.Take(name, false, []keyLimit{})
	if !ok {
		return nil
	}
	const shape = `must be a list such as [{"type": "requests", "unit": "rpm", "value": 60}]`
	if !v.IsArray() {
		f.Wrong(name, shape)
		return nil
	}
	var out []limit.Rule
	for i, item := range v.Array() {
		var l keyLimit
		d := json.NewDecoder(bytes.NewReader([]byte(item.Raw)))
		d.DisallowUnknownFields()
		if d.Decode(&l) != nil {
			f.Wrong(name+"["+strconv.Itoa(i)+"]", `must be a limit such as {"type": "requests", "unit": "rpm", "value": 60}`)
		}
		out = append(out, limit.Rule{Kind: l.Type, Unit: l.Unit, Value: l.Value, Conditions: l.Conditions})
	}
	return out
}
