package reconcile

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"
)

// bucket is a span of time in a page of OpenAI's or Anthropic's, or a line of Google's export.
type bucket struct {
	StartTime  number   `json:"start_time"`  // OpenAI: Unix seconds
	StartingAt string   `json:"starting_at"` // Anthropic
	Results    []result `json:"results"`

	UsageStart string `json:"usage_start_time"` // Google
	Cost       number `json:"cost"`
	Currency   string `json:"currency"`
	SKU        struct {
		Description string `json:"description"`
	} `json:"sku"`
}

// number is a number, which some vendors write as a text; "" for null.
type number string

// UnmarshalJSON implements json.Unmarshaler. Whoever uses the number looks whether it is one.
func (n *number) UnmarshalJSON(raw []byte) error {
	*n = ""
	if string(raw) != "null" {
		*n = number(strings.Trim(string(raw), `"`))
	}
	return nil
}

// result is what was used in a bucket.
type result struct {
	Object   string `json:"object"`
	Model    string `json:"model"`
	Item     string `json:"line_item"`
	Key      string `json:"api_key_id"`
	Currency string `json:"currency"`

	Calls    number `json:"num_model_requests"`
	Input    number `json:"input_tokens"`
	Output   number `json:"output_tokens"`
	Uncached number `json:"uncached_input_tokens"` // Anthropic, as the next two
	Read     number `json:"cache_read_input_tokens"`
	Written  struct {
		Hour    number `json:"ephemeral_1h_input_tokens"`
		Minutes number `json:"ephemeral_5m_input_tokens"`
	} `json:"cache_creation"`

	Amount json.RawMessage `json:"amount"` // OpenAI: {"value", "currency"}; Anthropic: cents, as a text
}

// readJSON reads a page, a list of buckets, or objects one after another.
func readJSON(file []byte) (*Export, error) {
	x := &Export{}
	d := json.NewDecoder(bytes.NewReader(file))
	for {
		first, err := d.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, jsonMistake(file, d, err, 0)
		}
		opened := int(d.InputOffset()) - 1
		if _, ok := first.(json.Delim); !ok {
			return nil, mistake(lineOf(file, opened), "a value that is no object follows")
		}
		if file[opened] == '{' {
			var page struct {
				Data json.RawMessage `json:"data"`
			}
			whole, err := object(file, d, opened)
			if err != nil {
				return nil, err
			}
			if err := json.Unmarshal(whole, &page); err == nil && len(page.Data) > 0 && page.Data[0] == '[' {
				at := opened + bytes.Index(whole, page.Data)
				if err := x.buckets(file, page.Data, at); err != nil {
					return nil, err
				}
				continue
			}
			if err := x.bucket(file, whole, opened); err != nil {
				return nil, err
			}
			continue
		}
		list, err := object(file, d, opened)
		if err != nil {
			return nil, err
		}
		if err := x.buckets(file, list, opened); err != nil {
			return nil, err
		}
	}
	if x.Format == "" {
		return nil, mistake(1, "the file has no bucket of an export that is known: one has start_time and results (OpenAI), starting_at and results (Anthropic), or usage_start_time and sku (Google)")
	}
	return x, nil
}

// object is the raw JSON of the object or list that was opened at an offset. d stands behind it then.
func object(file []byte, d *json.Decoder, opened int) ([]byte, error) {
	for depth := 1; depth > 0; {
		t, err := d.Token()
		if err != nil {
			return nil, jsonMistake(file, d, err, 0)
		}
		switch t {
		case json.Delim('{'), json.Delim('['):
			depth++
		case json.Delim('}'), json.Delim(']'):
			depth--
		}
	}
	return file[opened:d.InputOffset()], nil
}

func (x *Export) buckets(file, list []byte, at int) error {
	var raw []json.RawMessage
	if err := json.Unmarshal(list, &raw); err != nil {
		return mistake(lineOf(file, at), "%v", err)
	}
	from := 0
	for _, b := range raw {
		from += bytes.Index(list[from:], b)
		if err := x.bucket(file, b, at+from); err != nil {
			return err
		}
		from += len(b)
	}
	return nil
}

