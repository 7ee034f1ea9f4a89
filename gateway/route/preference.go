package route

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/route/document"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// preference is the field "provider" of OpenRouter's clients. It chooses among the virtual keys
// of the workspace.
type preference struct {
	order, only, ignore []string     // canonical vendor ids, or "@virtual-key"
	fallbacks           bool         // keys that order does not name may answer too
	sort                gateway.Mode // that orders the keys for each call; "" = none
}

// readPreference reads the field. It refuses the parts that Sluice cannot honour and that
// change who answers. nil: there is none.
func (s *Service) readPreference(raw []byte) (*preference, error) {
	const op = "route.Configure"
	if raw == nil {
		return nil, nil
	}
	if raw[0] != '{' {
		return nil, gateway.InvalidField(op, "provider", "The field 'provider' must be an object such as {\"order\": [\"anthropic\"]}. A single provider is named by the header x-sluice-provider.")
	}
	p := &preference{fallbacks: true}
	for m := range jsonx.Members(raw) {
		at := "provider." + gateway.Shorten(m.Key)
		var err error
		switch {
		case m.Value[0] == 'n': // null
		case m.Key == "order":
			p.order, err = s.vendorNames(at, m.Value, false)
		case m.Key == "only":
			p.only, err = s.vendorNames(at, m.Value, false)
		case m.Key == "ignore":
			p.ignore, err = s.vendorNames(at, m.Value, true)
		case m.Key == "sort":
			p.sort, err = readSort(at, m.Value)
		case m.Key == "allow_fallbacks":
			if m.Value[0] != 't' && m.Value[0] != 'f' {
				err = gateway.InvalidField(op, at, "The field '"+at+"' must be true or false.")
			}
			p.fallbacks = m.Value[0] == 't'
		default:
			err = gateway.InvalidField(op, at, "The field '"+at+"' is not supported: it would change who answers. Sluice reads order, only, ignore, sort and allow_fallbacks.")
		}
		if err != nil {
			return nil, err
		}
	}
	if p.sort != "" && len(p.order) > 0 {
		return nil, gateway.InvalidField(op, "provider.sort", "The fields 'provider.sort' and 'provider.order' both say who is asked first. Leave out one of the two.")
	}
	if len(p.order) == 0 && len(p.only) == 0 && len(p.ignore) == 0 && p.sort == "" && p.fallbacks {
		return nil, nil
	}
	return p, nil
}

// readSort reads by what the keys are ordered, as a word or as {"by": …}.
func readSort(at string, raw []byte) (gateway.Mode, error) {
	const op = "route.Configure"
	by := raw
	if raw[0] == '{' {
		for m := range jsonx.Members(raw) {
			if m.Key != "by" {
				at += "." + gateway.Shorten(m.Key)
				return "", gateway.InvalidField(op, at, "The field '"+at+"' is not supported: the keys of each model are ordered by themselves.")
			}
		}
		by, at = jsonx.Get(raw, "by"), at+".by"
	}
	switch jsonx.String(by) {
	case "price":
		return gateway.ModeCheapest, nil
	case "latency":
		return gateway.ModeFastest, nil
	}
	return "", gateway.InvalidField(op, at, "The field '"+at+"' must be 'price' or 'latency'; 'throughput' is not measured.")
}

// vendorNames reads a list of vendors in OpenRouter's spelling ("DeepInfra", "deepinfra/turbo")
// and of virtual keys with "@". Unknown ones are left out where lenient says so.
func (s *Service) vendorNames(at string, raw []byte, lenient bool) ([]string, error) {
	const op = "route.Configure"
	if !isList(raw) {
		return nil, gateway.InvalidField(op, at, "The field '"+at+"' must be a list of providers.")
	}
	var out []string
	for e := range jsonx.Elements(raw) {
		at := at + "[" + strconv.Itoa(e.Index) + "]"
		if e.Value[0] != '"' {
			return nil, gateway.InvalidField(op, at, "The field '"+at+"' must be the name of a provider.")
		}
		name := jsonx.String(e.Value)
		if strings.HasPrefix(name, "@") {
			out = append(out, name)
			continue
		}
		slug, _, _ := strings.Cut(name, "/")
		vendor, known := s.cfg.Rules.Canonical(strings.ToLower(slug))
		switch {
		case known:
			out = append(out, vendor)
		case !lenient:
			return nil, gateway.InvalidField(op, at, "The field '"+at+"' names no provider that Sluice knows: '"+gateway.Shorten(name)+"'. A virtual key is written with an '@' in front.")
		}
	}
	return out, nil
}

// names reports whether list names the vendor or the virtual key.
func names(list []string, vendor, virtualKey string) bool {
	return slices.Contains(list, vendor) || virtualKey != "" && slices.Contains(list, "@"+virtualKey)
}

// permits reports whether a virtual key, or a vendor that is called without one, may answer.
func (p *preference) permits(vendor, virtualKey string) bool {
	switch {
	case names(p.ignore, vendor, virtualKey), len(p.only) > 0 && !names(p.only, vendor, virtualKey):
		return false
	}
	return p.fallbacks || len(p.order) == 0 || names(p.order, vendor, virtualKey)
}

// rank is the place of a virtual key in order; behind all of them if it is not named.
func (p *preference) rank(vk *gateway.VirtualKey) int {
	for i, name := range p.order {
		if name == vk.Provider || name == "@"+vk.Name {
			return i
		}
	}
	return len(p.order)
}

