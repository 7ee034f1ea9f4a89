package main

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/dlclark/regexp2/v2"

	"github.com/sluicegate/sluice/gateway/catalog/table"
)

// overlayModel is a model of genai-prices: its prices are those of all ids that match.
type overlayModel struct {
	provider, id string
	match        func(id string) bool
	context      int64
	prices       []table.Price
	hourly       bool // it tells prices by the hour, too, without the days of the week that litellm tells
}

// overlayUnits are genai-prices' names of prices, in USD: per million tokens, or per thousand.
var overlayUnits = map[string]table.Unit{
	"input_mtok": table.Input, "output_mtok": table.Output, "cache_read_mtok": table.CacheRead, "cache_write_mtok": table.CacheWrite,
	"cache_write_1h_mtok": table.CacheWrite1h, "output_reasoning_mtok": "reasoning", "input_audio_mtok": "audio_input",
	"output_audio_mtok": "audio_output", "cache_audio_read_mtok": "audio_cache_read", "input_image_mtok": "image_input",
	"output_image_mtok": "image_output", "cache_image_read_mtok": "image_cache_read", "input_video_mtok": "video_input",
	"web_searches_kcount": "web_search", "requests_kcount": "request",
}

func readGenaiPrices(wheel string) ([]overlayModel, error) {
	raw, err := readMember(wheel, "genai_prices/data.py")
	if err != nil {
		return nil, err
	}
	_, module, ok := strings.Cut(string(raw), "providers: list[Provider] = ")
	if !ok {
		return nil, fmt.Errorf("genai-prices: no list of providers")
	}
	v, err := (&parser{text: module}).value()
	if err != nil {
		return nil, fmt.Errorf("genai-prices: after the head, %w", err)
	}
	var out []overlayModel
	list, _ := v.([]any)
	for _, v := range list {
		vendor, _ := v.(call)
		name, _ := vendor.args["id"].(string)
		models, _ := vendor.args["models"].([]any)
		for _, v := range models {
			m, _ := v.(call)
			one, err := overlayOf(providerName(name), m)
			if err != nil {
				return nil, fmt.Errorf("genai-prices: %s/%v: %w", name, m.args["id"], err)
			}
			out = append(out, one)
		}
	}
	return out, nil
}

func overlayOf(provider string, m call) (o overlayModel, err error) {
	o.provider = provider
	o.id, _ = m.args["id"].(string)
	if n, ok := m.args["context_window"].(string); ok {
		o.context, _ = strconv.ParseInt(n, 10, 64)
	}
	if o.match, err = clause(m.args["match"]); err != nil {
		return o, err
	}
	add := func(v any, when table.Condition, from string) error {
		prices, ok := v.(call)
		if !ok {
			return fmt.Errorf("%v is no price", v)
		}
		list, err := overlayPrices(prices, when, from)
		o.prices = append(o.prices, list...)
		return err
	}
	switch prices := m.args["prices"].(type) {
	case call:
		err = add(prices, table.Condition{}, "")
	case []any:
		for _, v := range prices {
			c, _ := v.(call)
			from, dated := startDay(c.args["constraint"])
			if !dated {
				o.hourly = true
				continue
			}
			if err = add(c.args["prices"], table.Condition{}, from); err != nil {
				return o, err
			}
		}
	}
	if err != nil {
		return o, err
	}
	variants, _ := m.args["price_variants"].([]any)
	for _, v := range variants {
		c, _ := v.(call)
		when, _ := c.args["when"].(map[string]any)
		from, dated := startDay(c.args["constraint"])
		name := ""
		for _, key := range []string{"processing", "service_tier", "speed"} {
			if s, ok := when[key].(string); ok {
				name = tiers[s]
			}
		}
		if !dated || name == "" {
			continue // a route or a kind of search
		}
		if err := add(c.args["prices"], table.Condition{Tier: name}, from); err != nil {
			return o, err
		}
	}
	o.prices = priced(o.prices)
	return o, nil
}

// startDay is the day of a constraint; ok is false if it constrains something else.
func startDay(v any) (day string, ok bool) {
	c, is := v.(call)
	if !is {
		return "", v == nil
	}
	d, is := c.args["start_date"].(call)
	if !is {
		return "", false
	}
	var n [3]int
	for i := range n {
		s, _ := d.args[strconv.Itoa(i)].(string)
		n[i], _ = strconv.Atoi(s)
	}
	return fmt.Sprintf("%04d-%02d-%02d", n[0], n[1], n[2]), true
}

// overlayPrices is one set of prices, and one more for each length of prompt from which others count.
func overlayPrices(c call, when table.Condition, from string) ([]table.Price, error) {
	byLength := map[int64]table.Amounts{}
	set := func(over int64, unit table.Unit, v any) error {
		d, _ := v.(call)
		usd, _ := d.args["0"].(string)
		factor := int64(1)
		if !table.PerMillion[unit] {
			usd += "e-3" // of a thousand
		}
		n, err := nano(usd, factor)
		if err == nil {
			byLength[over] = with(byLength[over], unit, n)
		}
		return err
	}
	for key, v := range c.args {
		unit, ok := overlayUnits[key]
		amount, is := v.(call)
		if !ok || !is {
			continue
		}
		if amount.name != "TieredPrices" {
			if err := set(0, unit, amount); err != nil {
				return nil, err
			}
			continue
		}
		if err := set(0, unit, amount.args["base"]); err != nil {
			return nil, err
		}
		list, _ := amount.args["tiers"].([]any)
		for _, v := range list {
			t, _ := v.(call)
			start, _ := t.args["start"].(string)
			over, err := strconv.ParseInt(start, 10, 64)
			if err != nil {
				return nil, err
			}
			if err := set(over, unit, t.args["price"]); err != nil {
				return nil, err
			}
		}
	}
	var out []table.Price
	for over, amounts := range byLength {
		w := when
		w.Over = over
		out = append(out, table.Price{From: from, When: w, Amounts: amounts})
	}
	return out, nil
}

// clause is the rule that says which ids are one model.
func clause(v any) (func(string) bool, error) {
	c, _ := v.(call)
	one := func(key string) string { s, _ := c.args[key].(string); return strings.ToLower(s) }
	lower := func(f func(string) bool) func(string) bool {
		return func(id string) bool { return f(strings.ToLower(id)) }
	}
	switch c.name {
	case "ClauseEquals":
		return lower(func(id string) bool { return id == one("equals") }), nil
	case "ClauseStartsWith":
		return lower(func(id string) bool { return strings.HasPrefix(id, one("starts_with")) }), nil
	case "ClauseEndsWith":
		return lower(func(id string) bool { return strings.HasSuffix(id, one("ends_with")) }), nil
	case "ClauseContains":
		return lower(func(id string) bool { return strings.Contains(id, one("contains")) }), nil
	case "ClauseRegex":
		source, _ := c.args["regex"].(string)
		r, err := regexp2.Compile(source, regexp2.None) // some have "not followed by"
		if err != nil {
			return nil, err
		}
		return func(id string) bool { ok, err := r.MatchString(id); return ok && err == nil }, nil
	}
	list, every := c.args["and_"].([]any)
	if !every {
		list, _ = c.args["or_"].([]any)
	}
	var all []func(string) bool
	for _, v := range list {
		f, err := clause(v)
		if err != nil {
			return nil, err
		}
		all = append(all, f)
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("%q is no rule for ids", c.name)
	}
	return func(id string) bool {
		for _, f := range all {
			if f(id) != every {
				return !every
			}
		}
		return every
	}, nil
}
