package document

import (
	"slices"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway"
)

var modes = []string{string(gateway.ModeSingle), string(gateway.ModeFallback), string(gateway.ModeLoadbalance), string(gateway.ModeConditional),
	string(gateway.ModeCheapest), string(gateway.ModeFastest)}

func (p *parser) strategy(d *Document, path string, v gjson.Result) {
	d.offsets.strategy, d.offsets.hasStrategy = v.Index, true
	p.eachField(path, v, func(key, at string, k, v gjson.Result) {
		switch snake(key) {
		case "mode":
			mode, ok := p.stringValue(at, v)
			switch {
			case !ok:
			case slices.Contains(modes, mode):
				d.Mode = gateway.Mode(mode)
			default:
				p.problemf(at, v.Index, "must be one of %s, not '%s'", strings.Join(modes, ", "), gateway.Shorten(mode))
			}
		case "on_status_codes":
			d.OnStatus = p.statusCodes(at, v)
		case "failover":
			d.Failover, _ = p.boolean(at, v)
		case "conditions":
			p.conditions(d, at, v)
		case "default":
			d.branches.fallback = p.reference(at, v)
		case "sticky":
			p.sticky(d, at, v)
		case "cb_config":
			p.breaker(d, at, v)
		default:
			p.unknownKey(key, at, k.Index, []string{"mode", "on_status_codes", "failover", "conditions", "default", "sticky", "cb_config"})
		}
	})
	if d.Failover && d.Mode != gateway.ModeLoadbalance && d.Mode != "" {
		p.problemf(path+".failover", v.Index, "is only read with the mode loadbalance")
	}
	if len(d.OnStatus) > 0 && d.Mode != gateway.ModeFallback && !d.Mode.Ranks() && d.Mode != "" {
		p.problemf(path+".on_status_codes", v.Index, "is only read with the modes fallback, cheapest and fastest")
	}
}

// errorCodes are the failures that on_errors tells apart.
var errorCodes = []string{gateway.CodeContextWindow, gateway.CodeContentPolicy, gateway.ErrorOther}

// onErrors parses the failures after which a fallback tries a target.
func (p *parser) onErrors(d *Document, at string, v gjson.Result) {
	d.OnErrors = p.stringList(at, v)
	for i, code := range d.OnErrors {
		if !slices.Contains(errorCodes, code) {
			p.problemf(IndexPath(at, i), v.Index, "must be one of %s, not '%s'", strings.Join(errorCodes, ", "), gateway.Shorten(code))
		}
	}
}

func (p *parser) fallback(d *Document, at string, v gjson.Result) {
	d.offsets.fallback = v.Index
	d.Fallback = p.stringList(at, v)
	for i, entry := range d.Fallback {
		if vk, model, ok := CutVirtualKey(entry); ok && (vk == "" || model == "") {
			p.problemf(IndexPath(at, i), v.Index, "must be '@virtual-key/model', not '%s'", gateway.Shorten(entry))
		}
	}
	if v.IsArray() && len(d.Fallback) == 0 {
		p.problemf(at, v.Index, "must list at least one model")
	}
}

// parseTargets reads the targets of d and determines its mode.
func (p *parser) parseTargets(d *Document, targets gjson.Result, depth int) {
	if d.Fallback != nil {
		p.expandShortForm(d)
		return
	}
	if !d.offsets.hasTargets {
		if d.offsets.hasStrategy {
			p.problemf(d.Path+".strategy", d.offsets.strategy, "has no targets to choose among")
		}
		d.Mode = ""
		return
	}
	at := d.Path + ".targets"
	if depth+1 > maxDepth {
		p.problemf(at, targets.Index, "are nested more than %d deep", maxDepth)
		return
	}
	d.Targets = []*Document{}
	p.eachItem(at, targets, func(path string, v gjson.Result) {
		if p.targets++; p.targets <= MaxTargets {
			d.Targets = append(d.Targets, p.config(path, v, depth+1))
		} else if p.targets == MaxTargets+1 {
			p.problemf(path, v.Index, "is one too many: a config has at most %d targets", MaxTargets)
		}
	})
	if !targets.IsArray() {
		return
	}
	if d.PromptID != "" {
		p.problemf(d.Path+".prompt_id", d.Offset, "belongs to a target, not beside 'targets'")
	}
	switch {
	case len(d.Targets) == 0:
		p.problemf(at, targets.Index, "must not be empty")
	case d.Mode == "" && len(d.Targets) == 1:
		d.Mode = gateway.ModeSingle
	case d.Mode == "" && !d.offsets.hasStrategy:
		p.problemf(d.Path+".strategy", d.Offset, "is missing: several targets need a mode, one of %s", strings.Join(modes, ", "))
	case d.Mode == "" && !p.hasProblemAt(d.Path+".strategy"):
		p.problemf(d.Path+".strategy.mode", d.offsets.strategy, "is missing: one of %s", strings.Join(modes, ", "))
	case d.Mode == gateway.ModeLoadbalance || d.Mode.Ranks():
		if !slices.ContainsFunc(d.Targets, func(t *Document) bool { return t.Weight > 0 }) {
			p.problemf(at, targets.Index, "all have weight 0, so none could be chosen")
		}
	}
	if d.Mode.Ranks() {
		for _, t := range d.Targets {
			if len(t.OnErrors) > 0 {
				p.problemf(t.Path+".on_errors", t.Offset, "is only read in a fallback: the order of '%s' is another one for each call", d.Mode)
			}
		}
	}
	p.choose(d, d.offsets.strategy)
}

// expandShortForm checks and expands a "fallback" list.
func (p *parser) expandShortForm(d *Document) {
	at := d.Path + ".fallback"
	switch {
	case d.offsets.hasTargets:
		p.problemf(at, d.offsets.fallback, "and 'targets' are both given; keep one")
	case d.Mode != "" && d.Mode != gateway.ModeFallback:
		p.problemf(at, d.offsets.fallback, "does not go with the mode '%s'", d.Mode)
	}
	p.targets += 1 + len(d.Fallback)
	if p.targets > MaxTargets {
		p.problemf(at, d.offsets.fallback, "makes too many targets: a config has at most %d", MaxTargets)
		return
	}
	d.ExpandFallback()
}

// hasProblemAt reports whether there is a problem at path or below it.
func (p *parser) hasProblemAt(path string) bool {
	return slices.ContainsFunc(p.problems, func(pr Problem) bool { return strings.HasPrefix(pr.Path, path) })
}
