package export

import (
	"encoding/json"
	"strconv"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/telemetry"
)

// kind is the type of a column.
type kind uint8

const (
	text     kind = iota
	whole         // a whole number
	number        // any number
	flag          // true or false
	moment        // a time
	document      // any JSON
)

// field is something of an exchange that a file can have a column of.
type field struct {
	name string
	kind kind
	path string                                 // in the JSON of a row, as GET /v1/logs lists it
	of   func(r *telemetry.Record) (raw string) // instead of path: the JSON of the value
	also bool                                   // another name, which only who asks for it gets
	body bool                                   // what was asked or answered
}

// fields are all fields, in the order of columns. Other names are those of Portkey's log exports
// (https://portkey.ai/docs/api-reference/admin-api/data-plane/logs/log-exports-beta/create-a-log-export).
var fields = []field{
	{name: "id", path: "id"},
	{name: "time", kind: moment, path: "time"},
	{name: "trace_id", path: "trace_id"},
	{name: "trace_id_w3c", path: "trace_id_w3c"},
	{name: "session_id", path: "session_id"},
	{name: "node", path: "node"},
	{name: "workspace", path: "workspace"},
	{name: "workspace_name", path: "workspace_name"},
	{name: "member", path: "member"},
	{name: "member_name", path: "member_name"},
	{name: "team", path: "team"},
	{name: "team_name", path: "team_name"},
	{name: "api_key", path: "api_key"},
	{name: "api_key_name", path: "api_key_name"},
	{name: "method", path: "method"},
	{name: "route", path: "route"},
	{name: "operation", path: "operation"},
	{name: "stream", kind: flag, path: "stream"},
	{name: "status", kind: whole, path: "status"},
	{name: "outcome", path: "outcome"},
	{name: "error_kind", path: "error.kind"},
	{name: "error_code", path: "error.code"},
	{name: "error_message", path: "error.message"},
	{name: "provider", path: "provider"},
	{name: "virtual_key", path: "virtual_key"},
	{name: "model", path: "model"},
	{name: "response_model", path: "response_model"},
	{name: "input_tokens", kind: whole, path: "usage.input_tokens"},
	{name: "output_tokens", kind: whole, path: "usage.output_tokens"},
	{name: "total_tokens", kind: whole, path: "usage.total_tokens"},
	{name: "cache_read_tokens", kind: whole, path: "usage.cache_read_tokens"},
	{name: "cache_write_tokens", kind: whole, path: "usage.cache_write_tokens"},
	{name: "reasoning_tokens", kind: whole, path: "usage.reasoning_tokens"},
	{name: "cost_usd", kind: number, path: "cost_usd"},
	{name: "cost_nano_usd", kind: whole, path: "cost_nano_usd"},
	{name: "cost_state", path: "cost_state"},
	{name: "saved_usd", kind: number, path: "saved_usd"},
	{name: "price_usd", kind: number, path: "price_usd"},
	{name: "price_nano_usd", kind: whole, path: "price_nano_usd"},
	{name: "price_rule", path: "price_rule"},
	{name: "latency_ms", kind: number, path: "latency_ms"},
	{name: "ttft_ms", kind: number, path: "ttft_ms"},
	{name: "upstream_ms", kind: number, path: "upstream_ms"},
	{name: "gateway_ms", kind: number, path: "gateway_ms"},
	{name: "chunks", kind: whole, path: "chunks"},
	{name: "cache_status", path: "cache.status"},
	{name: "cache_similarity", kind: number, path: "cache.similarity"},
	{name: "config", path: "config.slug"},
	{name: "config_version", kind: whole, path: "config.version"},
	{name: "config_mode", path: "config.mode"},
	{name: "prompt", path: "prompt.slug"},
	{name: "prompt_id", path: "prompt.id"},
	{name: "prompt_version", kind: whole, path: "prompt.version"},
	{name: "prompt_variant", path: "prompt.variant"},
	{name: "verdict", path: "verdict"},
	{name: "guardrails", kind: document, path: "guardrails"},
	{name: "attempts", kind: document, path: "attempts"},
	{name: "tools", kind: document, path: "tools"},
	{name: "metadata", kind: document, path: "metadata"},
	{name: "redacted", kind: document, path: "redacted"},
	{name: "parameters", kind: document, path: "parameters"},
	{name: "body", path: "body"},
	{name: "request", kind: document, of: func(r *telemetry.Record) string { return string(r.Request) }, body: true},
	{name: "response", kind: document, of: func(r *telemetry.Record) string { return string(r.Response) }, body: true},

	{name: "created_at", kind: moment, path: "time", also: true},
	{name: "is_success", kind: flag, of: func(r *telemetry.Record) string { return strconv.FormatBool(r.Outcome == telemetry.OutcomeOK) }, also: true},
	{name: "ai_org", path: "provider", also: true},
	{name: "ai_model", path: "model", also: true},
	{name: "req_units", kind: whole, path: "usage.input_tokens", also: true},
	{name: "res_units", kind: whole, path: "usage.output_tokens", also: true},
	{name: "total_units", kind: whole, path: "usage.total_tokens", also: true},
	{name: "request_url", path: "route", also: true},
	{name: "cost", kind: number, of: cents, also: true},
	{name: "cost_currency", of: func(*telemetry.Record) string { return `"USD"` }, also: true},
	{name: "response_time", kind: number, path: "latency_ms", also: true},
	{name: "response_status_code", kind: whole, path: "status", also: true},
	{name: "mode", path: "config.mode", also: true},
	{name: "prompt_slug", path: "prompt.slug", also: true},
}

// cents is the cost in cents of a dollar, as Portkey has it.
func cents(r *telemetry.Record) string {
	if !r.Cost.Known {
		return "null"
	}
	return strconv.FormatFloat(float64(r.Cost.Nano)/1e7, 'f', -1, 64)
}

// Fields are the names of all fields that a file has where none are chosen.
func Fields(bodies bool) []string {
	var out []string
	for _, f := range fields {
		if !f.also && (bodies || !f.body) {
			out = append(out, f.name)
		}
	}
	return out
}

func fieldNamed(name string) (*field, bool) {
	for i := range fields {
		if fields[i].name == name {
			return &fields[i], true
		}
	}
	return nil, false
}

// columns are the fields of a job's file.
func (j *Job) columns() []*field {
	names := j.Fields
	if len(names) == 0 {
		names = Fields(j.Bodies)
	}
	var out []*field
	for _, name := range names {
		if f, ok := fieldNamed(name); ok {
			out = append(out, f)
		}
	}
	return out
}

// row is an exchange to be encoded.
type row struct {
	record *telemetry.Record
	json   []byte // without bodies
}

func rowOf(r *telemetry.Record) row { return row{r, r.JSON(false)} }

// value is the value of a field; of what is absent it is null.
func (r *row) value(f *field) gjson.Result {
	if f.of == nil {
		return gjson.GetBytes(r.json, f.path)
	}
	raw := f.of(r.record)
	if raw != "" && !gjson.Valid(raw) {
		quoted, _ := json.Marshal(raw) // a text always encodes
		raw = string(quoted)
	}
	return gjson.Parse(raw)
}
