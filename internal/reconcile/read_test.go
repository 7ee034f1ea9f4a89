package reconcile_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/sluicegate/sluice/internal/reconcile"
)

func text(x *reconcile.Export) string {
	lines := []string{x.Format}
	for _, e := range x.Entries {
		lines = append(lines, fmt.Sprintf("%s %s %s %d calls %d in %d out %d nano", e.Day, e.Model, e.Key, e.Calls, e.Input, e.Output, e.Cost))
	}
	return strings.Join(lines, "\n")
}

func TestRead(t *testing.T) {
	for name, tc := range map[string]struct{ file, want string }{
		"OpenAI usage": {`{"object":"page","data":[{"object":"bucket","start_time":1764374400,"end_time":1764460800,"results":[
			{"object":"organization.usage.completions.result","input_tokens":1000,"output_tokens":500,"input_cached_tokens":800,"num_model_requests":5,"api_key_id":"key_1","model":"gpt-5-2025-08-07","batch":null}]}],"has_more":false}`,
			"OpenAI\n2025-11-29 gpt-5-2025-08-07 key_1 5 calls 1000 in 500 out 0 nano"},
		"OpenAI costs": {`{"data":[{"start_time":1764374400,"results":[{"object":"organization.costs.result","amount":{"value":0.06,"currency":"usd"},"line_item":"gpt-5-2025-08-07, input","project_id":null}]}]}`,
			"OpenAI\n2025-11-29 gpt-5-2025-08-07  0 calls 0 in 0 out 60000000 nano"},
		"OpenAI costs, CSV": {"start_time,end_time,amount_value,amount_currency,line_item\n1764374400,1764460800,0.06,usd,\"gpt-5-2025-08-07, output\"\n", "OpenAI\n2025-11-29 gpt-5-2025-08-07  0 calls 0 in 0 out 60000000 nano"},
		"OpenAI usage, CSV": {"start_time_iso,num_model_requests,input_tokens,output_tokens,model,api_key_id\n2025-11-29T00:00:00+00:00,5,1000,500,gpt-5,key_1\n", "OpenAI\n2025-11-29 gpt-5 key_1 5 calls 1000 in 500 out 0 nano"},
		"Anthropic usage": {`{"data":[{"starting_at":"2025-11-29T00:00:00Z","ending_at":"2025-11-30T00:00:00Z","results":[{"uncached_input_tokens":100,"cache_creation":{"ephemeral_1h_input_tokens":10,"ephemeral_5m_input_tokens":20},"cache_read_input_tokens":70,"output_tokens":50,"api_key_id":"apikey_1","model":"claude-opus-4-7"}]}],"has_more":false}`,
			"Anthropic\n2025-11-29 claude-opus-4-7 apikey_1 0 calls 200 in 50 out 0 nano"},
		"Anthropic costs": {`{"data":[{"starting_at":"2025-11-29T00:00:00Z","results":[{"currency":"USD","amount":"123.45","model":"claude-opus-4-7","cost_type":"tokens"}]}]}`,
			"Anthropic\n2025-11-29 claude-opus-4-7  0 calls 0 in 0 out 1234500000 nano"},
		"Anthropic usage, CSV": {"usage_date_utc,model_version,api_key,usage_input_tokens_no_cache,usage_input_tokens_cache_write_5m,usage_input_tokens_cache_write_1h,usage_input_tokens_cache_read,usage_output_tokens\n2025-11-29,claude-opus-4-7,prod,100,20,10,70,50\n",
			"Anthropic\n2025-11-29 claude-opus-4-7 prod 0 calls 200 in 50 out 0 nano"},
		"Google, lines": {`{"usage_start_time":"2025-11-29 08:00:00 UTC","cost":0.5,"currency":"USD","sku":{"description":"Gemini 2.5 Flash GA Text Input - Predictions"}}` + "\n" + `{"usage_start_time":"2025-11-29 08:00:00 UTC","cost":9,"currency":"USD","sku":{"description":"E2 Instance Core"}}`,
			"Google Cloud billing\n2025-11-29 gemini-2.5-flash-ga-text-input-predictions  0 calls 0 in 0 out 500000000 nano"},
		"Google, CSV": {"usage_start_time,sku.description,cost,currency\n2025-11-29 08:00:00 UTC,Gemini 2.5 Pro Output,-0.25,USD\n", "Google Cloud billing\n2025-11-29 gemini-2.5-pro-output  0 calls 0 in 0 out -250000000 nano"},
		"AWS": {"bill/PayerAccountId,lineItem/UsageStartDate,lineItem/ProductCode,lineItem/UsageType,lineItem/UnblendedCost,lineItem/CurrencyCode\n1,2025-11-29T08:00:00Z,AmazonBedrock,USE1-Claude4.5Sonnet-input-tokens,0.5,USD\n1,2025-11-29T08:00:00Z,AmazonEC2,BoxUsage:m5,9,USD\n",
			"AWS Cost and Usage Report\n2025-11-29 use 1 claude 4 5 sonnet input tokens amazon bedrock  0 calls 0 in 0 out 500000000 nano"},
		"AWS, second edition": {"line_item_usage_start_date,product_product_name,line_item_usage_type,line_item_unblended_cost\n2025-11-29 00:00:00,Claude Sonnet 4.5 (Amazon Bedrock Edition),USE1-MP:USE1_InputTokenCount-Units,1.25\n",
			"AWS Cost and Usage Report\n2025-11-29 use 1 mp use 1 input token count units claude sonnet 4 5 amazon bedrock edition  0 calls 0 in 0 out 1250000000 nano"},
		"Azure": {"date,MeterCategory,MeterSubCategory,MeterName,costInBillingCurrency,billingCurrency,costInUsd\n11/29/2025,Cognitive Services,Azure OpenAI,gpt 4o 0806 Inp glbl Tokens,0.9,EUR,1\n11/29/2025,Storage,Blob,LRS,3,EUR,3.5\n",
			"Azure cost details\n2025-11-29 gpt 4 o 0806 inp glbl tokens cognitive services azure open ai  0 calls 0 in 0 out 1000000000 nano"},
	} {
		x, err := reconcile.Read([]byte(tc.file))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got := text(x); got != tc.want {
			t.Errorf("%s:\n%s\nwant\n%s", name, got, tc.want)
		}
	}
}

