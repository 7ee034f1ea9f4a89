package document

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/route/condition"
	"github.com/sluicegate/sluice/gateway/route/sticky"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// Bounds of "sticky".
const (
	maxHashFields   = 16
	defaultTTL      = time.Hour
	maxTTL          = 365 * 24 * time.Hour
	maxHashFieldLen = 256
)

// sticky parses {"enabled": true, "hash_fields": ["metadata._user"], "ttl": 3600}.
func (p *parser) sticky(d *Document, at string, v gjson.Result) {
	k := &sticky.Keeper{TTL: defaultTTL}
	enabled, said, listed := false, false, false
	p.eachField(at, v, func(key, at string, kv, v gjson.Result) {
		switch snake(key) {
		case "enabled":
			enabled, _ = p.boolean(at, v)
			said = true
		case "hash_fields":
			listed = true
			k.Fields = p.hashFields(at, v)
		case "ttl":
			if seconds, ok := p.integer(at, v, 1, int(maxTTL/time.Second)); ok {
				k.TTL = time.Duration(seconds) * time.Second
			}
		default:
			p.unknownKey(key, at, kv.Index, []string{"enabled", "hash_fields", "ttl"})
		}
	})
	if !v.IsObject() {
		return
	}
	if !said {
		p.problemf(at+".enabled", v.Index, "is missing: true or false")
	}
	if !enabled {
		return
	}
	if !listed {
		p.problemf(at+".hash_fields", v.Index, "is missing: what calls of one target share, such as 'metadata._user'")
	}
	d.Sticky = k
}

func (p *parser) hashFields(at string, v gjson.Result) []condition.Field {
	var fields []condition.Field
	list := p.stringList(at, v)
	if v.IsArray() && len(list) == 0 && !p.hasProblemAt(at) {
		p.problemf(at, v.Index, "must not be empty")
	}
	if len(list) > maxHashFields {
		p.problemf(at, v.Index, "has more than %d fields", maxHashFields)
		return nil
	}
	for i, text := range list {
		head, name, _ := strings.Cut(text, ".")
		f := condition.Field{Source: condition.Source(head), Name: name}
		at := IndexPath(at, i)
		switch {
		case name == "" || len(name) > maxHashFieldLen || f.Source != condition.Metadata && f.Source != condition.Params && f.Source != condition.Headers:
			p.problemf(at, v.Index, "must be metadata.NAME, params.NAME or headers.NAME, not '%s'", gateway.Shorten(text))
		case f.Source == condition.Headers:
			if why := whyNoHashField(name); why != "" {
				p.problemf(at, v.Index, "%s", why)
			}
		}
		if slices.Contains(fields, f) {
			p.problemf(at, v.Index, "is given twice")
		}
		fields = append(fields, f)
	}
	return fields
}

// whyNoHashField says why a header's value may not choose a target, "" if it may.
func whyNoHashField(name string) string {
	switch {
	case !isHeaderName(name):
		return "is not a header name"
	case gateway.HoldsCredential(name):
		return "names a header that may hold a credential: '" + strings.ToLower(name) + "'"
	}
	return ""
}

// placeSticky checks where "sticky" stands, and names the targets of d for it. It is called when all of
// d is read.
func (p *parser) placeSticky(d *Document) {
	if d.Sticky == nil {
		return
	}
	if d.Mode != gateway.ModeLoadbalance {
		if d.Mode != "" {
			p.problemf(d.Path+".strategy.sticky", d.offsets.strategy, "is only read with the mode loadbalance")
		}
		return
	}
	seen := map[string]int{}
	for _, t := range d.Targets {
		name := t.identity()
		if seen[name]++; seen[name] > 1 {
			name += " #" + strconv.Itoa(seen[name])
		}
		d.Sticky.Arms = append(d.Sticky.Arms, sticky.Arm{Name: name, Weight: t.Weight})
	}
}

// identity says what a target is, whatever its place in the list: its name, else what it calls.
func (d *Document) identity() string {
	if d.Name != "" {
		return "name " + d.Name
	}
	if d.IsLeaf() {
		return "target " + strings.Join([]string{d.Provider, d.VirtualKey, d.Model, jsonx.String(jsonx.Get(d.Overrides, "model")), d.PromptID, d.CustomHost}, " ")
	}
	parts := make([]string, 0, len(d.Targets)+1)
	parts = append(parts, string(d.Mode)+" "+jsonx.String(jsonx.Get(d.Overrides, "model")))
	for _, t := range d.Targets {
		parts = append(parts, t.identity())
	}
	return strings.Join(parts, "; ")
}
