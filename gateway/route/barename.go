package route

import (
	"slices"
	"strings"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/route/document"
	"github.com/sluicegate/sluice/gateway/route/router"
)

// bareTarget finds the target of a model name that comes without one. entry is the entry of a
// "fallback" list, "" for the request's own model. An entry that no key lists and no vendor is
// known for is another model of the request's virtual key.
func (c *compiler) bareTarget(entry string, in inherited) (targetRef, error) {
	model := c.requested.bodyModel
	switch {
	case !c.inGroup && c.model != "" && len(c.service.groupsOf(c.workspace)) > 0:
		return targetRef{}, noGroupError(c.model)
	case model == "", in.customHost != "", c.env.CustomHost != "", !in.apiKey.Empty():
		return targetRef{}, router.NoProvider(model) // a virtual key would bring another host or credential
	}
	if entry != "" {
		if vk, ok, err := c.bareVirtualKey(nameSearch{model: entry}); ok || err != nil {
			return targetRef{virtualKey: vk.Name, model: entry}, err
		}
	}
	vk, ok, err := c.bareVirtualKey(nameSearch{model: model, surface: c.surface, only: true})
	if err != nil {
		return targetRef{}, err
	}
	if !ok {
		return targetRef{}, c.unknownModelError(model)
	}
	return targetRef{virtualKey: vk.Name, model: entry}, nil
}

// prefixedVirtualKey finds a virtual key that takes "vendor/model" as the name of a model,
// where the workspace has none of that vendor: one that lists it, one of a vendor that the
// catalogue knows for it, or the only one if it leads to another gateway or to a server of the
// operator's own.
func (c *compiler) prefixedVirtualKey() (gateway.VirtualKey, bool, error) {
	if len(c.service.groupsOf(c.workspace)) > 0 {
		return gateway.VirtualKey{}, false, nil
	}
	vk, ok, err := c.bareVirtualKey(nameSearch{model: c.requested.bodyModel})
	if ok || err != nil {
		return vk, ok, err
	}
	vk, ok, err = c.bareVirtualKey(nameSearch{model: c.requested.bodyModel, only: true})
	isGateway := c.service.cfg.TakesField != nil && c.service.cfg.TakesField(vk.Provider, "models")
	return vk, ok && (isGateway || vk.BaseURL != ""), err
}

// bareVirtualKey finds the virtual key of a bare model name, and remembers the lookup.
func (c *compiler) bareVirtualKey(search nameSearch) (gateway.VirtualKey, bool, error) {
	all, err := c.usableKeys()
	if err != nil {
		return gateway.VirtualKey{}, false, err
	}
	d := dependency{search: search}
	d.key, d.found = c.service.searchKey(all, search)
	c.deps = append(c.deps, d)
	return d.key, d.found, nil
}

// nameSearch is a search for the virtual key of a bare model name.
type nameSearch struct {
	model   string
	surface string // the format that the caller speaks, whose vendor may serve the model; "" = it does not count
	only    bool   // the only virtual key of the workspace serves every model
}

// searchKey chooses a virtual key, of keys sorted by name: the first that lists the model; else
// the first of a vendor that the catalogue knows for it; else the first of the surface's
// vendor; else the only one there is. A key that lists other models is never chosen.
func (s *Service) searchKey(keys []gateway.VirtualKey, search nameSearch) (gateway.VirtualKey, bool) {
	for i := range keys {
		if slices.Contains(keys[i].Models, search.model) {
			return keys[i], true
		}
	}
	if s.cfg.ModelVendors != nil {
		for _, vendor := range s.cfg.ModelVendors(search.model) {
			if vk, ok := firstOf(keys, vendor, false); ok {
				return vk, true
			}
		}
	}
	if s.cfg.SurfaceVendor != nil && search.surface != "" {
		// None of these vendors has names with a slash. A server of the operator's own may.
		if vk, ok := firstOf(keys, s.cfg.SurfaceVendor(search.surface), strings.Contains(search.model, "/")); ok {
			return vk, true
		}
	}
	if search.only && len(keys) == 1 && len(keys[0].Models) == 0 {
		return keys[0], true
	}
	return gateway.VirtualKey{}, false
}

// firstOf returns the first virtual key of a vendor that lists no models; with ownAddress, the
// first that has a base URL.
func firstOf(keys []gateway.VirtualKey, vendor string, ownAddress bool) (gateway.VirtualKey, bool) {
	for i := range keys {
		if keys[i].Provider == vendor && len(keys[i].Models) == 0 && (keys[i].BaseURL != "" || !ownAddress) {
			return keys[i], true
		}
	}
	return gateway.VirtualKey{}, false
}

const (
	maxSuggestions  = 3  // models that an error names
	maxSuggestedFor = 64 // bytes of a name that is compared with every model
)

// unknownModelError returns the error for a bare model name that no virtual key is for. It
// names ids that the caller can type instead.
func (c *compiler) unknownModelError(model string) error {
	all, err := c.service.Models(c.ctx, c.workspace)
	if err != nil {
		return err
	}
	callable := slices.DeleteFunc(slices.Clone(all), func(m Model) bool {
		return m.Provider == document.Mock || c.allowed != nil && !slices.Contains(c.allowed, m.VirtualKey)
	})
	what := "No virtual key that you may use is for the model '" + gateway.Shorten(model) + "'."
	if len(callable) > 0 {
		what += " Write the model as '@virtual-key/model', such as " + nearestModels(callable, model) +
			", send the header x-sluice-virtual-key or x-sluice-provider, or use a config with targets."
	} else if c.allowed == nil {
		what += " Create one, or call the built-in '" + all[0].ID + "'."
	}
	e := gateway.InvalidField("route.Configure", "model", what)
	e.Code = "no_provider"
	return e
}

// nearestModels quotes the ids of the models whose names are the most similar to name.
func nearestModels(models []Model, name string) string {
	if len(name) <= maxSuggestedFor {
		slices.SortStableFunc(models, func(a, b Model) int {
			return document.EditDistance(name, a.Upstream) - document.EditDistance(name, b.Upstream)
		})
	}
	var ids []string
	for _, m := range models[:min(len(models), maxSuggestions)] {
		ids = append(ids, "'"+m.ID+"'")
	}
	return strings.Join(ids, ", ")
}