// bucket adds the entries of one bucket, which stands at an offset of the file.
func (x *Export) bucket(file, raw []byte, at int) error {
	var b bucket
	if err := json.Unmarshal(raw, &b); err != nil {
		return jsonMistake(file, nil, err, at)
	}
	line := lineOf(file, at)
	start, format, vendors := string(b.StartTime), "OpenAI", []string{"openai"}
	switch {
	case b.StartingAt != "":
		start, format, vendors = b.StartingAt, "Anthropic", []string{"anthropic"}
	case b.UsageStart != "":
		start, format, vendors = b.UsageStart, "Google Cloud billing", googleVendors
	case start == "":
		return mistake(line, "a bucket has no start_time, starting_at or usage_start_time")
	}
	if x.Format != "" && x.Format != format {
		return mistake(line, "a bucket of %s follows one of %s", format, x.Format)
	}
	x.Format, x.Vendors = format, vendors
	when, ok := day(start)
	if !ok {
		return mistake(line, "the bucket begins at %.60q, which is no time", start)
	}
	if format == "Google Cloud billing" {
		amount, ok := nano(string(b.Cost), 1)
		if !ok || b.Currency != "" && !strings.EqualFold(b.Currency, "usd") {
			return mistake(line, "the amount must be a number of USD")
		}
		x.add(Entry{Day: when, Model: skuModel(b.SKU.Description), Amounts: Amounts{Cost: amount, Has: Has{Cost: true}}})
		return nil
	}
	for i := range b.Results {
		e, err := b.Results[i].entry(line, format == "Anthropic")
		if err != nil {
			return err
		}
		e.Day = when
		x.add(e)
	}
	return nil
}

func (x *Export) add(e Entry) {
	if e.Model == "" {
		x.Excluded++
		return
	}
	x.Entries = append(x.Entries, e)
}

func (r *result) entry(line int, anthropic bool) (e Entry, err error) {
	e.Model, e.Key = r.Model, r.Key
	if e.Model == "" {
		e.Model = itemModel(r.Item)
	}
	if len(r.Amount) > 0 {
		text, perUSD, currency := strings.Trim(string(r.Amount), `"`), 1.0, r.Currency
		if anthropic {
			perUSD = 100
		}
		var of struct {
			Value    json.RawMessage `json:"value"`
			Currency string          `json:"currency"`
		}
		if json.Unmarshal(r.Amount, &of) == nil && len(of.Value) > 0 {
			text, currency = strings.Trim(string(of.Value), `"`), of.Currency
		}
		var ok bool
		if e.Cost, ok = nano(text, perUSD); !ok || currency != "" && !strings.EqualFold(currency, "usd") {
			return e, mistake(line, "amount must be a number of USD, not %.60q %s", text, currency)
		}
		e.Has.Cost = true
	}
	for _, n := range []struct {
		name  string
		value number
		to    *int64
	}{{"num_model_requests", r.Calls, &e.Calls}, {"input_tokens", r.Input, &e.Input}, {"output_tokens", r.Output, &e.Output}, {"uncached_input_tokens", r.Uncached, &e.Input},
		{"cache_read_input_tokens", r.Read, &e.Input}, {"ephemeral_1h_input_tokens", r.Written.Hour, &e.Input}, {"ephemeral_5m_input_tokens", r.Written.Minutes, &e.Input}} {
		if n.value == "" {
			continue
		}
		v, ok := count(string(n.value))
		if !ok {
			return e, mistake(line, "%s cannot be %.60q", n.name, n.value)
		}
		*n.to += v
		e.Has.Tokens = e.Has.Tokens || n.to != &e.Calls
		e.Has.Calls = e.Has.Calls || n.to == &e.Calls
	}
	if e.Has == (Has{}) && e.Model != "" {
		return e, mistake(line, "a result tells neither tokens nor an amount")
	}
	return e, nil
}

// jsonMistake names the line of an error of encoding/json; at is where the value begins.
func jsonMistake(file []byte, d *json.Decoder, err error, at int) error {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &kind):
		return mistake(lineOf(file, at+int(kind.Offset)), "%s cannot be %s", kind.Field, kind.Value)
	case errors.As(err, &syntax):
		return mistake(lineOf(file, at+int(syntax.Offset)), "%v", syntax)
	case err == io.EOF || err == io.ErrUnexpectedEOF:
		return mistake(lineOf(file, len(file)), "the file ends too early")
	}
	if d != nil {
		at = int(d.InputOffset())
	}
	return mistake(lineOf(file, at), "%v", err)
}

func lineOf(file []byte, at int) int {
	return 1 + bytes.Count(file[:min(max(at, 0), len(file))], []byte("\n"))
}
