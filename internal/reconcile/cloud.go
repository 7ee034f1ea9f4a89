package reconcile

import (
	"encoding/json"
	"slices"
	"strings"
	"unicode"
)

// awsColumns are those of AWS's Cost and Usage Report, in its two spellings
// (https://docs.aws.amazon.com/cur/latest/userguide/data-dictionary.html). CUR 2.0 has the attributes of a
// product in one column, as an object.
var awsColumns = map[string]string{
	"lineitem/usagestartdate": "day", "line_item_usage_start_date": "day",
	"lineitem/productcode": "product", "line_item_product_code": "product", "product/productname": "product", "product_product_name": "product",
	"product":            "attributes",
	"lineitem/usagetype": "name", "line_item_usage_type": "name",
	"lineitem/unblendedcost": "cost", "line_item_unblended_cost": "cost",
	"lineitem/currencycode": "currency", "line_item_currency_code": "currency",
}

// azureColumns are those of Azure's cost details
// (https://learn.microsoft.com/en-us/azure/cost-management-billing/automate/understand-usage-details-fields).
// Amounts in USD are preferred to those in the currency of the bill.
var azureColumns = map[string]string{
	"date": "day", "usagedate": "day", "usagedatetime": "day",
	"metercategory": "product", "metersubcategory": "product", "metername": "name",
	"costinusd": "cost", "costinbillingcurrency": "billed", "cost": "billed", "pretaxcost": "billed",
	"billingcurrency": "currency", "billingcurrencycode": "currency", "currency": "currency",
}

// cloud is the bill of a cloud, of which models are a part.
type cloud struct {
	format  string
	columns map[string]string
	vendors []string
	names   [][]string // of products that are models, any of them, by the words that they have
}

var clouds = []cloud{
	{"AWS Cost and Usage Report", awsColumns, []string{"bedrock"}, [][]string{{"bedrock"}, {"amazonbedrock"}}},
	{"Azure cost details", azureColumns, []string{"azure-openai", "azure-ai"}, [][]string{{"openai"}, {"foundry"}, {"cognitive", "services"}, {"ai", "models"}}},
}

// cloudOf is the cloud whose bill has a head, nil if it is none's. at are its columns by purpose.
func cloudOf(names []string) (c *cloud, at map[string][]int) {
	for i := range clouds {
		at = map[string][]int{}
		for n, name := range names {
			if purpose := clouds[i].columns[name]; purpose != "" {
				at[purpose] = append(at[purpose], n)
			}
		}
		if len(at["day"]) > 0 && len(at["product"]) > 0 && len(at["name"]) > 0 && len(at["cost"])+len(at["billed"]) > 0 {
			return &clouds[i], at
		}
	}
	return nil, nil
}

// entry reads a row. ok is false if it is about no model.
func (c *cloud) entry(names, row []string, at map[string][]int, line int) (e Entry, ok bool, err error) {
	value := func(purpose string) (name, text string) {
		for _, i := range at[purpose] {
			if row[i] != "" {
				return names[i], row[i]
			}
		}
		return purpose, ""
	}
	var product []string
	for _, i := range at["product"] {
		product = append(product, words(row[i])...)
	}
	for _, i := range at["attributes"] {
		var attributes struct {
			Name string `json:"product_name"`
		}
		_ = json.Unmarshal([]byte(row[i]), &attributes) // what has no such attribute is told by its code
		product = append(product, words(attributes.Name)...)
	}
	if !slices.ContainsFunc(c.names, func(all []string) bool { return contains(product, all) }) {
		return e, false, nil
	}
	name, text := value("day")
	if e.Day, ok = day(text); !ok {
		if e.Day, ok = americanDay(text); !ok {
			return e, false, mistake(line, "%s cannot be %.60q", name, text)
		}
	}
	_, meter := value("name")
	e.Model = strings.Join(append(words(meter), product...), " ")
	name, text = value("cost")
	if text == "" {
		currency, of := value("currency")
		if !strings.EqualFold(of, "usd") && of != "" {
			return e, false, mistake(line, "%s must be USD, or the file must have the amounts in USD, not %.60q", currency, of)
		}
		name, text = value("billed")
	} else if currency, of := value("currency"); of != "" && !strings.EqualFold(of, "usd") && c.columns["costinusd"] == "" {
		return e, false, mistake(line, "%s must be USD, not %.60q", currency, of)
	}
	if e.Cost, ok = nano(text, 1); !ok {
		return e, false, mistake(line, "%s cannot be %.60q", name, text)
	}
	e.Has.Cost = true
	return e, true, nil
}

// americanDay reads "11/29/2025", as Azure writes it.
func americanDay(text string) (string, bool) {
	if len(text) != len("01/02/2006") || text[2] != '/' || text[5] != '/' {
		return "", false
	}
	return day(text[6:] + "-" + text[:2] + "-" + text[3:5])
}

// words are the runs of letters and of digits in a name, in lower case: "USE1-Claude4.5Sonnet-input-tokens"
// has use, 1, claude, 4, 5, sonnet, input and tokens.
func words(name string) (out []string) {
	var word strings.Builder
	class := func(r rune) int {
		switch {
		case unicode.IsLetter(r):
			return 1
		case unicode.IsDigit(r):
			return 2
		}
		return 0
	}
	before := 0
	end := func() {
		if word.Len() > 0 {
			out = append(out, strings.ToLower(word.String()))
			word.Reset()
		}
	}
	var last rune
	for _, r := range name {
		now := class(r)
		if now != before || unicode.IsUpper(r) && unicode.IsLower(last) {
			end()
		}
		if now > 0 {
			word.WriteRune(r)
		}
		before, last = now, r
	}
	end()
	return out
}

// contains reports whether a list has all of some words.
func contains(list, all []string) bool {
	for _, w := range all {
		if !slices.Contains(list, w) {
			return false
		}
	}
	return len(all) > 0
}

// modelIn is the model, of those of rows, of which a name in a cloud's bill has all words; the one with
// the most words of several. It is the name itself if there is none.
func modelIn(models map[string]bool, name string) string {
	has := strings.Fields(name)
	best, most := name, 0
	for m := range models {
		w := modelWords(m)
		if contains(has, w) && (len(w) > most || len(w) == most && m < best) {
			best, most = m, len(w)
		}
	}
	return best
}

// modelWords are the words of a model's id that bills have: without who makes it, where it runs, its
// day and its version.
func modelWords(id string) (out []string) {
	if i := strings.LastIndexByte(id, '/'); i >= 0 {
		id = id[i+1:]
	}
	if i := strings.LastIndexByte(id, ':'); i >= 0 { // "…-v1:0" of Bedrock's
		id = id[:i]
		if i := strings.LastIndex(id, "-v"); i >= 0 {
			id = id[:i]
		}
	}
	if parts := strings.Split(id, "."); len(parts) > 1 && !strings.ContainsAny(parts[0], "0123456789") { // "us.anthropic.claude-…"
		for len(parts) > 1 && !strings.ContainsAny(parts[0], "-0123456789") {
			parts = parts[1:]
		}
		id = strings.Join(parts, ".")
	}
	digits := 0
	for _, w := range words(id) {
		if w[0] >= '0' && w[0] <= '9' && (len(w) >= 4 || digits > 0 && len(w) == 2) { // a day
			digits++
			continue
		}
		out = append(out, w)
	}
	return out
}
