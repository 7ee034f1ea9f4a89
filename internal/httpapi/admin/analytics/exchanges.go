package analytics

import (
	"cmp"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/internal/httpapi/admin/action"
	"github.com/sluicegate/sluice/telemetry"
)

// ReadExchanges reads the filters of exchanges, but not the workspace.
func ReadExchanges(p *action.Query) telemetry.Query {
	return telemetry.Query{Since: p.Time("since"), Until: p.Time("until"), Model: p.Text("model"), Provider: p.Text("provider"),
		VirtualKey: p.Text("virtual_key"), Status: p.Status(), Outcome: p.Text("outcome"), Member: p.Text("member"), Team: p.Text("team"), APIKey: p.Text("api_key"),
		Trace: p.Text("trace_id"), Cache: p.Text("cache"), Config: p.Text("config"), Prompt: p.Text("prompt"), Session: p.Text("session_id"), Verdict: p.Text("verdict"),
		Metadata: p.Metadata()}
}

// readPortkeys reads Portkey's filters, which are the same by other names, and the workspace.
func readPortkeys(p *action.Query, q *telemetry.Query, workspace *string) {
	if t := p.Time("time_of_generation_min"); !t.IsZero() {
		q.Since = t
	}
	if t := p.Time("time_of_generation_max"); !t.IsZero() {
		q.Until = t
	}
	for _, f := range []struct {
		name string
		into *string
	}{{"virtual_keys", &q.VirtualKey}, {"configs", &q.Config}, {"api_key_ids", &q.APIKey}, {"prompt_slug", &q.Prompt}, {"workspace_slug", workspace}} {
		*f.into = cmp.Or(one(p, f.name), *f.into)
	}
	if provider, model, ok := strings.Cut(one(p, "ai_org_model"), "__"); ok {
		q.Provider, q.Model = provider, model
	} else if provider != "" {
		p.Wrong("ai_org_model", "must be a provider and a model such as openai__gpt-5")
	}
	if n := p.Whole("status_code", 0, 100, 599); n != 0 {
		q.Status = n
	}
	if text := p.Text("metadata"); text != "" {
		v := gjson.Parse(text)
		if !gjson.Valid(text) || !v.IsObject() {
			p.Wrong("metadata", "must be a JSON object of texts")
			return
		}
		if q.Metadata == nil {
			q.Metadata = map[string]string{}
		}
		v.ForEach(func(k, value gjson.Result) bool {
			q.Metadata[k.String()] = value.String()
			return true
		})
	}
}

// one reads a parameter that Portkey lets be a list.
func one(p *action.Query, name string) string {
	s := p.Text(name)
	if strings.Contains(s, ",") {
		p.Wrong(name, "takes one value here, not a list")
	}
	return s
}
