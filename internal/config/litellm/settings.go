package litellm

import (
	"cmp"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/config/yamltree"
)

// defaults are the settings that apply to every model of the file.
type defaults struct {
	retries int   // LiteLLM's default is 2
	timeout int64 // milliseconds until the first chunk; 0 = Sluice's
	drop    []string
	mode    gateway.Mode // by which the deployments of one order are chosen; "" = by weight

	dropParams bool // what a target cannot take is dropped and not refused

	fallbacks, contextWindow, contentPolicy map[string][]string // by group
	everyGroup                              []string            // default_fallbacks
	aliases                                 []alias
	retriesSet                              bool
}

type alias struct {
	name, group string
	hidden      bool
	at          place
}

// setting reads one key of a section.
type setting func(r *reader, f yamltree.Field)

// ignored is a setting without an effect that would be missed.
func ignored(why string) setting {
	return func(r *reader, f yamltree.Field) { r.note(placeOfField(f), Ignored, "%s", why) }
}

// unsupported is a setting whose absence will be noticed, unless it is off.
func unsupported(advice string) setting {
	return func(r *reader, f yamltree.Field) {
		if v := f.Value; v.Kind == yamltree.Null || v.Kind == yamltree.Bool && v.Text == "false" || v.Kind == yamltree.List && len(v.Items) == 0 {
			return
		}
		r.note(placeOfField(f), Unsupported, "%s", advice)
	}
}

// settings reads a section by the table of its keys.
func (r *reader) settings(n *yamltree.Node, known map[string]setting) {
	for _, f := range n.Fields {
		if read, ok := known[f.Name]; ok {
			read(r, f)
			continue
		}
		r.note(placeOfField(f), Ignored, "Sluice has no such setting")
	}
}

const (
	ownLogs    = "every exchange is recorded in Sluice's own store; telemetry.otlp of its own file exports them"
	ownKeys    = "keys, members and budgets are Sluice's own: sluice keys create"
	ownControl = "Sluice keeps its own database in the data folder"
)

var litellmSettings = map[string]setting{
	"num_retries": (*reader).numRetries, "request_timeout": (*reader).timeout,
	"fallbacks":                func(r *reader, f yamltree.Field) { r.chains(f, &r.defaults.fallbacks) },
	"context_window_fallbacks": func(r *reader, f yamltree.Field) { r.chains(f, &r.defaults.contextWindow) },
	"content_policy_fallbacks": func(r *reader, f yamltree.Field) { r.chains(f, &r.defaults.contentPolicy) },
	"default_fallbacks":        func(r *reader, f yamltree.Field) { r.defaults.everyGroup = r.texts(f.Value) },
	"drop_params":              func(r *reader, f yamltree.Field) { r.defaults.dropParams = f.Value.Text == "true" },
	"additional_drop_params":   func(r *reader, f yamltree.Field) { r.defaults.drop = r.texts(f.Value) },
	"set_verbose":              ignored("Sluice logs one line per call"), "json_logs": ignored("Sluice logs one line per call"),
	"callbacks": unsupported(ownLogs), "success_callback": unsupported(ownLogs), "failure_callback": unsupported(ownLogs), "service_callback": unsupported(ownLogs),
	"cache": unsupported("Sluice's cache is set per config: cache: {mode: simple}"), "cache_params": ignored("Sluice's cache is set per config: cache: {mode: simple}"),
	"max_budget": unsupported(ownKeys), "budget_duration": unsupported(ownKeys), "max_internal_user_budget": unsupported(ownKeys), "default_team_settings": unsupported(ownKeys),
	"modify_params": unsupported("messages are sent as they are"), "turn_off_message_logging": unsupported("telemetry: {content: none} of Sluice's own file keeps no texts"),
	"ssl_verify":                    unsupported("certificates of providers are always checked"),
	"cooldown_time":                 ignored("a target that fails is left by failover at once"),
	"allowed_fails":                 ignored("a target that fails is left by failover at once"),
	"enable_json_schema_validation": unsupported("write the check default.jsonSchema into a config"),
}

