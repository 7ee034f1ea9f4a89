package document

import (
	"encoding/json"
	"strings"
	"time"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// schema returns the fields that a config object may have.
func (p *parser) schema() map[string]field {
	ignore := func(*Document, string, gjson.Result) {}
	flag := func(_ *Document, at string, v gjson.Result) { p.boolean(at, v) }
	input := func(d *Document, at string, v gjson.Result) { d.Input = append(d.Input, p.guardrails(at, v)...) }
	output := func(d *Document, at string, v gjson.Result) { d.Output = append(d.Output, p.guardrails(at, v)...) }
	f := map[string]field{
		"strategy": {read: p.strategy},
		"targets":  {read: func(d *Document, _ string, v gjson.Result) { d.offsets.targets, d.offsets.hasTargets = v.Index, true }}, // read by parseTargets
		"fallback": {read: p.fallback},

		"provider":    {read: p.provider},
		"virtual_key": {read: p.virtualKey},
		"api_key":     {read: p.apiKey},
		"prompt_id":   {read: func(d *Document, at string, v gjson.Result) { d.PromptID, _ = p.stringValue(at, v) }},

		"name":            {read: func(d *Document, at string, v gjson.Result) { d.Name, _ = p.stringValue(at, v) }},
		"on_errors":       {read: p.onErrors},
		"weight":          {read: func(d *Document, at string, v gjson.Result) { d.Weight, _ = p.number(at, v, 0, 1e9) }},
		"retry":           {read: p.retry},
		"request_timeout": {read: p.timeout},
		"custom_host":     {read: p.customHost},
		"forward_headers": {read: p.forward},
		"default_params":  {read: func(d *Document, at string, v gjson.Result) { d.Defaults = p.parameters(at, v) }},
		"override_params": {read: p.overrides},
		"drop_params":     {read: p.drop},
		"cache_points":    {read: p.cachePoints},
		"billing_line":    {read: p.billingLine},

		"input_guardrails":     {read: input},
		"before_request_hooks": {read: input},
		"output_guardrails":    {read: output},
		"after_request_hooks":  {read: output},

		"cache":  {read: p.cache, topLevelOnly: true},
		"redact": {read: p.redact, topLevelOnly: true},

		// Keys of Portkey's schema that are accepted and have no effect.
		"strict_open_ai_compliance": {read: flag},
		"strict_openai_compliance":  {read: flag},
		"passthrough":               {read: flag},
		"fetch_integrated_models":   {read: flag},
		"description":               {read: ignore},
		"$schema":                   {read: ignore},
	}
	for _, key := range []string{"input_mutators", "output_mutators", "openai_organization", "openai_project",
		"resource_name", "deployment_id", "deployments", "api_version"} {
		f[key] = field{read: func(_ *Document, at string, v gjson.Result) { p.unsupported(at, v.Index) }}
	}
	return f
}

// unsupportedPrefixes are prefixes of options of vendors that are not supported yet.
var unsupportedPrefixes = [...]string{"vertex_", "aws_", "azure_", "oracle_", "databricks_", "snowflake_", "amzn_", "huggingface_"}

// config parses a config or a target.
func (p *parser) config(path string, v gjson.Result, depth int) *Document {
	d := &Document{Path: path, Offset: v.Index, Weight: 1}
	var targets gjson.Result
	p.eachField(path, v, func(key, at string, k, v gjson.Result) {
		name := snake(key)
		f, known := p.fields[name]
		switch {
		case !known:
			p.unknownField(key, at, k.Index)
		case f.topLevelOnly && depth > 0:
			p.problemf(at, k.Index, "is only allowed at the top level of a config")
		default:
			f.read(d, at, v)
			if name == "targets" {
				targets = v
			}
		}
	})
	p.checkTargetRef(d)
	p.parseTargets(d, targets, depth)
	p.placeSticky(d)
	p.placeBreaker(d)
	return d
}

// snake converts the spelling of JavaScript clients (virtualKey) to the schema's
// (virtual_key).
func snake(key string) string {
	if strings.ToLower(key) == key {
		return key
	}
	var b strings.Builder
	for i, c := range key {
		if c >= 'A' && c <= 'Z' {
			if i > 0 {
				b.WriteByte('_')
			}
			c += 'a' - 'A'
		}
		b.WriteRune(c)
	}
	return b.String()
}

func (p *parser) unknownField(key, at string, offset int) {
	if key == "model" {
		p.problemf(at, offset, "is not a key of a target; write override_params: {model: …}")
		return
	}
	for _, prefix := range unsupportedPrefixes {
		if strings.HasPrefix(snake(key), prefix) {
			p.unsupported(at, offset)
			return
		}
	}
	known := make([]string, 0, len(p.fields))
	for k := range p.fields {
		known = append(known, k)
	}
	p.unknownKey(key, at, offset, known)
}

// drop parses drop_params.
func (p *parser) drop(d *Document, at string, v gjson.Result) {
	d.Drop = p.stringList(at, v)
	before := p.dropped
	if p.dropped += len(d.Drop); before <= maxPaths && p.dropped > maxPaths {
		p.problemf(at, v.Index, "and those before it list more than %d paths", maxPaths)
	}
}

// parameters parses default_params and override_params.
func (p *parser) parameters(at string, v gjson.Result) json.RawMessage {
	raw := p.objectValue(at, v)
	n := 0
	for range jsonx.Members(raw) {
		n++
	}
	if n > maxPaths {
		p.problemf(at, v.Index, "has more than %d fields", maxPaths)
	}
	return raw
}

func (p *parser) timeout(d *Document, at string, v gjson.Result) {
	if ms, ok := p.integer(at, v, 1, int(time.Hour/time.Millisecond)); ok {
		d.Timeout = time.Duration(ms) * time.Millisecond
	}
}

func (p *parser) customHost(d *Document, at string, v gjson.Result) {
	raw, ok := p.stringValue(at, v)
	if !ok {
		return
	}
	if p.rules.CheckAddress != nil {
		if err := p.rules.CheckAddress(raw); err != nil {
			p.problemf(at, v.Index, "%s", gateway.AsError(err).Public)
			return
		}
	}
	d.CustomHost = raw
}

func (p *parser) forward(d *Document, at string, v gjson.Result) {
	d.Forward = p.stringList(at, v)
	for i, name := range d.Forward {
		if why := WhyNotForwardable(name); why != "" {
			p.problemf(IndexPath(at, i), v.Index, "%s", why)
		}
	}
}

// WhyNotForwardable says why a caller's header may not be forwarded, "" if it may. A header
// that the provider's client would not send is refused here, so that none is dropped
// silently.
func WhyNotForwardable(name string) string {
	n := strings.ToLower(strings.TrimSpace(name))
	if !isHeaderName(n) {
		return "is not a header name"
	}
	if why := gateway.WhyNotForwarded(n); why != "" {
		return why + ": '" + n + "'"
	}
	return ""
}

func isHeaderName(name string) bool {
	for _, c := range []byte(name) {
		if c <= ' ' || c >= 0x7f || strings.IndexByte(`"(),/:;<=>?@[\]{}`, c) >= 0 {
			return false
		}
	}
	return name != ""
}
