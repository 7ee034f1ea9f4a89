package route

import (
	"maps"
	"slices"

	"github.com/sluicegate/sluice/gateway"
)

// dependency is one lookup that a Plan was compiled from: a virtual key by name, a vendor's
// first virtual key, or the virtual key of a bare model name.
type dependency struct {
	name                string
	vendor, vendorModel string
	search              nameSearch
	found               bool
	key                 gateway.VirtualKey
}

func (c *compiler) virtualKey(name string) (gateway.VirtualKey, error) {
	vk, err := c.service.cfg.Keys.VirtualKey(c.ctx, c.workspace, name)
	if err == nil {
		c.deps = append(c.deps, dependency{name: name, found: true, key: vk})
	}
	return vk, err
}

// usableKeys lists the virtual keys that the caller may use, by name.
func (c *compiler) usableKeys() ([]gateway.VirtualKey, error) {
	all, err := c.service.cfg.Keys.VirtualKeys(c.ctx, c.workspace)
	if c.allowed == nil {
		return all, err
	}
	return slices.DeleteFunc(slices.Clone(all), func(vk gateway.VirtualKey) bool { return !slices.Contains(c.allowed, vk.Name) }), err
}

// firstVirtualKey returns the vendor's first virtual key in the order of names: of those that
// allow a model, if there are any. Without a model all of them count.
func (c *compiler) firstVirtualKey(vendor, model string) (gateway.VirtualKey, bool, error) {
	all, err := c.usableKeys()
	if err != nil {
		return gateway.VirtualKey{}, false, err
	}
	d := dependency{vendor: vendor, vendorModel: model}
	for i := range all {
		if all[i].Provider != vendor {
			continue
		}
		if !d.found {
			d.found, d.key = true, all[i]
		}
		if model == "" || len(all[i].Models) == 0 || slices.Contains(all[i].Models, model) {
			d.key = all[i]
			break
		}
	}
	c.deps = append(c.deps, d)
	return d.key, d.found, nil
}

// stillValid reports whether every lookup still has the same result. The directory is in
// memory, so this costs less than compiling again.
func (c *compiler) stillValid(deps []dependency) bool {
	for i := range deps {
		d := &deps[i]
		if d.search.model != "" {
			if vk, found, err := c.bareVirtualKey(d.search); err != nil || found != d.found || !sameVirtualKey(&vk, &d.key) {
				return false
			}
			continue
		}
		if d.vendor != "" {
			if vk, found, err := c.firstVirtualKey(d.vendor, d.vendorModel); err != nil || found != d.found || !sameVirtualKey(&vk, &d.key) {
				return false
			}
			continue
		}
		if vk, err := c.service.cfg.Keys.VirtualKey(c.ctx, c.workspace, d.name); err != nil || !sameVirtualKey(&vk, &d.key) {
			return false
		}
	}
	return true
}

func sameVirtualKey(a, b *gateway.VirtualKey) bool {
	return a.Name == b.Name && a.Workspace == b.Workspace && a.Provider == b.Provider && a.BaseURL == b.BaseURL &&
		a.Trusted == b.Trusted && a.Credential.Equal(b.Credential) && a.Pool == b.Pool && slices.Equal(a.Models, b.Models) && maps.EqualFunc(a.Prices, b.Prices, samePrice) && maps.Equal(a.MaxOutput, b.MaxOutput) && maps.Equal(a.Formats, b.Formats) && maps.Equal(a.Settings, b.Settings)
}

func samePrice(a, b gateway.Price) bool {
	return a.Input == b.Input && a.Output == b.Output && a.Version == b.Version && sameRate(a.CacheRead, b.CacheRead) && sameRate(a.CacheWrite, b.CacheWrite) && maps.Equal(a.Units, b.Units)
}

func sameRate(a, b *int64) bool {
	return a == b || a != nil && b != nil && *a == *b
}
