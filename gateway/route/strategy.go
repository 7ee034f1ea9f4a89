package route

import (
	"slices"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway"
)

var modes = []string{string(gateway.ModeSingle), string(gateway.ModeFallback), string(gateway.ModeLoadbalance)}

func (p *parser) strategy(d *document, path string, v gjson.Result) {
	d.at.strategy, d.at.hasStrategy = v.Index, true
	p.each(path, v, func(key, at string, k, v gjson.Result) {
		switch snake(key) {
		case "mode":
			mode, ok := p.str(at, v)
			switch {
			case !ok:
			case slices.Contains(modes, mode):
				d.mode = gateway.Mode(mode)
			case mode == "conditional" || mode == "cheapest" || mode == "fastest":
				p.bad(at, v.Index, "'%s' is not supported yet; it is one of %s", mode, strings.Join(modes, ", "))
			default:
				p.bad(at, v.Index, "must be one of %s, not '%s'", strings.Join(modes, ", "), short(mode))
			}
		case "on_status_codes":
			d.onStatus = p.statuses(at, v)
		case "conditions", "default", "sticky", "cb_config":
			p.unsupported(at, k.Index)
		default:
			p.typo(key, at, k.Index, []string{"mode", "on_status_codes"})
		}
	})
	if len(d.onStatus) > 0 && d.mode != gateway.ModeFallback && d.mode != "" {
		p.bad(path+".on_status_codes", v.Index, "is only read with the mode fallback")
	}
}

func (p *parser) fallback(d *document, at string, v gjson.Result) {
	d.at.fallback = v.Index
	d.fallback = p.strings(at, v)
	for i, entry := range d.fallback {
		if vk, model, ok := cutVirtualKey(entry); ok && (vk == "" || model == "") {
			p.bad(index(at, i), v.Index, "must be '@virtual-key/model', not '%s'", short(entry))
		}
	}
	if v.IsArray() && len(d.fallback) == 0 {
		p.bad(at, v.Index, "must list at least one model")
	}
}

// group reads the targets of d and settles its mode.
func (p *parser) group(d *document, targets gjson.Result, depth int) {
	if d.fallback != nil {
		p.short(d)
		return
	}
	if !d.at.hasTargets {
		if d.at.hasStrategy {
			p.bad(d.path+".strategy", d.at.strategy, "has no targets to choose among")
		}
		d.mode = ""
		return
	}
	at := d.path + ".targets"
	if depth+1 > maxDepth {
		p.bad(at, targets.Index, "are nested more than %d deep", maxDepth)
		return
	}
	d.targets = []*document{}
	p.list(at, targets, func(path string, v gjson.Result) {
		if p.targets++; p.targets <= maxTargets {
			d.targets = append(d.targets, p.config(path, v, depth+1))
		} else if p.targets == maxTargets+1 {
			p.bad(path, v.Index, "is one too many: a config has at most %d targets", maxTargets)
		}
	})
	if !targets.IsArray() {
		return
	}
	if d.promptID != "" {
		p.bad(d.path+".prompt_id", d.offset, "belongs to a target, not beside 'targets'")
	}
	switch {
	case len(d.targets) == 0:
		p.bad(at, targets.Index, "must not be empty")
	case d.mode == "" && len(d.targets) == 1:
		d.mode = gateway.ModeSingle
	case d.mode == "" && !d.at.hasStrategy:
		p.bad(d.path+".strategy", d.offset, "is missing: several targets need a mode, one of %s", strings.Join(modes, ", "))
	case d.mode == "" && !p.blamed(d.path+".strategy"):
		p.bad(d.path+".strategy.mode", d.at.strategy, "is missing: one of %s", strings.Join(modes, ", "))
	case d.mode == gateway.ModeLoadbalance:
		if !slices.ContainsFunc(d.targets, func(t *document) bool { return t.weight > 0 }) {
			p.bad(at, targets.Index, "all have weight 0, so none could be chosen")
		}
	}
}

// short settles a "fallback" list.
func (p *parser) short(d *document) {
	at := d.path + ".fallback"
	switch {
	case d.at.hasTargets:
		p.bad(at, d.at.fallback, "and 'targets' are both given; keep one")
	case d.mode != "" && d.mode != gateway.ModeFallback:
		p.bad(at, d.at.fallback, "does not go with the mode '%s'", d.mode)
	}
	p.targets += 1 + len(d.fallback)
	if p.targets > maxTargets {
		p.bad(at, d.at.fallback, "makes too many targets: a config has at most %d", maxTargets)
		return
	}
	d.expand()
}

// blamed reports whether something at or below path is a problem already.
func (p *parser) blamed(path string) bool {
	return slices.ContainsFunc(p.problems, func(pr Problem) bool { return strings.HasPrefix(pr.Path, path) })
}
