package router

import (
	"context"
	"strings"

	"github.com/sluicegate/sluice/gateway"
)

// passThrough makes the only call of an exchange that is passed on as it is. What a vendor keeps
// for one account, another target does not know: the config must have exactly one.
func (w *execution) passThrough(ctx context.Context, root *gateway.Node) (gateway.Stream, error) {
	var targets []*gateway.Target
	var names []string
	for t := range root.Targets() {
		targets = append(targets, t)
		name := t.Path + " (" + t.Provider
		if t.VirtualKey != "" {
			name += ", virtual key " + t.VirtualKey
		}
		names = append(names, name+")")
	}
	if len(targets) == 1 {
		return w.callTarget(ctx, targets[0], nil)
	}
	return nil, &gateway.Error{Op: "router.passThrough", Kind: gateway.Invalid, Param: "config", Code: "several_targets",
		Public: "This call needs exactly one target, and the config has " + strings.Join(names, "; ") + ". Name one virtual key in x-sluice-virtual-key."}
}
