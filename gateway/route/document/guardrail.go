package document

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway"
)

// guardrails parses a list of guardrails, in full or in Portkey's shorthand
// {"default.contains": {…}, "deny": true}.
func (p *parser) guardrails(path string, v gjson.Result) []gateway.GuardrailSpec {
	var out []gateway.GuardrailSpec
	p.eachItem(path, v, func(at string, v gjson.Result) {
		if v.Type == gjson.String {
			p.problemf(at, v.Index, "names a saved guardrail, which is not supported; write its checks here")
			return
		}
		before := len(p.problems)
		spec := p.guardrail(at, v)
		if len(p.problems) > before {
			return
		}
		if spec.ID == "" {
			spec.ID = at[strings.LastIndexByte(at, '.')+1:]
		}
		spec.Version = guardrailVersion(spec)
		if p.rules.CheckGuardrail != nil {
			if err := p.rules.CheckGuardrail(spec); err != nil {
				e := gateway.AsError(err)
				if e.Param != "" {
					at += "." + e.Param
				}
				p.problemf(at, v.Index, "%s", e.Public)
			}
		}
		out = append(out, spec)
	})
	return out
}

func (p *parser) guardrail(path string, v gjson.Result) (spec gateway.GuardrailSpec) {
	p.eachField(path, v, func(key, at string, k, v gjson.Result) {
		switch key {
		case "id", "name":
			if id, ok := p.stringValue(at, v); ok && (key == "id" || spec.ID == "") {
				spec.ID = id
			}
		case "checks":
			p.eachItem(at, v, func(at string, v gjson.Result) { spec.Checks = p.parseCheck(spec.Checks, at, v) })
		case "deny":
			spec.Deny, _ = p.boolean(at, v)
		case "on_error":
			switch s, ok := p.stringValue(at, v); {
			case ok && s == "allow":
				spec.Allow = true
			case ok && s != "deny":
				p.problemf(at, v.Index, "must be deny or allow, not '%s'", gateway.Shorten(s))
			}
		case "async":
			if async, ok := p.boolean(at, v); ok && async {
				p.problemf(at, v.Index, "is not supported: a guardrail answers before the caller does")
			}
		case "type":
			if t, ok := p.stringValue(at, v); ok && t != "guardrail" {
				p.problemf(at, v.Index, "must be guardrail; '%s' is not supported", gateway.Shorten(t))
			}
		case "on_success", "on_fail", "on_failure":
			p.unsupported(at, k.Index)
		case "sequential", "guardrail_version_id": // neither changes a verdict
		default:
			if !v.IsObject() {
				p.unknownKey(key, at, k.Index, []string{"id", "name", "checks", "deny", "on_error", "async", "type", "sequential"})
				return
			}
			spec.Checks = append(spec.Checks, gateway.CheckSpec{ID: qualifiedCheckID(key), Params: p.checkParams(at, v)})
		}
	})
	if len(spec.Checks) == 0 && v.IsObject() && !p.hasProblemAt(path) {
		p.problemf(path, v.Index, "has no checks that are enabled")
	}
	return spec
}

func (p *parser) parseCheck(list []gateway.CheckSpec, path string, v gjson.Result) []gateway.CheckSpec {
	c := gateway.CheckSpec{Params: json.RawMessage("{}")}
	enabled := true
	p.eachField(path, v, func(key, at string, k, v gjson.Result) {
		switch key {
		case "id":
			if id, ok := p.stringValue(at, v); ok {
				c.ID = qualifiedCheckID(id)
			}
		case "parameters":
			c.Params = p.checkParams(at, v)
		case "is_enabled":
			enabled, _ = p.boolean(at, v)
		case "name":
		default:
			p.unknownKey(key, at, k.Index, []string{"id", "parameters", "is_enabled", "name"})
		}
	})
	if c.ID == "" && v.IsObject() && !p.hasProblemAt(path) {
		p.problemf(path+".id", v.Index, "is missing")
	}
	if !enabled {
		return list
	}
	return append(list, c)
}

// checkParams returns the parameters without insignificant white space, which would change
// the guardrail's version.
func (p *parser) checkParams(path string, v gjson.Result) json.RawMessage {
	raw := p.objectValue(path, v)
	var b bytes.Buffer
	if json.Compact(&b, raw) != nil {
		return json.RawMessage("{}")
	}
	return b.Bytes()
}

// qualifiedCheckID prefixes the id of a built-in check with "default.".
func qualifiedCheckID(id string) string {
	if strings.Contains(id, ".") {
		return id
	}
	return "default." + id
}

// guardrailVersion returns a hash of the guardrail's settings.
func guardrailVersion(spec gateway.GuardrailSpec) string {
	spec.Version = ""
	raw, _ := json.Marshal(spec) // cannot fail: spec was decoded from JSON
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:8])
}
