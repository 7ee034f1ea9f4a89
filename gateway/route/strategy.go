package route

import (
	"slices"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway"
)

var modes = []string{string(gateway.ModeSingle), string(gateway.ModeFallback), string(gateway.ModeLoadbalance)}

func (p *parser) strategy(d *document, path string, v gjson.Result) {
	d.offsets.strategy, d.offsets.hasStrategy = v.Index, true
	p.eachField(path, v, func(key, at string, k, v gjson.Result) {
		switch snake(key) {
		case "mode":
			mode, ok := p.stringValue(at, v)
			switch {
			case !ok:
			case slices.Contains(modes, mode):
				d.mode = gateway.Mode(mode)
			case mode == "conditional" || mode == "cheapest" || mode == "fastest":
				p.problemf(at, v.Index, "'%s' is not supported yet; it is one of %s", mode, strings.Join(modes, ", "))
			default:
				p.problemf(at, v.Index, "must be one of %s, not '%s'", strings.Join(modes, ", "), gateway.Shorten(mode))
			}
		case "on_status_codes":
			d.onStatus = p.statusCodes(at, v)
		case "failover":
			d.failover, _ = p.boolean(at, v)
		case "conditions", "default", "sticky", "cb_config":
			p.unsupported(at, k.Index)
		default:
			p.unknownKey(key, at, k.Index, []string{"mode", "on_status_codes", "failover"})
		}
	})
	if d.failover && d.mode != gateway.ModeLoadbalance && d.mode != "" {
		p.problemf(path+".failover", v.Index, "is only read with the mode loadbalance")
	}
	if len(d.onStatus) > 0 && d.mode != gateway.ModeFallback && d.mode != "" {
		p.problemf(path+".on_status_codes", v.Index, "is only read with the mode fallback")
	}
}

// errorCodes are the failures that on_errors tells apart.
var errorCodes = []string{gateway.CodeContextWindow, gateway.CodeContentPolicy, gateway.ErrorOther}

// onErrors parses the failures after which a fallback tries a target.
func (p *parser) onErrors(d *document, at string, v gjson.Result) {
	d.onErrors = p.stringList(at, v)
	for i, code := range d.onErrors {
		if !slices.Contains(errorCodes, code) {
			p.problemf(indexPath(at, i), v.Index, "must be one of %s, not '%s'", strings.Join(errorCodes, ", "), gateway.Shorten(code))
		}
	}
}

func (p *parser) fallback(d *document, at string, v gjson.Result) {
	d.offsets.fallback = v.Index
	d.fallback = p.stringList(at, v)
	for i, entry := range d.fallback {
		if vk, model, ok := cutVirtualKey(entry); ok && (vk == "" || model == "") {
			p.problemf(indexPath(at, i), v.Index, "must be '@virtual-key/model', not '%s'", gateway.Shorten(entry))
		}
	}
	if v.IsArray() && len(d.fallback) == 0 {
		p.problemf(at, v.Index, "must list at least one model")
	}
}

// parseTargets reads the targets of d and determines its mode.
func (p *parser) parseTargets(d *document, targets gjson.Result, depth int) {
	if d.fallback != nil {
		p.expandShortForm(d)
		return
	}
	if !d.offsets.hasTargets {
		if d.offsets.hasStrategy {
			p.problemf(d.path+".strategy", d.offsets.strategy, "has no targets to choose among")
		}
		d.mode = ""
		return
	}
	at := d.path + ".targets"
	if depth+1 > maxDepth {
		p.problemf(at, targets.Index, "are nested more than %d deep", maxDepth)
		return
	}
	d.targets = []*document{}
	p.eachItem(at, targets, func(path string, v gjson.Result) {
		if p.targets++; p.targets <= maxTargets {
			d.targets = append(d.targets, p.config(path, v, depth+1))
		} else if p.targets == maxTargets+1 {
			p.problemf(path, v.Index, "is one too many: a config has at most %d targets", maxTargets)
		}
	})
	if !targets.IsArray() {
		return
	}
	if d.promptID != "" {
		p.problemf(d.path+".prompt_id", d.offset, "belongs to a target, not beside 'targets'")
	}
	switch {
	case len(d.targets) == 0:
		p.problemf(at, targets.Index, "must not be empty")
	case d.mode == "" && len(d.targets) == 1:
		d.mode = gateway.ModeSingle
	case d.mode == "" && !d.offsets.hasStrategy:
		p.problemf(d.path+".strategy", d.offset, "is missing: several targets need a mode, one of %s", strings.Join(modes, ", "))
	case d.mode == "" && !p.hasProblemAt(d.path+".strategy"):
		p.problemf(d.path+".strategy.mode", d.offsets.strategy, "is missing: one of %s", strings.Join(modes, ", "))
	case d.mode == gateway.ModeLoadbalance:
		if !slices.ContainsFunc(d.targets, func(t *document) bool { return t.weight > 0 }) {
			p.problemf(at, targets.Index, "all have weight 0, so none could be chosen")
		}
	}
}

// expandShortForm checks and expands a "fallback" list.
func (p *parser) expandShortForm(d *document) {
	at := d.path + ".fallback"
	switch {
	case d.offsets.hasTargets:
		p.problemf(at, d.offsets.fallback, "and 'targets' are both given; keep one")
	case d.mode != "" && d.mode != gateway.ModeFallback:
		p.problemf(at, d.offsets.fallback, "does not go with the mode '%s'", d.mode)
	}
	p.targets += 1 + len(d.fallback)
	if p.targets > maxTargets {
		p.problemf(at, d.offsets.fallback, "makes too many targets: a config has at most %d", maxTargets)
		return
	}
	d.expandFallback()
}

// hasProblemAt reports whether there is a problem at path or below it.
func (p *parser) hasProblemAt(path string) bool {
	return slices.ContainsFunc(p.problems, func(pr Problem) bool { return strings.HasPrefix(pr.Path, path) })
}