// prefer returns d with its one target replaced by the virtual keys that may answer, in the
// order of preference, for the request's model and then for each entry of the chain.
func (c *compiler) prefer(d *document.Document, p *preference, chain []string) (*document.Document, error) {
	const op = "route.Configure"
	if c.allowUnnamed {
		return nil, gateway.InvalidField(op, "provider", "The field 'provider' does not go with a prompt, whose template names the model.")
	}
	out := *d
	named := d.NamesTarget() || !c.requested.empty() && !c.requested.vendorPrefix
	models, leaves := slices.Concat([]string{c.model}, without(chain, c.model)), 0
	for i, model := range models {
		targets, err := c.preferred(d, p, model, named)
		if err != nil {
			return nil, err
		}
		group := &out
		if p.sort != "" && len(models) > 1 && len(targets) > 0 {
			group = &document.Document{Path: document.IndexPath(d.Path+".targets", len(out.Targets)), Offset: d.Offset, Weight: 1, Mode: p.sort, FirstOnly: !p.fallbacks}
			out.Targets = append(out.Targets, group)
		}
		for _, t := range targets {
			t.Path, t.Offset, t.Weight = document.IndexPath(group.Path+".targets", len(group.Targets)), d.Offset, 1
			if i > 0 {
				t.Overrides = document.ModelOverride(t.Model)
			}
			group.Targets = append(group.Targets, t)
		}
		leaves += len(targets)
	}
	switch {
	case len(out.Targets) == 0:
		return nil, gateway.InvalidField(op, "provider", "The field 'provider' leaves no virtual key of this workspace that could answer '"+gateway.Shorten(c.model)+"'.")
	case leaves > document.MaxTargets:
		return nil, gateway.InvalidField(op, "provider", "The field 'provider' leaves too many virtual keys for the models to try: at most "+strconv.Itoa(document.MaxTargets)+" together.")
	}
	out.Mode = gateway.ModeFallback
	if p.sort != "" && len(models) == 1 {
		out.Mode, out.FirstOnly = p.sort, !p.fallbacks
	}
	out.Provider, out.VirtualKey, out.APIKey, out.Model, out.PromptID = "", "", gateway.Secret{}, "", ""
	return &out, nil
}

// preferred returns the targets for one model. A target that the config or the request names
// stays alone, if it may answer.
func (c *compiler) preferred(d *document.Document, p *preference, model string, named bool) ([]*document.Document, error) {
	if vk, rest, ok := document.CutVirtualKey(model); ok {
		key, err := c.virtualKey(vk)
		if err != nil {
			return nil, attributeError(err, "route.Configure", "model", d.Path)
		}
		if !p.permits(key.Provider, key.Name) {
			return nil, nil
		}
		return []*document.Document{{VirtualKey: vk, Model: rest}}, nil
	}
	if named {
		t, err := c.namedTarget(d, model)
		if err != nil || !p.permits(t.Provider, t.VirtualKey) {
			return nil, err
		}
		if t.VirtualKey != "" {
			t.Provider = ""
		}
		return []*document.Document{t}, nil
	}
	ref := targetRef{model: model}
	ref.readVendorPrefix(c.service, model)
	all, err := c.usableKeys()
	if err != nil {
		return nil, err
	}
	var keys []gateway.VirtualKey
	for _, vk := range all {
		if p.permits(vk.Provider, vk.Name) && c.mayServe(p, &vk, ref) {
			keys = append(keys, vk)
		}
	}
	slices.SortStableFunc(keys, func(a, b gateway.VirtualKey) int {
		return cmp.Or(p.rank(&a)-p.rank(&b), boolRank(a.Provider == ref.vendor)-boolRank(b.Provider == ref.vendor))
	})
	if !p.fallbacks && len(p.order) == 0 && p.sort == "" {
		keys = keys[:min(len(keys), 1)]
	}
	var out []*document.Document
	for _, vk := range keys {
		t := &document.Document{VirtualKey: vk.Name, Model: ref.model}
		if c.service.cfg.TakesField != nil && c.service.cfg.TakesField(vk.Provider, "models") {
			t.Model = model // a gateway names models with their vendors
		}
		out = append(out, t)
	}
	return out, nil
}

// namedTarget is the one target that the config or the request names, for a model.
func (c *compiler) namedTarget(d *document.Document, model string) (*document.Document, error) {
	t := &document.Document{Provider: d.Provider, VirtualKey: d.VirtualKey, APIKey: d.APIKey, Model: cmp.Or(d.Model, model)}
	if !d.NamesTarget() {
		t.Provider, t.VirtualKey, t.Model = c.requested.vendor, c.requested.virtualKey, model
		if model == c.model {
			t.Model = cmp.Or(c.requested.model, c.requested.bodyModel)
		}
	}
	if t.VirtualKey == "" {
		return t, nil
	}
	key, err := c.virtualKey(t.VirtualKey)
	if err != nil {
		return nil, attributeError(err, "route.Configure", c.requested.field(c.env), d.Path)
	}
	t.Provider = key.Provider
	return t, nil
}

// mayServe reports whether a virtual key can be expected to know a model: the caller or the
// model's prefix names its vendor, or a list has the model.
func (c *compiler) mayServe(p *preference, vk *gateway.VirtualKey, ref targetRef) bool {
	if len(vk.Models) > 0 {
		return slices.Contains(vk.Models, ref.model)
	}
	return names(p.order, vk.Provider, vk.Name) || names(p.only, vk.Provider, vk.Name) || vk.Provider == ref.vendor ||
		slices.Contains(c.service.pricedModels(vk), ref.model)
}

// boolRank sorts what is true first.
func boolRank(first bool) int {
	if first {
		return 0
	}
	return 1
}
