package reconcile

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"strings"
)

// columns are the names under which exports have what entries need, by purpose. Where a file has
// several of a purpose the sum counts.
var columns = map[string]struct {
	purpose string
	perUSD  float64 // of amounts of money
}{
	"start_time": {purpose: "day"}, "start_time_iso": {purpose: "day"}, "usage_date_utc": {purpose: "day"}, "date": {purpose: "day"}, "usage_start_time": {purpose: "day"},
	"model": {purpose: "model"}, "model_version": {purpose: "model"}, "line_item": {purpose: "model"}, "sku.description": {purpose: "sku"}, "sku_description": {purpose: "sku"},
	"api_key_id": {purpose: "key"}, "api_key": {purpose: "key"},
	"num_model_requests": {purpose: "calls"}, "num_requests": {purpose: "calls"},
	"input_tokens": {purpose: "input"}, "usage_input_tokens_no_cache": {purpose: "input"}, "usage_input_tokens_cache_write_5m": {purpose: "input"},
	"usage_input_tokens_cache_write_1h": {purpose: "input"}, "usage_input_tokens_cache_read": {purpose: "input"}, "uncached_input_tokens": {purpose: "input"},
	"cache_read_input_tokens": {purpose: "input"},
	"output_tokens":           {purpose: "output"}, "usage_output_tokens": {purpose: "output"},
	"amount_value": {purpose: "cost", perUSD: 1}, "cost_usd": {purpose: "cost", perUSD: 1}, "cost": {purpose: "cost", perUSD: 1},
	"amount_currency": {purpose: "currency"}, "currency": {purpose: "currency"},
}

func readCSV(file []byte) (*Export, error) {
	r := csv.NewReader(bytes.NewReader(file))
	head, err := r.Read()
	if err != nil {
		return nil, csvMistake(err)
	}
	names := make([]string, len(head))
	has := map[string]bool{}
	for i, name := range head {
		names[i] = strings.ToLower(strings.TrimSpace(name))
		has[columns[names[i]].purpose] = true
	}
	x := &Export{}
	bill, at := cloudOf(names)
	switch {
	case bill != nil:
		x.Format, x.Vendors = bill.format, bill.vendors
	case has["sku"]:
		x.Format, x.Vendors = "Google Cloud billing", googleVendors
	case strings.Contains(strings.Join(names, ","), "usage_date_utc"):
		x.Format, x.Vendors = "Anthropic", []string{"anthropic"}
	default:
		x.Format, x.Vendors = "OpenAI", []string{"openai"}
	}
	if bill == nil && (!has["day"] || !has["model"] && !has["sku"] || !has["cost"] && !has["input"] && !has["output"]) {
		return nil, mistake(1, "the columns are those of no export that is known: one needs a day (start_time, usage_date_utc, usage_start_time), a model (model, model_version, line_item, sku.description), and tokens (input_tokens …) or an amount (amount_value, cost_usd, cost)")
	}
	for {
		row, err := r.Read()
		if err == io.EOF {
			return x, nil
		}
		if err != nil {
			return nil, csvMistake(err)
		}
		line, _ := r.FieldPos(0)
		if bill != nil {
			e, ok, err := bill.entry(names, row, at, line)
			switch {
			case err != nil:
				return nil, err
			case !ok:
				x.Excluded++
			default:
				x.Entries = append(x.Entries, e)
			}
			continue
		}
		e, err := csvEntry(names, row, line)
		if err != nil {
			return nil, err
		}
		if e.Model == "" {
			x.Excluded++
			continue
		}
		x.Entries = append(x.Entries, e)
	}
}

func csvMistake(err error) error {
	var parse *csv.ParseError
	if errors.As(err, &parse) {
		return mistake(parse.Line, "%v", parse.Err)
	}
	return mistake(1, "%v", err)
}

func csvEntry(names, row []string, line int) (e Entry, err error) {
	for i, name := range names {
		col, value := columns[name], row[i]
		ok := true
		switch col.purpose {
		case "day":
			var d string
			if d, ok = day(value); ok && e.Day == "" {
				e.Day = d
			}
		case "model":
			e.Model = itemModel(value)
		case "sku":
			e.Model = skuModel(value)
		case "key":
			e.Key = value
		case "currency":
			ok = value == "" || strings.EqualFold(value, "usd")
		case "calls":
			e.Calls, ok = count(value)
			e.Has.Calls = true
		case "input", "output":
			var n int64
			n, ok = count(value)
			if e.Has.Tokens = true; col.purpose == "input" {
				e.Input += n
			} else {
				e.Output += n
			}
		case "cost":
			e.Cost, ok = nano(value, col.perUSD)
			e.Has.Cost = true
		}
		if !ok {
			return e, mistake(line, "%s cannot be %.60q", name, value)
		}
	}
	return e, nil
}

// itemModel is the model of a line item of OpenAI's costs, "gpt-5-2025-08-07, input".
func itemModel(item string) string {
	model, _, _ := strings.Cut(item, ",")
	return strings.TrimSpace(model)
}

var googleVendors = []string{"google", "vertex-ai"}

// skuModel is the name of an SKU in the form of a model's id: "Gemini 2.5 Flash GA Text Input -
// Predictions" becomes "gemini-2.5-flash-ga-text-input-predictions"; "" if it is no model's.
func skuModel(sku string) string {
	words := strings.Fields(strings.ToLower(sku))
	var kept []string
	for _, w := range words {
		if w = strings.Trim(w, "-–,()"); w != "" {
			kept = append(kept, w)
		}
	}
	name := strings.Join(kept, "-")
	if strings.HasPrefix(name, "gemini-") || strings.HasPrefix(name, "claude-") || strings.HasPrefix(name, "imagen-") || strings.HasPrefix(name, "veo-") {
		return name
	}
	return ""
}