var routerSettings = map[string]setting{
	"num_retries": (*reader).numRetries, "timeout": (*reader).timeout, "stream_timeout": (*reader).timeout,
	"fallbacks": litellmSettings["fallbacks"], "context_window_fallbacks": litellmSettings["context_window_fallbacks"],
	"content_policy_fallbacks": litellmSettings["content_policy_fallbacks"], "default_fallbacks": litellmSettings["default_fallbacks"],
	"model_group_alias":      (*reader).groupAliases,
	"routing_strategy":       (*reader).strategy,
	"enable_pre_call_checks": unsupported("a prompt that does not fit falls back after the provider has refused it"), "optional_pre_call_checks": unsupported("limits of a deployment are not enforced"),
	"enable_tag_filtering": unsupported("tags choose no target"), "provider_budget_config": unsupported(ownKeys),
	"retry_policy": unsupported("retries are the same for every failure that may pass"), "model_group_retry_policy": unsupported("retries are the same for every failure that may pass"),
	"cooldown_time": litellmSettings["cooldown_time"], "allowed_fails": litellmSettings["cooldown_time"], "disable_cooldowns": litellmSettings["cooldown_time"],
	"redis_host": ignored("one process needs no Redis"), "redis_port": ignored("one process needs no Redis"), "redis_password": ignored("one process needs no Redis"), "redis_url": ignored("one process needs no Redis"),
}

var generalSettings = map[string]setting{
	"master_key":   (*reader).masterKey,
	"database_url": ignored(ownControl), "store_model_in_db": ignored(ownControl), "database_connection_pool_limit": ignored(ownControl), "proxy_batch_write_at": ignored(ownControl),
	"store_prompts_in_spend_logs": ignored(ownLogs), "disable_spend_logs": unsupported(ownLogs), "background_health_checks": ignored("targets are not called unasked"),
	"custom_auth": unsupported("Python cannot be loaded"), "custom_key_generate": unsupported("Python cannot be loaded"), "custom_sso": unsupported("Python cannot be loaded"),
	"enable_jwt_auth": unsupported("callers present an API key"), "enable_oauth2_auth": unsupported("callers present an API key"), "litellm_key_header_name": unsupported("send the key as a bearer, or in x-litellm-api-key"),
	"allowed_ips": unsupported("put a firewall in front"), "allowed_routes": unsupported("a key may call every route of its role"), "public_routes": unsupported("every call needs a key"),
	"pass_through_endpoints": unsupported("only the listed routes are served"), "enforce_user_param": unsupported("a call needs no user"), "max_request_size_mb": ignored("bodies are at most 32 MiB large"),
	"max_parallel_requests": unsupported("limits.per_address of Sluice's own file"), "global_max_parallel_requests": unsupported("limits.per_address of Sluice's own file"),
	"alerting": unsupported("watch /metrics"), "forward_client_headers_to_llm_api": unsupported("x-sluice-forward-headers names headers to forward"),
	"completion_model": unsupported("the call names its model"),
}

func (r *reader) numRetries(f yamltree.Field) {
	if n, ok := r.whole(f); ok {
		r.defaults.retries, r.defaults.retriesSet = r.atMostRetries(f, n), true
	}
}

// maxRetries is the largest number of retries of a target in a config.
const maxRetries = 5

func (r *reader) atMostRetries(f yamltree.Field, n int64) int {
	if n > maxRetries {
		r.note(placeOfField(f), Note, "a target is called again at most %d times", maxRetries)
	}
	return int(min(max(n, 0), maxRetries))
}

func (r *reader) timeout(f yamltree.Field) { r.defaults.timeout = r.milliseconds(f) }

// maxTimeout is the longest request_timeout of a config, in milliseconds.
const maxTimeout = 3_600_000

// milliseconds reads seconds, 0 if they are none.
func (r *reader) milliseconds(f yamltree.Field) int64 {
	seconds, err := strconv.ParseFloat(f.Value.Text, 64)
	if f.Value.Kind == yamltree.Null {
		return 0
	}
	if err != nil || seconds <= 0 {
		r.note(placeOfField(f), Unsupported, "must be seconds above 0")
		return 0
	}
	return int64(min(max(seconds*1000, 1), maxTimeout))
}

