package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/sluicegate/sluice/gateway/catalog/table"
)

// units are litellm's keys of prices. Those per token become prices per million tokens.
var units = map[string]table.Unit{
	"input_cost_per_token": table.Input, "output_cost_per_token": table.Output,
	"cache_read_input_token_cost": table.CacheRead, "cache_creation_input_token_cost": table.CacheWrite,
	"cache_creation_input_token_cost_above_1hr": table.CacheWrite1h, "output_cost_per_reasoning_token": "reasoning",
	"input_cost_per_audio_token": "audio_input", "output_cost_per_audio_token": "audio_output", "cache_read_input_audio_token_cost": "audio_cache_read",
	"input_cost_per_image_token": "image_input", "output_cost_per_image_token": "image_output", "cache_read_input_image_token_cost": "image_cache_read",
	"input_cost_per_video_token": "video_input",
	"input_cost_per_image":       "image_read", "output_cost_per_image": "image", "input_cost_per_request": "request", "input_cost_per_query": "query",
	"input_cost_per_second": "second_input", "output_cost_per_second": "second", "output_cost_per_video_per_second": "second", "input_cost_per_character": "character_input",
	"output_cost_per_character": "character", "ocr_cost_per_page": "page", "code_interpreter_cost_per_session": "session",
}

// capabilities are litellm's keys of what a model can do.
var capabilities = map[string]string{
	"supports_function_calling": "tools", "supports_tool_choice": "tool_choice", "supports_parallel_function_calling": "parallel_tools",
	"supports_vision": "vision", "supports_pdf_input": "pdf", "supports_audio_input": "audio_input", "supports_audio_output": "audio_output",
	"supports_video_input": "video_input", "supports_response_schema": "json_schema", "supports_reasoning": "reasoning",
	"supports_prompt_caching": "prompt_caching", "supports_web_search": "web_search", "supports_computer_use": "computer_use",
	"supports_assistant_prefill": "prefill", "supports_system_messages": "system_messages",
}

var threshold = regexp.MustCompile(`^(.*)_above_(\d+)k_tokens(.*)$`)

// readLiteLLM returns the models of litellm's map.
func readLiteLLM(wheel string) ([]table.Model, error) {
	raw, err := readMember(wheel, "/model_prices_and_context_window_backup.json")
	if err != nil {
		return nil, err
	}
	var rows map[string]map[string]json.RawMessage
	if err := json.Unmarshal(raw, &rows); err != nil {
		return nil, err
	}
	delete(rows, "sample_spec") // explains the format
	var out []table.Model
	sizes := map[ref][]table.Price{}
	for _, name := range slices.Sorted(maps.Keys(rows)) {
		row, named := rows[name], text(rows[name]["litellm_provider"])
		if target := text(row["alias_of"]); target != "" {
			if row = rows[target]; row == nil {
				continue
			}
			named = text(row["litellm_provider"])
		}
		if named == "" {
			continue
		}
		m, err := litellmModel(name, named, row)
		if err != nil {
			return nil, fmt.Errorf("litellm: %s: %w", name, err)
		}
		of, price, ok, err := sizedPrice(m, row)
		if err != nil {
			return nil, fmt.Errorf("litellm: %s: %w", name, err)
		}
		if !ok {
			out = append(out, m)
			continue
		}
		key := ref{m.Provider, of}
		sizes[key] = append(sizes[key], price)
	}
	return bySize(out, sizes), nil
}

func litellmModel(name, provider string, row map[string]json.RawMessage) (table.Model, error) {
	m := table.Model{Provider: providerName(provider), ID: name, Mode: text(row["mode"]), Context: tokens(row["max_input_tokens"]),
		MaxOutput: tokens(row["max_output_tokens"]), Deprecated: text(row["deprecation_date"]), Successor: text(row["successor_model"])}
	family, _, _ := strings.Cut(provider, "-")
	for _, prefix := range []string{provider, family, "bedrock"} {
		m.ID = strings.TrimPrefix(m.ID, prefix+"/")
	}
	if m.MaxOutput == m.Context {
		m.MaxOutput /= 2 // the map gives the whole context, of which the prompt is a part
	}
	for key, capability := range capabilities {
		if string(row[key]) == "true" {
			m.Capabilities = append(m.Capabilities, capability)
		}
	}
	slices.Sort(m.Capabilities)
	var err error
	m.Prices, err = litellmPrices(row)
	return m, err
}

