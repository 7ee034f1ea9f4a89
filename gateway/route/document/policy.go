package document

import (
	"slices"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway"
)

// MaxAttempts is the largest number of retries per target, as with Portkey.
const MaxAttempts = 5

// retry parses 3 and {attempts: 3, …}.
func (p *parser) retry(d *Document, path string, v gjson.Result) {
	r := &gateway.RetryPolicy{}
	d.Retry = r
	if v.Type == gjson.Number {
		r.Attempts, _ = p.integer(path, v, 0, MaxAttempts)
		return
	}
	if !v.IsObject() {
		p.problemf(path, v.Index, "must be a number or an object, not %s", JSONType(v))
		return
	}
	given := ""
	p.eachField(path, v, func(key, at string, k, v gjson.Result) {
		switch snake(key) {
		case "attempts", "count":
			if given != "" {
				p.problemf(at, k.Index, "and '%s' are both given; keep one", given)
			}
			given = key
			r.Attempts, _ = p.integer(at, v, 0, MaxAttempts)
		case "on_status_codes":
			r.OnStatus = p.statusCodes(at, v)
		case "use_retry_after_header", "use_retry_after_headers":
			r.UseRetryAfter, _ = p.boolean(at, v)
		default:
			p.unknownKey(key, at, k.Index, []string{"attempts", "count", "on_status_codes", "use_retry_after_header"})
		}
	})
	if given == "" {
		p.problemf(path+".attempts", v.Index, "is missing")
	}
}

// CacheMode parses a cache mode and its aliases. The mode fixed needs a threshold, so it is none that
// stands alone.
func CacheMode(s string) (gateway.CacheMode, bool) {
	switch strings.ToLower(s) {
	case "simple", "exact", "true":
		return gateway.CacheExact, true
	case "semantic", "guarded":
		return gateway.CacheGuarded, true
	case "observe":
		return gateway.CacheObserve, true
	case "off", "none", "false":
		return gateway.CacheOff, true
	}
	return gateway.CacheOff, false
}

const WantMode = "must be semantic (or guarded), observe, fixed, simple (or exact), or off, not '%s'"

// redact parses false, a list of entities, and {input, restore}.
func (p *parser) redact(d *Document, path string, v gjson.Result) {
	r := &Redact{}
	d.Redact = r
	switch {
	case v.Type == gjson.False:
		r.Off = true
	case v.IsArray():
		r.Input = p.entities(path, v)
	case v.IsObject():
		given := false
		p.eachField(path, v, func(key, at string, k, v gjson.Result) {
			switch key {
			case "input":
				given = true
				r.Input = p.entities(at, v)
			case "restore":
				restore, _ := p.boolean(at, v)
				r.Restore = &restore
			case "output":
				p.unsupported(at, k.Index)
			default:
				p.unknownKey(key, at, k.Index, []string{"input", "restore"})
			}
		})
		if !given && r.Restore == nil {
			p.problemf(path+".input", v.Index, "is missing: the list of entities")
		}
	default:
		p.problemf(path, v.Index, "must be a list of entities, an object or false, not %s", JSONType(v))
	}
}

func (p *parser) entities(path string, v gjson.Result) []string {
	var out []string
	p.eachItem(path, v, func(at string, v gjson.Result) {
		name, ok := p.stringValue(at, v)
		switch {
		case !ok:
		case !p.rules.entity(name):
			p.problemf(at, v.Index, "must be one of %s, not '%s'", strings.Join(p.rules.Entities, ", "), gateway.Shorten(name))
		case !slices.Contains(out, name):
			out = append(out, name)
		}
	})
	return out
}

// Policy merges a config's redact setting with the workspace's. A list adds entities. Only a
// saved config, which an admin wrote, may switch redaction off.
func (r *Redact) Policy(base gateway.RedactPolicy) gateway.RedactPolicy {
	switch {
	case r == nil:
		return base
	case r.Off:
		return gateway.RedactPolicy{}
	}
	out := gateway.RedactPolicy{Input: base.Input, Restore: true}
	if base.On() {
		out.Restore = base.Restore
	}
	if len(r.Input) > 0 {
		out.Input = slices.Grow(slices.Clip(base.Input), len(r.Input))
	}
	for _, name := range r.Input {
		if !slices.Contains(out.Input, name) {
			out.Input = append(out.Input, name)
		}
	}
	if r.Restore != nil {
		out.Restore = *r.Restore
	}
	return out
}
