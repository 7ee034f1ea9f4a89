package config

import (
	"slices"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/guardrails/pii"
	"github.com/sluicegate/sluice/internal/config/yamltree"
)

func (r *reader) root(n *yamltree.Node, c *Config) {
	r.object(n, []field{
		{"listen", func(n *yamltree.Node) { r.checked(n, &c.Listen, ListenProblem) }},
		{"data_dir", func(n *yamltree.Node) { r.str(n, &c.DataDir) }},
		{"organisation", func(n *yamltree.Node) {
			r.object(n, []field{{"config", func(n *yamltree.Node) { r.checked(n, &c.OrganisationConfig, nameProblem) }}})
		}},
		{"workspaces", func(n *yamltree.Node) { r.workspaces(n, c) }},
		{"teams", func(n *yamltree.Node) { r.teams(n, &c.Identity.Teams) }},
		{"virtual_keys", func(n *yamltree.Node) { r.virtualKeys(n, c) }},
		{"vault", func(n *yamltree.Node) { r.vault(n, c) }},
		{"api_keys", func(n *yamltree.Node) { r.apiKeys(n, c) }},
		{"configs", func(n *yamltree.Node) { r.configs(n, &c.Configs) }},
		{"models", func(n *yamltree.Node) { r.models(n, &c.Models) }},
		{"prompts", func(n *yamltree.Node) {
			r.object(n, []field{{"dir", func(n *yamltree.Node) { r.str(n, &c.PromptsDir) }}})
		}},
		{"max_body", func(n *yamltree.Node) { r.size(n, &c.MaxBody) }},
		{"redact", func(n *yamltree.Node) { r.redact(n, &c.Redact) }},
		{"cache", func(n *yamltree.Node) { r.cache(n, &c.Cache) }},
		{"control", func(n *yamltree.Node) { r.control(n, &c.Control) }},
		{"telemetry", func(n *yamltree.Node) { r.telemetry(n, &c.Telemetry) }},
		{"audit", func(n *yamltree.Node) { r.audit(n, &c.Anchor) }},
		{"exports", func(n *yamltree.Node) { r.exports(n, &c.Exports) }},
		{"counters", func(n *yamltree.Node) { r.counters(n, &c.Counters) }},
		{"rate_limits", func(n *yamltree.Node) { r.rateLimits(n, &c.RateLimits) }},
		{"vendor_objects", func(n *yamltree.Node) { r.vendorObjects(n, c) }},
		{"catalog", func(n *yamltree.Node) { r.catalog(n, &c.Catalog) }},
		{"price_rules", func(n *yamltree.Node) { r.priceRules(n, &c.PriceRules) }},
		{"pricing", func(n *yamltree.Node) { r.pricing(n, &c.Pricing) }},
		{"budgets", func(n *yamltree.Node) { r.budgets(n, &c.Budgets) }},
		{"alerts", func(n *yamltree.Node) { r.alerts(n, &c.Alerts) }},
		{"timeouts", func(n *yamltree.Node) {
			r.object(n, []field{
				{"connect", func(n *yamltree.Node) { r.duration(n, &c.Timeouts.Connect) }},
				{"first_byte", func(n *yamltree.Node) { r.duration(n, &c.Timeouts.FirstByte) }},
				{"idle_stream", func(n *yamltree.Node) { r.duration(n, &c.Timeouts.IdleStream) }},
			})
		}},
		{"tls", func(n *yamltree.Node) { r.tls(n, &c.HTTP) }},
		{"h2c", func(n *yamltree.Node) { r.boolean(n, &c.HTTP.H2C) }},
		{"drain", func(n *yamltree.Node) { r.drain(n, &c.DrainDelay) }},
		{"realtime", func(n *yamltree.Node) { r.realtime(n, &c.Realtime) }},
		{"limits", func(n *yamltree.Node) { r.limits(n, &c.HTTP.Limits, &c.UnknownKeys) }},
		{"trusted_proxies", func(n *yamltree.Node) { r.networks(n, &c.HTTP.TrustedProxies) }},
		{"allowed_origins", func(n *yamltree.Node) {
			r.list(n, func(item *yamltree.Node) {
				var origin string
				if r.checked(item, &origin, originProblem); origin != "" {
					c.Origins = append(c.Origins, origin)
				}
			})
		}},
		{"public_url", func(n *yamltree.Node) { r.checked(n, &c.SignIn.PublicURL, publicURLProblem) }},
		{"jwt", func(n *yamltree.Node) { r.jwt(n, &c.Tokens) }},
		{"oidc", func(n *yamltree.Node) { r.oidc(n, &c.SignIn) }},
		{"claude_code", func(n *yamltree.Node) { r.claudeCode(n, &c.SignIn) }},
		{"device_keys", func(n *yamltree.Node) { r.deviceKeys(n, &c.SignIn) }},
		{"compat", func(n *yamltree.Node) { r.compat(n, &c.Compat) }},
		{"trusted_hosts", func(n *yamltree.Node) {
			r.list(n, func(item *yamltree.Node) {
				var host string
				if r.checked(item, &host, hostProblem); host != "" {
					c.TrustedHosts = append(c.TrustedHosts, host)
				}
			})
		}},
	})
	if c.Vault == nil {
		for _, n := range r.inVault {
			r.bad(n, "refers to Vault: the key 'vault' must say where that is")
		}
	}
	isPinned := func(s SavedConfig) bool {
		return s.Workspace == gateway.DefaultWorkspace && s.Slug == c.OrganisationConfig
	}
	if c.OrganisationConfig != "" && !slices.ContainsFunc(c.Configs, isPinned) {
		r.bad(n.Get("organisation").Get("config"), "there is no entry '%s' of the workspace default under 'configs'", c.OrganisationConfig)
	}
}