// litellmPrices are the plain price and those under conditions. Prices that are all 0 are of models
// that a subscription pays for, or that nobody has looked up: they are unknown.
func litellmPrices(row map[string]json.RawMessage) ([]table.Price, error) {
	found := map[table.Condition]table.Amounts{}
	if err := collect(found, table.Condition{}, row); err != nil {
		return nil, err
	}
	var bands []map[string]json.RawMessage
	_ = json.Unmarshal(row["tiered_pricing"], &bands) // some vendors' are of another shape
	for _, band := range bands {
		var span []float64
		if json.Unmarshal(band["range"], &span) != nil || len(span) != 2 {
			continue
		}
		if err := collect(found, table.Condition{Over: int64(span[0])}, band); err != nil {
			return nil, err
		}
	}
	if err := offPeak(found, row["off_peak_pricing"]); err != nil {
		return nil, err
	}
	var searches map[string]json.Number
	if json.Unmarshal(row["search_context_cost_per_query"], &searches) == nil && searches["search_context_size_medium"] != "" {
		n, err := nano(searches["search_context_size_medium"].String(), 1)
		if err != nil {
			return nil, err
		}
		found[table.Condition{}] = with(found[table.Condition{}], "web_search", n)
	}
	factors(found, row["provider_specific_entry"])
	var out []table.Price
	for when, amounts := range found {
		out = append(out, table.Price{When: when, Amounts: amounts})
	}
	return priced(out), nil
}

// collect reads the keys of one object; their endings name conditions.
func collect(found map[table.Condition]table.Amounts, base table.Condition, row map[string]json.RawMessage) error {
	for key, raw := range row {
		when := base
		if m := threshold.FindStringSubmatch(key); m != nil {
			thousands, err := strconv.ParseInt(m[2], 10, 64)
			if err != nil {
				return err
			}
			when.Over, key = thousands*1_000, m[1]+m[3]
		}
		for ending, tier := range tiers {
			if rest, ok := strings.CutSuffix(key, "_"+ending); ok {
				when.Tier, key = tier, rest
			}
		}
		if m := sizedKey.FindStringSubmatch(key); m != nil {
			when.Size, key = strings.ToLower(m[2]), m[1]
		}
		unit, ok := units[key]
		var usd json.Number
		if !ok || json.Unmarshal(raw, &usd) != nil || usd == "" {
			continue
		}
		factor := int64(1)
		if table.PerMillion[unit] {
			factor = 1_000_000
		}
		n, err := nano(usd.String(), factor)
		if err != nil {
			return fmt.Errorf("%s: %w", key, err)
		}
		if n == 0 && unit != table.Input && unit != table.Output {
			continue // not billed on its own
		}
		found[when] = with(found[when], unit, n)
	}
	return nil
}

// factors are entries such as {"us": 1.1, "fast": 2}: the plain price times a number.
func factors(found map[table.Condition]table.Amounts, raw json.RawMessage) {
	var entries map[string]json.RawMessage
	if json.Unmarshal(raw, &entries) != nil {
		return
	}
	for name, when := range map[string]table.Condition{"us": {Region: "us"}, "fast": {Tier: "fast"}} {
		factor, err := strconv.ParseFloat(string(entries[name]), 64)
		if err != nil || found[when] != nil {
			continue
		}
		for unit, n := range found[table.Condition{}] {
			if table.PerMillion[unit] {
				found[when] = with(found[when], unit, int64(float64(n)*factor+0.5))
			}
		}
	}
}

func with(a table.Amounts, unit table.Unit, n int64) table.Amounts {
	if a == nil {
		a = table.Amounts{}
	}
	a[unit] = n
	return a
}

func text(raw json.RawMessage) string {
	var s string
	_ = json.Unmarshal(raw, &s) // anything else is not a name
	return s
}

func tokens(raw json.RawMessage) int64 {
	var n json.Number
	_ = json.Unmarshal(raw, &n) // anything else is no number
	f, _ := n.Float64()
	return int64(f)
}
