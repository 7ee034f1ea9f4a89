package config

import (
	"cmp"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/sluicegate/sluice/gateway"
)

// Setting is one setting of the server as people may see it.
type Setting struct {
	Name  string // path in the file: "telemetry.retention"
	Value string // without secrets; "" = not set
}

// Shown lists the settings that are in force. Secrets are left out, and of addresses everything
// that may hold one: user, path and parameters.
func (c *Config) Shown() []Setting {
	whole := strconv.Itoa
	oidc := ""
	if c.SignIn.OIDC != nil {
		oidc = c.SignIn.OIDC.Issuer
	}
	return []Setting{
		{"listen", c.Listen},
		{"data_dir", c.DataDir},
		{"prompts_dir", c.PromptsDir},
		{"max_body", strconv.FormatInt(c.MaxBody, 10)},
		{"compat", string(c.Compat)},
		{"redact", strings.Join(c.Redact.Input, ", ")},
		{"default_config", c.OrganisationConfig},
		{"trusted_hosts", strings.Join(c.TrustedHosts, ", ")},
		{"allowed_origins", strings.Join(c.Origins, ", ")},
		{"public_url", c.SignIn.PublicURL},
		{"oidc.issuer", origin(oidc)},
		{"tls.cert", c.HTTP.Cert},
		{"control.store", c.Control.Store},
		{"control.lease", c.Control.Lease.String()},
		{"control.max_outage", c.Control.MaxOutage.String()},
		{"telemetry.store", c.Telemetry.Store},
		{"telemetry.content", c.Telemetry.Content},
		{"telemetry.retention", c.Telemetry.Retention.String()},
		{"telemetry.audit_retention", c.Telemetry.AuditRetention.String()},
		{"telemetry.otlp", origin(c.Telemetry.OTLP.Endpoint + c.Telemetry.OTLP.TracesEndpoint)},
		{"audit.anchor", origin(c.Anchor.To)},
		{"exports.s3", origin(c.Exports.endpoint())},
		{"catalog", c.Catalog.shown()},
		{"vendor_objects.unknown", map[bool]string{true: "allow", false: "refuse"}[c.UnknownObjects]},
		{"vendor_objects.ask_every", cmp.Or(c.AskEvery, time.Minute).String()},
		{"cache.index", c.Cache.Index},
		{"cache.answers", c.Cache.Answers.Store},
		{"cache.max_bytes", strconv.FormatInt(c.Cache.MaxBytes, 10)},
		{"cache.embedder", origin(c.Cache.Embedder.URL)},
		{"cache.checks.judge", c.Cache.Checks.Judge},
		{"cache.checks.daily_budget", gateway.FormatUSD(c.Cache.Checks.DailyBudget)},
		{"counters.store", c.Counters.Store},
		{"counters.timeout", c.Counters.Timeout.String()},
		{"timeouts.connect", c.Timeouts.Connect.String()},
		{"timeouts.first_byte", c.Timeouts.FirstByte.String()},
		{"timeouts.idle_stream", c.Timeouts.IdleStream.String()},
		{"drain.delay", c.DrainDelay.String()},
		{"workspaces", whole(len(c.Identity.Workspaces))},
		{"api_keys", whole(len(c.Identity.APIKeys))},
		{"virtual_keys", whole(len(c.VirtualKeys))},
		{"configs", whole(len(c.Configs))},
		{"models", whole(len(c.Models))},
		{"rate_limits", whole(len(c.RateLimits))},
		{"budgets", whole(len(c.Budgets))},
		{"price_rules", whole(len(c.PriceRules))},
		{"alerts.webhooks", whole(len(c.Alerts.Targets))},
	}
}

// origin is scheme and host of an address; of what is none it says only that it is set.
func origin(address string) string {
	if address == "" {
		return ""
	}
	if u, err := url.Parse(address); err == nil && u.Host != "" {
		return u.Scheme + "://" + u.Host
	}
	return "(set)"
}