func (r *reader) vendorObjects(n *yamltree.Node, c *Config) {
	r.object(n, []field{
		{"unknown", func(n *yamltree.Node) {
			word := "refuse"
			r.choice(n, &word, "refuse", "allow")
			c.UnknownObjects = word == "allow"
		}},
		{"ask_every", func(n *yamltree.Node) { r.duration(n, &c.AskEvery) }},
	})
}

func (r *reader) compat(n *yamltree.Node, to *gateway.Compat) {
	var name string
	r.choice(n, &name, gateway.Compats()...)
	*to = gateway.Compat(name)
}

func (r *reader) redact(n *yamltree.Node, to *gateway.RedactPolicy) {
	to.Restore = true
	r.object(n, []field{
		{"input", func(n *yamltree.Node) {
			r.list(n, func(item *yamltree.Node) {
				var e string
				if r.choice(item, &e, pii.Entities()...); e != "" && !slices.Contains(to.Input, e) {
					to.Input = append(to.Input, e)
				}
			})
		}},
		{"restore", func(n *yamltree.Node) { r.boolean(n, &to.Restore) }},
	})
	to.Restore = to.Restore && len(to.Input) > 0
}

func (r *reader) cache(n *yamltree.Node, to *Cache) {
	r.object(n, []field{
		{"max_bytes", func(n *yamltree.Node) { r.size(n, &to.MaxBytes) }},
		{"jitter", func(n *yamltree.Node) { r.jitter(n, &to.Jitter) }},
		{"answers", func(n *yamltree.Node) { r.cacheAnswers(n, &to.Answers) }},
		{"insert_quota", func(n *yamltree.Node) {
			r.object(n, []field{
				{"per_hour", func(n *yamltree.Node) { r.integer(n, 1, &to.Quota.PerHour) }},
				{"share", func(n *yamltree.Node) { r.callerShare(n, &to.Quota.Share) }},
			})
		}},
		{"semantic", func(n *yamltree.Node) {
			r.object(n, []field{
				{"index", func(n *yamltree.Node) { r.choice(n, &to.Index, "memory", "qdrant") }},
				{"embedder", func(n *yamltree.Node) { r.embedder(n, &to.Embedder) }},
				{"qdrant", func(n *yamltree.Node) { r.qdrant(n, &to.Qdrant) }},
				{"checks", func(n *yamltree.Node) { r.cacheChecks(n, &to.Checks) }},
			})
			if to.Index == "qdrant" && n.Get("qdrant") == nil {
				r.bad(n, "index: qdrant needs the key 'qdrant' with a url")
			}
		}},
	})
	if answers := n.Get("answers"); answers != nil && to.Index != "qdrant" {
		r.bad(answers, "needs semantic: {index: qdrant}: without it the answers are in the memory of each process")
	}
}

func (r *reader) qdrant(n *yamltree.Node, to *Qdrant) {
	r.object(n, []field{
		{"url", func(n *yamltree.Node) { r.checked(n, &to.URL, urlProblem("http", "https", "grpc", "grpcs")) }},
		{"api_key", func(n *yamltree.Node) { r.secret(n, &to.APIKey) }},
		{"collection", func(n *yamltree.Node) { r.checked(n, &to.Collection, nameProblem) }},
	}, "url")
}

func (r *reader) embedder(n *yamltree.Node, to *Embedder) {
	if n.Kind != yamltree.Map {
		var word string
		r.choice(n, &word, string(EmbedderAuto), string(EmbedderBuiltin), string(EmbedderModel))
		to.Kind = EmbedderKind(word)
		return
	}
	fields := []field{{"model", func(n *yamltree.Node) { r.str(n, &to.Model) }}}
	if n.Get("url") == nil && len(n.Fields) == 1 && n.Get("model") != nil { // a model in the data directory
		to.Kind = EmbedderModel
		r.object(n, fields)
		return
	}
	to.Kind = EmbedderEndpoint
	r.object(n, append(fields,
		field{"url", func(n *yamltree.Node) { r.checked(n, &to.URL, URLProblem) }},
		field{"api_key", func(n *yamltree.Node) { r.secret(n, &to.APIKey) }},
		field{"dimensions", func(n *yamltree.Node) { r.integer(n, 1, &to.Dimensions) }},
	), "url", "model")
	if n.Get("dimensions") == nil {
		r.problems = append(r.problems, Problem{Line: n.Line, Column: n.Column, Path: n.Path + ".dimensions",
			Message: "is missing: the length of the model's vectors, such as 768"})
	}
}

