package main

import (
	"encoding/json"
	"fmt"
	"maps"

	"github.com/sluicegate/sluice/gateway/catalog/table"
)

// ref names a model.
type ref struct{ provider, id string }

// readModelPrices returns what was billed from which day on, for each model: plain prices only,
// without those that did not change.
func readModelPrices(wheel string) (map[ref][]table.Price, error) {
	raw, err := readMember(wheel, "/snapshot.json")
	if err != nil {
		return nil, err
	}
	type rates struct {
		Input      json.Number `json:"input"`
		Output     json.Number `json:"output"`
		CacheRead  json.Number `json:"cache_read"`
		CacheWrite json.Number `json:"cache_write"`
	}
	var file struct {
		Prices map[string]map[string]map[string][]struct {
			Start string `json:"start"`
			Rates *rates `json:"rates"`
		} `json:"prices"`
	}
	if err := json.Unmarshal(raw, &file); err != nil {
		return nil, err
	}
	out := map[ref][]table.Price{}
	for provider, models := range file.Prices {
		for id, lanes := range models {
			name := ref{providerName(provider), id}
			for _, segment := range lanes["standard"] {
				if segment.Rates == nil {
					continue
				}
				p := table.Price{Amounts: table.Amounts{}}
				if len(segment.Start) >= len("2026-01-31") {
					p.From = segment.Start[:len("2026-01-31")]
				}
				for unit, usd := range map[table.Unit]json.Number{table.Input: segment.Rates.Input, table.Output: segment.Rates.Output,
					table.CacheRead: segment.Rates.CacheRead, table.CacheWrite: segment.Rates.CacheWrite} {
					if usd == "" || unit == table.CacheWrite && usd.String() == "0.0" {
						continue
					}
					n, err := nano(usd.String(), 1)
					if err != nil {
						return nil, fmt.Errorf("model-prices: %s/%s: %w", provider, id, err)
					}
					p.Amounts[unit] = n
				}
				list := out[name]
				switch last := len(list) - 1; {
				case last >= 0 && maps.Equal(list[last].Amounts, p.Amounts):
				case last >= 0 && list[last].From == p.From:
					list[last] = p
				default:
					out[name] = append(list, p)
				}
			}
		}
	}
	return out, nil
}