func (r *reader) whole(f yamltree.Field) (int64, bool) {
	if f.Value.Kind == yamltree.Null {
		return 0, false
	}
	n, err := strconv.ParseInt(f.Value.Text, 10, 64)
	if err != nil {
		r.note(placeOfField(f), Unsupported, "must be a whole number")
	}
	return n, err == nil
}

func (r *reader) strategy(f yamltree.Field) {
	switch f.Value.Text {
	case "simple-shuffle":
	case "latency-based-routing":
		r.defaults.mode = gateway.ModeFastest
		r.note(placeOfField(f), Note, "deployments are asked in the order of the mode fastest: by their latest times to the first chunk")
	case "cost-based-routing":
		r.defaults.mode = gateway.ModeCheapest
		r.note(placeOfField(f), Note, "deployments are asked in the order of the mode cheapest: by what each call is estimated to cost")
	default:
		r.note(placeOfField(f), Unsupported, "deployments are drawn by weight, as with simple-shuffle")
	}
}

func (r *reader) masterKey(f yamltree.Field) {
	if f.Value.Kind == yamltree.Null {
		return
	}
	if f.Value.Kind == yamltree.List || f.Value.Kind == yamltree.Map || strings.TrimSpace(f.Value.Text) == "" {
		r.note(placeOfField(f), Unsupported, "must be a key")
		return
	}
	r.config.OwnerKey = gateway.NewSecret(f.Value.Text)
}

// chains reads [{group: [next, …]}, …].
func (r *reader) chains(f yamltree.Field, to *map[string][]string) {
	*to = map[string][]string{}
	for _, item := range f.Value.Items {
		for _, entry := range item.Fields {
			(*to)[entry.Name] = append((*to)[entry.Name], r.texts(entry.Value)...)
		}
	}
}

func (r *reader) groupAliases(f yamltree.Field) {
	for _, entry := range f.Value.Fields {
		a := alias{name: entry.Name, group: entry.Value.Text, at: placeOfField(entry)}
		if m := entry.Value.Get("model"); m != nil {
			a.group = m.Text
			h := entry.Value.Get("hidden")
			a.hidden = h != nil && h.Text == "true"
		}
		r.defaults.aliases = append(r.defaults.aliases, a)
	}
}

// texts are the strings of a list, or the one string.
func (r *reader) texts(n *yamltree.Node) []string {
	if n.Kind == yamltree.String {
		r.places[n.Text] = placeOf(n)
		return []string{n.Text}
	}
	var out []string
	for _, item := range n.Items {
		if item.Kind == yamltree.String {
			out = append(out, item.Text)
			r.places[item.Text] = placeOf(item)
		} else if item.Kind != yamltree.Null {
			r.note(placeOf(item), Unsupported, "must be a name")
		}
	}
	return out
}

// price reads USD per token and returns nano-USD per million tokens.
func (r *reader) price(f yamltree.Field) (int64, bool) {
	usd, ok := new(big.Rat).SetString(f.Value.Text)
	if f.Value.Kind == yamltree.Null {
		return 0, false
	}
	if !ok || len(f.Value.Text) > 40 || usd.Sign() < 0 {
		r.note(placeOfField(f), Unsupported, "must be USD per token")
		return 0, false
	}
	usd.Mul(usd, new(big.Rat).SetInt64(1e15))
	nano := new(big.Int).Quo(usd.Num(), usd.Denom())
	return nano.Int64(), nano.IsInt64()
}

// sorted sorts findings by their places, those of the file that was asked for first.
func sorted(fs Findings, file string) Findings {
	slices.SortStableFunc(fs, func(a, b Finding) int {
		if a.File != b.File {
			switch file {
			case a.File:
				return -1
			case b.File:
				return 1
			}
		}
		return cmp.Or(cmp.Compare(a.File, b.File), a.Line-b.Line, a.Column-b.Column)
	})
	return fs
}