func (r *reader) control(n *yamltree.Node, to *Control) {
	r.object(n, []field{
		{"store", func(n *yamltree.Node) { r.choice(n, &to.Store, "sqlite", "postgres") }},
		{"dsn", func(n *yamltree.Node) { r.dsn(n, &to.DSN, "postgres", "postgresql") }},
		{"lease", func(n *yamltree.Node) { r.duration(n, &to.Lease) }},
		{"max_outage", func(n *yamltree.Node) { r.duration(n, &to.MaxOutage) }},
	})
	if lease := n.Get("lease"); lease != nil && to.Lease < time.Second {
		r.bad(lease, "must be at least 1s")
	}
	r.dsnBelongs(n, to.Store, "postgres")
}

// dsn reads the URL of a database. It may hold a password: it is never quoted.
func (r *reader) dsn(n *yamltree.Node, to *gateway.Secret, schemes ...string) {
	var dsn string
	if r.str(n, &dsn); dsn == "" {
		return
	}
	if c := urlProblem(schemes...)(dsn); c != "" {
		r.bad(n, "%s", c)
		return
	}
	*to = gateway.NewSecret(dsn)
}

// dsnBelongs holds that dsn is given with the store that needs it, and with no other.
func (r *reader) dsnBelongs(n *yamltree.Node, store, needs string) {
	dsn := n.Get("dsn")
	switch {
	case store == needs && dsn == nil:
		r.bad(n, "store: %s needs the key 'dsn'", needs)
	case store != needs && dsn != nil:
		r.bad(dsn, "belongs to store: %s", needs)
	}
}

// anchorEvery is how often heads of audit chains are exported where the file does not say.
const anchorEvery = time.Hour

func (r *reader) audit(n *yamltree.Node, to *Anchor) {
	r.object(n, []field{{"anchor", func(n *yamltree.Node) {
		to.Every = anchorEvery
		r.object(n, []field{
			{"url", func(n *yamltree.Node) { r.checked(n, &to.To, URLProblem) }},
			{"file", func(n *yamltree.Node) { r.str(n, &to.To) }},
			{"every", func(n *yamltree.Node) { r.duration(n, &to.Every) }},
		})
		if (n.Get("url") == nil) == (n.Get("file") == nil) {
			r.bad(n, "needs one of the keys 'url' and 'file'")
		}
		if every := n.Get("every"); every != nil && to.Every < time.Second {
			r.bad(every, "must be at least 1s")
		}
	}}}, "anchor")
}

func (r *reader) telemetry(n *yamltree.Node, to *Telemetry) {
	r.object(n, []field{
		{"store", func(n *yamltree.Node) { r.choice(n, &to.Store, "sqlite", "clickhouse") }},
		{"dsn", func(n *yamltree.Node) { r.dsn(n, &to.DSN, "clickhouse", "http", "https", "tcp") }},
		{"content", func(n *yamltree.Node) { r.choice(n, &to.Content, "none", "redacted", "full") }},
		{"retention", func(n *yamltree.Node) { r.duration(n, &to.Retention) }},
		{"audit_retention", func(n *yamltree.Node) { r.duration(n, &to.AuditRetention) }},
		{"otlp", func(n *yamltree.Node) {
			required := []string{"endpoint"}
			if n.Get("traces_endpoint") != nil {
				required = nil
			}
			r.object(n, []field{
				{"endpoint", func(n *yamltree.Node) { r.checked(n, &to.OTLP.Endpoint, URLProblem) }},
				{"traces_endpoint", func(n *yamltree.Node) { r.checked(n, &to.OTLP.TracesEndpoint, URLProblem) }},
				{"headers", func(n *yamltree.Node) { r.headers(n, &to.OTLP) }},
			}, required...)
		}},
		{"spool", func(n *yamltree.Node) {
			r.object(n, []field{
				{"segment_age", func(n *yamltree.Node) { r.duration(n, &to.Spool.SegmentAge) }},
				{"segment_size", func(n *yamltree.Node) { r.size(n, &to.Spool.SegmentSize) }},
				{"insert_rows", func(n *yamltree.Node) { r.integer(n, 1, &to.Spool.InsertRows) }},
				{"max_size", func(n *yamltree.Node) { r.size(n, &to.Spool.MaxSize) }},
			})
		}},
	})
	r.dsnBelongs(n, to.Store, "clickhouse")
}

func (r *reader) headers(n *yamltree.Node, to *OTLP) {
	if n.Kind != yamltree.Map {
		r.wrong(n, "a map of headers")
		return
	}
	to.Headers = map[string]gateway.Secret{}
	for _, f := range n.Fields {
		var s gateway.Secret
		r.secret(f.Value, &s)
		to.Headers[f.Name] = s
	}
}
