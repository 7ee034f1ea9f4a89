package main

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/sluicegate/sluice/gateway/catalog/table"
)

// offPeak reads litellm's object of prices that count in some hours of the week.
func offPeak(found map[table.Condition]table.Amounts, raw json.RawMessage) error {
	if raw == nil {
		return nil
	}
	var prices map[string]json.RawMessage
	if err := json.Unmarshal(raw, &prices); err != nil {
		return err
	}
	var windows []struct {
		Hours    any   `json:"hours_utc"`
		Weekdays []int `json:"weekdays"`
	}
	if err := json.Unmarshal(prices["windows"], &windows); err != nil {
		return err
	}
	var parts []string
	for _, w := range windows {
		var spans []string
		switch hours := w.Hours.(type) {
		case string:
			spans = []string{hours}
		case []any:
			for _, h := range hours {
				spans = append(spans, fmt.Sprint(h))
			}
		}
		for i, s := range spans {
			if from, ok := strings.CutSuffix(s, "-00:00"); ok {
				spans[i] = from + "-24:00"
			}
		}
		first, last := w.Weekdays[0], w.Weekdays[len(w.Weekdays)-1]
		if last-first != len(w.Weekdays)-1 {
			return fmt.Errorf("off_peak_pricing: %v are no days in a row", w.Weekdays)
		}
		parts = append(parts, fmt.Sprintf("%d-%d@%s", first, last, strings.Join(spans, "+")))
	}
	return collect(found, table.Condition{Hours: strings.Join(parts, "/")}, prices)
}
