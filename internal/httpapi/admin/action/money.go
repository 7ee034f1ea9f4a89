package action

import (
	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway"
)

// USD is an amount in nano-USD. In JSON it is a number of USD.
type USD int64

// MarshalJSON writes an exact decimal.
func (u USD) MarshalJSON() ([]byte, error) { return []byte(gateway.FormatUSD(int64(u))), nil }

// USD reads an amount of USD, a number or a string; "" if it is absent.
func (f *Form) USD(name string) string { return f.Amount(name, false) }

// Amount is USD that may be required.
func (f *Form) Amount(name string, required bool) string {
	v, ok := f.Take(name, required, 0.0)
	if !ok {
		return ""
	}
	text := v.String()
	if v.Type == gjson.Number {
		text = v.Raw
	}
	if _, err := gateway.ParseUSD(name, text); err != nil || v.Type != gjson.Number && v.Type != gjson.String {
		f.Wrong(name, "must be an amount in USD such as 12.50")
		return ""
	}
	return text
}

// Nano reads an amount of USD and gives it in nano-USD, nil if it is absent.
func (f *Form) Nano(name string, required bool) *int64 {
	v, ok := f.Take(name, required, 0.0)
	if !ok {
		return nil
	}
	n, err := gateway.ParseUSD(name, v.Raw)
	if err != nil || v.Type != gjson.Number {
		f.Wrong(name, "must be an amount of USD per million tokens")
		return nil
	}
	return &n
}
