package routetest

import (
	"context"
	"slices"
	"strings"
	"sync"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/route"
)

// Directory is a route.Directory over a list that tests can change.
type Directory struct {
	mu      sync.Mutex
	keys    []gateway.VirtualKey
	changes uint64
}

var (
	_ route.Directory    = (*Directory)(nil)
	_ route.Generational = (*Directory)(nil)
)

// NewDirectory returns a directory of keys. An empty Workspace becomes "ws".
func NewDirectory(keys ...gateway.VirtualKey) *Directory {
	d := &Directory{}
	for _, k := range keys {
		d.Put(k)
	}
	return d
}

// Put adds or replaces a virtual key.
func (d *Directory) Put(k gateway.VirtualKey) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if k.Workspace == "" {
		k.Workspace = "ws"
	}
	d.keys = slices.DeleteFunc(d.keys, func(o gateway.VirtualKey) bool { return o.Name == k.Name && o.Workspace == k.Workspace })
	d.keys = append(d.keys, k)
	d.changes++
	slices.SortFunc(d.keys, func(a, b gateway.VirtualKey) int { return strings.Compare(a.Name, b.Name) })
}

// Remove removes a virtual key of the workspace "ws".
func (d *Directory) Remove(name string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.keys = slices.DeleteFunc(d.keys, func(o gateway.VirtualKey) bool { return o.Name == name && o.Workspace == "ws" })
	d.changes++
}

// Generation returns the number of changes.
func (d *Directory) Generation() uint64 {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.changes
}

// VirtualKey finds a virtual key by name.
func (d *Directory) VirtualKey(_ context.Context, workspace, name string) (gateway.VirtualKey, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, k := range d.keys {
		if k.Workspace == workspace && k.Name == name {
			return k, nil
		}
	}
	return gateway.VirtualKey{}, gateway.InvalidField("routetest.Directory", "virtual_key", "There is no virtual key '"+name+"'.")
}

// VirtualKeys lists a workspace's virtual keys by name.
func (d *Directory) VirtualKeys(_ context.Context, workspace string) ([]gateway.VirtualKey, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	var out []gateway.VirtualKey
	for _, k := range d.keys {
		if k.Workspace == workspace {
			out = append(out, k)
		}
	}
	return out, nil
}
