package route

import (
	"maps"
	"slices"

	"github.com/sluicegate/sluice/gateway"
)

// dependency is one lookup that a Plan was compiled from: a virtual key by name, or a
// vendor's first virtual key.
type dependency struct {
	name, vendor string
	found        bool
	key          gateway.VirtualKey
}

func (c *compiler) virtualKey(name string) (gateway.VirtualKey, error) {
	vk, err := c.service.cfg.Keys.VirtualKey(c.ctx, c.workspace, name)
	if err == nil {
		c.deps = append(c.deps, dependency{name: name, found: true, key: vk})
	}
	return vk, err
}

// firstVirtualKey returns the vendor's first virtual key in the order of names.
func (c *compiler) firstVirtualKey(vendor string) (gateway.VirtualKey, bool, error) {
	all, err := c.service.cfg.Keys.VirtualKeys(c.ctx, c.workspace)
	if err != nil {
		return gateway.VirtualKey{}, false, err
	}
	d := dependency{vendor: vendor}
	for i := range all {
		if all[i].Provider == vendor {
			d.found, d.key = true, all[i]
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
		if d.vendor != "" {
			if vk, found, err := c.firstVirtualKey(d.vendor); err != nil || found != d.found || !sameVirtualKey(&vk, &d.key) {
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
		a.Trusted == b.Trusted && a.Credential.Equal(b.Credential) && slices.Equal(a.Models, b.Models) && maps.EqualFunc(a.Prices, b.Prices, samePrice) && maps.Equal(a.MaxOutput, b.MaxOutput) && slices.Equal(a.Formats, b.Formats)
}

func samePrice(a, b gateway.Price) bool {
	return a.Input == b.Input && a.Output == b.Output && a.Version == b.Version && sameRate(a.CacheRead, b.CacheRead) && sameRate(a.CacheWrite, b.CacheWrite)
}

func sameRate(a, b *int64) bool {
	return a == b || a != nil && b != nil && *a == *b
}
