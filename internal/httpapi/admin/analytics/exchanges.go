package analytics

import (
	"cmp"
	"slices"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/internal/httpapi/admin/action"
	"github.com/sluicegate/sluice/telemetry"
)

// ReadExchanges reads the filters of exchanges, but not the workspace.
func ReadExchanges(p *action.Query) telemetry.Query {
	return telemetry.Query{Since: p.Time("since"), Until: p.Time("until"), Model: p.Texts("model"), Provider: p.Texts("provider"),
		VirtualKey: p.Texts("virtual_key"), Status: p.Statuses("status"), Outcome: p.Texts("outcome"), Member: p.Texts("member"), Team: p.Texts("team"), APIKey: p.Texts("api_key"),
		Trace: p.Text("trace_id"), Cache: p.Texts("cache"), Config: p.Texts("config"), Prompt: p.Texts("prompt"), Variant: p.Texts("variant"), Session: p.Text("session_id"), Verdict: p.Texts("verdict"),
		Metadata: p.Metadata()}
}

// ReadPortkeys reads Portkey's filters, which are the same by other names, and the workspace.
func ReadPortkeys(p *action.Query, q *telemetry.Query, workspace *string) {
	if t := p.Time("time_of_generation_min"); !t.IsZero() {
		q.Since = t
	}
	if t := p.Time("time_of_generation_max"); !t.IsZero() {
		q.Until = t
	}
	for _, f := range []struct {
		name string
		into *[]string
	}{{"virtual_keys", &q.VirtualKey}, {"configs", &q.Config}, {"api_key_ids", &q.APIKey}, {"prompt_slug", &q.Prompt}} {
		if values := p.Texts(f.name); len(values) > 0 {
			*f.into = values
		}
	}
	*workspace = cmp.Or(one(p, "workspace_slug"), *workspace)
	if provider, model, ok := strings.Cut(one(p, "ai_org_model"), "__"); ok && provider != "" && model != "" {
		q.Provider, q.Model = []string{provider}, []string{model}
	} else if ok || provider != "" {
		p.Wrong("ai_org_model", "must be a provider and a model such as openai__gpt-5")
	}
	if statuses := p.Statuses("status_code"); len(statuses) > 0 {
		q.Status = statuses
		if slices.ContainsFunc(statuses, func(n int) bool { return n < 100 || n > 599 }) {
			p.Wrong("status_code", "must be HTTP statuses from 100 to 599")
		}
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

// one reads a parameter that Portkey lets be a list, of which one value can be asked for here.
func one(p *action.Query, name string) string {
	s := p.Text(name)
	if strings.Contains(s, ",") {
		p.Wrong(name, "takes one value here, not a list")
	}
	return s
}