// What is no export is refused with the line and the name of the field.
func TestReadRefuses(t *testing.T) {
	for name, tc := range map[string]struct {
		file string
		line int
		says string
	}{
		"nothing":           {"", 1, "empty"},
		"another CSV":       {"a,b\n1,2\n", 1, "no export"},
		"a row cut off":     {"start_time,model,input_tokens\n1764374400,gpt-5,1\n1764374400,gpt-5\n", 3, "number of fields"},
		"no number":         {"start_time,model,input_tokens\n1764374400,gpt-5,1\n1764374400,gpt-5,many\n", 3, `input_tokens cannot be "many"`},
		"a negative count":  {"start_time,model,input_tokens\n1764374400,gpt-5,-1\n", 2, "input_tokens"},
		"an absurd count":   {"start_time,model,input_tokens\n1764374400,gpt-5,1e300\n", 2, "input_tokens"},
		"no day":            {"start_time,model,input_tokens\nyesterday,gpt-5,1\n", 2, "start_time"},
		"another currency":  {"start_time,line_item,amount_value,amount_currency\n1764374400,gpt-5,1,eur\n", 2, "amount_currency"},
		"broken JSON":       {"{\"data\":[\n{\"start_time\":1,}\n]}", 2, "invalid character"},
		"JSON cut off":      {"{\"data\":[\n{\"start_time\":1", 2, ""},
		"a text for tokens": {"{\"data\":[\n{\"start_time\":1764374400,\n\"results\":[{\"model\":\"m\",\"input_tokens\":\"x\"}]}]}", 2, `input_tokens cannot be "x"`},
		"no time":           {"{\"data\":[\n{\"results\":[]}]}", 2, "start_time"},
		"two vendors":       {"[{\"start_time\":1764374400,\"results\":[]},\n{\"starting_at\":\"2025-11-29T00:00:00Z\",\"results\":[]}]", 2, "follows"},
		"an empty page":     {`{"data":[]}`, 1, "no bucket"},
		"AWS, no amount":    {"lineItem/UsageStartDate,lineItem/ProductCode,lineItem/UsageType,lineItem/UnblendedCost\n2025-11-29,AmazonBedrock,x,much\n", 2, "lineitem/unblendedcost"},
		"AWS, no day":       {"lineItem/UsageStartDate,lineItem/ProductCode,lineItem/UsageType,lineItem/UnblendedCost\nsoon,AmazonBedrock,x,1\n", 2, "lineitem/usagestartdate"},
		"Azure, in euros":   {"date,metercategory,metername,cost,currency\n2025-11-29,Foundry Models,x,1,EUR\n", 2, "currency must be USD"},
		"broken gzip":       {"\x1f\x8b", 1, "gzip"},
		"gzip cut off":      {"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff\x00", 1, "unpacked"},
		"not a text":        {"start_time,model,input_tokens\n\xff,1,1\n", 2, "UTF-8"},
	} {
		_, err := reconcile.Read([]byte(tc.file))
		var bad *reconcile.Error
		if !errors.As(err, &bad) || bad.Line != tc.line || !strings.Contains(bad.Text, tc.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(`{"data":[{"start_time":1764374400,"results":[{"model":"m","input_tokens":1,"amount":{"value":"1"}}]}]}`))
	f.Add([]byte("usage_date_utc,model_version,usage_output_tokens\n2025-11-29,m,1\n"))
	f.Fuzz(func(t *testing.T, file []byte) {
		x, err := reconcile.Read(file)
		var bad *reconcile.Error
		if err != nil && (!errors.As(err, &bad) || bad.Line < 1) {
			t.Fatal(err)
		}
		if err == nil {
			reconcile.Compare(x, nil, reconcile.Settings{})
		}
	})
}

func TestCompare(t *testing.T) {
	tells := reconcile.Has{Calls: true, Tokens: true, Cost: true}
	entry := func(day, model, key string, calls, input, cost int64) reconcile.Entry {
		return reconcile.Entry{Day: day, Model: model, Key: key, Amounts: reconcile.Amounts{Calls: calls, Input: input, Cost: cost, Has: tells}}
	}
	vendor := &reconcile.Export{Vendors: []string{"openai"}, Entries: []reconcile.Entry{
		entry("d1", "a", "k1", 10, 1000, 500), entry("d1", "a", "k2", 1, 100, 50), entry("d1", "b", "k1", 1, 5, 5), entry("d2", "a", "k1", 2, 20, 1000), entry("d2", "idle", "k1", 0, 0, 0)}}
	rows := []reconcile.Entry{entry("d1", "a", "one", 10, 1000, 500), entry("d1", "a", "two", 1, 100, 50), entry("d1", "c", "one", 1, 7, 7), entry("d2", "a", "one", 2, 20, 1009)}
	show := func(r reconcile.Result) string {
		out := fmt.Sprintf("%d of %d", r.Matched, r.Groups)
		for _, d := range r.Differences {
			out += fmt.Sprintf("; %s %s %s %s %s %d %d", d.Day, d.Model, d.Key, d.Kind, d.What, d.Vendor, d.Rows)
		}
		return out
	}
	want := "2 of 4; d1 b  missing calls 1 0; d1 b  missing input_tokens 5 0; d1 b  missing cost_nano_usd 5 0; d1 c  extra calls 0 1; d1 c  extra input_tokens 0 7; d1 c  extra cost_nano_usd 0 7"
	if got := show(reconcile.Compare(vendor, rows, reconcile.Settings{Tolerance: 0.01})); got != want {
		t.Errorf("%s", got)
	}
	if got := show(reconcile.Compare(vendor, rows[:2], reconcile.Settings{})); !strings.Contains(got, "d2 a  missing cost_nano_usd 1000 0") {
		t.Errorf("%s", got)
	}
	if got := show(reconcile.Compare(vendor, rows, reconcile.Settings{})); !strings.Contains(got, "d2 a  amount cost_nano_usd 1000 1009") {
		t.Errorf("without tolerance: %s", got)
	}
	swapped := []reconcile.Entry{entry("d1", "a", "one", 1, 100, 50), entry("d1", "a", "two", 10, 1000, 500)}
	if got := show(reconcile.Compare(vendor, swapped, reconcile.Settings{Keys: map[string]string{"k1": "one", "k2": "two"}})); !strings.Contains(got, "d1 a one amount calls 10 1") {
		t.Errorf("by key: %s", got)
	}
	sku := &reconcile.Export{Vendors: []string{"google", "vertex-ai"}, Entries: []reconcile.Entry{{Day: "d", Model: "gemini-2.5-flash-lite-text-input", Amounts: reconcile.Amounts{Cost: 9, Has: reconcile.Has{Cost: true}}}}}
	if got := show(reconcile.Compare(sku, []reconcile.Entry{entry("d", "gemini-2.5-flash", "", 1, 1, 0), entry("d", "gemini-2.5-flash-lite", "", 1, 1, 9)}, reconcile.Settings{})); got != "2 of 2" {
		t.Errorf("by SKU: %s", got)
	}
}

// TestCloudBills: names in the bills of clouds are of the model whose words they have, also compressed, and
// what matches no model is named.
func TestCloudBills(t *testing.T) {
	var zipped bytes.Buffer
	z := gzip.NewWriter(&zipped)
	_, _ = z.Write([]byte("lineItem/UsageStartDate,lineItem/ProductCode,lineItem/UsageType,lineItem/UnblendedCost\n" +
		"2025-11-29,AmazonBedrock,USE1-Claude4.5Sonnet-input-tokens,1\n2025-11-29,AmazonBedrock,USE1-Claude4.5Sonnet-output-tokens,2\n2025-11-29,AmazonBedrock,USE1-NovaLite-input-tokens,3\n"))
	_ = z.Close()
	for name, c := range map[string]struct {
		file string
		rows []reconcile.Entry
		want string
	}{
		"AWS": {zipped.String(), []reconcile.Entry{
			{Day: "2025-11-29", Model: "us.anthropic.claude-sonnet-4-5-20250929-v1:0", Amounts: reconcile.Amounts{Cost: 3e9, Has: reconcile.Has{Cost: true}}},
			{Day: "2025-11-29", Model: "anthropic.claude-sonnet-4-20250514-v1:0", Amounts: reconcile.Amounts{Cost: 5, Has: reconcile.Has{Cost: true}}}},
			"2025-11-29 anthropic.claude-sonnet-4-20250514-v1:0 extra 0/5, 2025-11-29 use 1 nova lite input tokens amazon bedrock missing 3000000000/0"},
		"Azure": {"date,metercategory,metersubcategory,metername,costinusd\n2025-11-29,Cognitive Services,Azure OpenAI,gpt-4o-mini-0718-Inp-glbl,1\n2025-11-29,Foundry Models,Azure OpenAI,gpt-4o-0806-Inp-glbl,2\n", []reconcile.Entry{
			{Day: "2025-11-29", Model: "gpt-4o", Amounts: reconcile.Amounts{Cost: 2e9, Has: reconcile.Has{Cost: true}}},
			{Day: "2025-11-29", Model: "gpt-4o-mini", Amounts: reconcile.Amounts{Cost: 1e9, Has: reconcile.Has{Cost: true}}}}, ""},
	} {
		x, err := reconcile.Read([]byte(c.file))
		if err != nil {
			t.Fatal(name, err)
		}
		var got []string
		for _, d := range reconcile.Compare(x, c.rows, reconcile.Settings{}).Differences {
			got = append(got, fmt.Sprintf("%s %s %s %d/%d", d.Day, d.Model, d.Kind, d.Vendor, d.Rows))
		}
		if text := strings.Join(got, ", "); text != c.want {
			t.Errorf("%s:\n%s\nwant\n%s", name, text, c.want)
		}
	}
}
