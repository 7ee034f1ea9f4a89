package litellm

import (
	"slices"
	"strings"
	"time"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/identity/access"
	"github.com/sluicegate/sluice/gateway/limit"
	"github.com/sluicegate/sluice/gateway/policy"
	"github.com/sluicegate/sluice/internal/httpapi/admin/action"
	"github.com/sluicegate/sluice/internal/httpapi/admin/apikey"
)

// keyFields are the fields of a body that create or change a key.
type keyFields struct {
	apikey.Change
	budget apikey.Budget
	limits []limitField // those given
}

// limitField is one of LiteLLM's limits: a number, or numbers by model.
type limitField struct {
	name  string
	kind  limit.Kind
	unit  limit.Unit
	rules []limit.Rule // as they were given
}

// limitFields are the fields that limit a key.
var limitFields = []limitField{
	{name: "max_parallel_requests", kind: limit.Concurrency},
	{name: "rpm_limit", kind: limit.Requests, unit: "rpm"},
	{name: "tpm_limit", kind: limit.Tokens, unit: "rpm"},
	{name: "model_rpm_limit", kind: limit.Requests, unit: "rpm"},
	{name: "model_tpm_limit", kind: limit.Tokens, unit: "rpm"},
}

// byModel reports whether the field has numbers by model.
func (l *limitField) byModel() bool { return strings.HasPrefix(l.name, "model_") }

// holds reports whether a limit of a key is one of the field's.
func (l *limitField) holds(r limit.Rule) bool {
	of := len(r.Conditions) == 1 && r.Conditions[0].Key == "model"
	return r.Kind == l.kind && r.Unit == l.unit && of == l.byModel() && (of || len(r.Conditions) == 0)
}

// readKeyFields reads what both /key/generate and /key/update take.
func readKeyFields(f *action.Form, now time.Time) keyFields {
	var out keyFields
	var edits []func(*access.Rules)
	edit := func(e func(*access.Rules)) { edits = append(edits, e) }
	if f.Given("duration") {
		end := readDuration(f, "duration", now)
		out.ExpiresAt = &end
	}
	out.budget.USD = action.IfGiven(f, "max_budget", f.USD)
	if f.Given("budget_duration") {
		period := readPeriod(f, "budget_duration")
		out.budget.Period = &period
	}
	out.Team = f.GivenText("team_id", false)
	out.Disabled = f.GivenFlag("blocked")
	if f.Given("models") {
		models := readModels(f)
		edit(func(a *access.Rules) { a.Models = models })
	}
	if f.Given("aliases") {
		aliases := f.TextMap("aliases")
		edit(func(a *access.Rules) { a.ModelAliases = aliases })
	}
	if f.Given("metadata") {
		metadata := f.TextMap("metadata")
		edit(func(a *access.Rules) { a.Metadata = metadata })
	}
	if f.Given("tags") {
		tags := f.Texts("tags")
		edit(func(a *access.Rules) { a.Tags = tags })
	}
	if scopes, given := readKeyType(f); given {
		edit(func(a *access.Rules) { a.Scopes = scopes })
	}
	for _, l := range limitFields {
		if f.Given(l.name) {
			l.read(f)
			out.limits = append(out.limits, l)
		}
	}
	readIdleFields(f)
	if len(edits) > 0 {
		out.Access = func(a *access.Rules) {
			for _, e := range edits {
				e(a)
			}
		}
	}
	return out
}

// readIdleFields reads what is known and has no effect here.
func readIdleFields(f *action.Form) {
	f.Idle(": spending is counted, and cannot be set", "spend")
	f.Idle(": name a workspace by ?workspace=", "organization_id", "project_id", "agent_id")
	f.Idle(": guardrails are part of a config, which POST /v1/configs makes and the key's config names", "guardrails", "policies", "disable_global_guardrails")
	f.Idle(": a config routes calls, see POST /v1/configs", "config", "router_settings")
	f.Idle("", "soft_budget", "budget_id", "budget_limits", "model_max_budget", "temp_budget_increase", "temp_budget_expiry", "permissions", "allowed_cache_controls",
		"prompts", "enforced_params", "allowed_passthrough_routes", "allowed_vector_store_indexes", "object_permission", "access_group_ids", "send_invite_email",
		"auto_rotate", "rotation_interval", "tpm_limit_type", "rpm_limit_type")
}

// readModels reads a list of models, of which one or another is a word of LiteLLM's.
func readModels(f *action.Form) []string {
	models := f.Texts("models")
	if slices.Contains(models, "all-proxy-models") || slices.Contains(models, "all-team-models") {
		return nil
	}
	return models
}

// readKeyType reads what a key may do: key_type, or the names of groups in allowed_routes.
func readKeyType(f *action.Form) (scopes []gateway.Permission, given bool) {
	given = f.Given("key_type") || f.Given("allowed_routes")
	groups := map[string]string{"llm_api": "llm_api_routes", "read_only": "info_routes", "default": "", "": ""}
	routes := f.Texts("allowed_routes")
	if group := groups[f.OneOf("key_type", "default", "llm_api", "read_only")]; group != "" {
		routes = append(routes, group)
	}
	for _, r := range routes {
		switch r {
		case "llm_api_routes", "openai_routes":
			scopes = append(scopes, gateway.CompletionsWrite, gateway.PromptsRender, gateway.LogsWrite)
		case "info_routes":
			scopes = append(scopes, reading()...)
		default:
			f.Wrong("allowed_routes", "must list llm_api_routes or info_routes: POST /v1/api-keys makes keys with finer scopes")
		}
	}
	return scopes, given
}

// reading are the permissions to read.
func reading() []gateway.Permission {
	return slices.DeleteFunc(gateway.Permissions(), func(p gateway.Permission) bool {
		_, verb, _ := strings.Cut(string(p), ".")
		return verb != "list" && verb != "read" && verb != "view"
	})
}

// read reads the number, or the numbers by model. null takes the limit away.
func (l *limitField) read(f *action.Form) {
	v, ok := f.Take(l.name, false)
	if !ok {
		return
	}
	const shape = "must be a whole number of at least 1; to stop a key, block it"
	add := func(v gjson.Result, conditions ...policy.Condition) bool {
		n, ok := gateway.ReadCount([]byte(v.Raw))
		l.rules = append(l.rules, limit.Rule{Kind: l.kind, Unit: l.unit, Value: n, Conditions: conditions})
		return ok
	}
	if !l.byModel() {
		if !add(v) {
			f.Wrong(l.name, shape)
		}
		return
	}
	if !v.IsObject() {
		f.Wrong(l.name, "must be an object of numbers by model")
		return
	}
	v.ForEach(func(model, n gjson.Result) bool {
		if !add(n, policy.Condition{Key: "model", Values: policy.Values{model.String()}}) {
			f.Wrong(l.name+"."+model.String(), shape)
		}
		return true
	})
}

// merged are the limits of a key after a change: those of fields that were not given stay.
func (k *keyFields) merged(before []limit.Rule) *[]limit.Rule {
	if len(k.limits) == 0 {
		return nil
	}
	out := slices.DeleteFunc(slices.Clone(before), func(r limit.Rule) bool {
		return slices.ContainsFunc(k.limits, func(l limitField) bool { return l.holds(r) })
	})
	for _, l := range k.limits {
		out = append(out, l.rules...)
	}
	return &out
}
