package policy

import (
	"encoding/json"
	"strings"
)

// Values are the values of a condition. In JSON one value may stand without a list.
type Values []string

// UnmarshalJSON implements json.Unmarshaler.
func (v *Values) UnmarshalJSON(raw []byte) error {
	var one string
	if json.Unmarshal(raw, &one) == nil {
		*v = Values{one}
		return nil
	}
	return json.Unmarshal(raw, (*[]string)(v))
}

// match reports whether s is one of the values, or begins like one that ends in "*".
func (v Values) match(s string) bool {
	for _, want := range v {
		beginning, open := strings.CutSuffix(want, "*")
		if s == want || open && strings.HasPrefix(s, beginning) {
			return true
		}
	}
	return false
}
