package keys

import (
	"context"

	"github.com/sluicegate/sluice/gateway"
)

// VirtualKey gives the virtual key of a workspace (by id) by its name.
func (s *Service) VirtualKey(_ context.Context, workspace, name string) (gateway.VirtualKey, error) {
	const op = "keys.VirtualKey"
	b := s.book.Load()
	if b == nil {
		return gateway.VirtualKey{}, &gateway.Error{Op: op, Kind: gateway.Unavailable, Public: "Sluice is starting."}
	}
	h := b.held[workspace][name]
	switch {
	case h == nil:
		return gateway.VirtualKey{}, gateway.InvalidField(op, "virtual_key", "There is no virtual key '"+name+"' in this workspace.")
	case h.disabled:
		return gateway.VirtualKey{}, gateway.InvalidField(op, "virtual_key", "The virtual key '"+name+"' is disabled.")
	case !h.open:
		return gateway.VirtualKey{}, gateway.InvalidField(op, "virtual_key", "The credential of the virtual key '"+name+"' cannot be decrypted. Create the key again.")
	}
	return h.key, nil
}

// VirtualKeys lists the ones that can be used, sorted by name. The list is shared: read
// only.
func (s *Service) VirtualKeys(_ context.Context, workspace string) ([]gateway.VirtualKey, error) {
	b := s.book.Load()
	if b == nil {
		return nil, &gateway.Error{Op: "keys.VirtualKeys", Kind: gateway.Unavailable, Public: "Sluice is starting."}
	}
	return b.lists[workspace], nil
}

// Generation is another number after each change of what VirtualKey and VirtualKeys give; 0
// before there is anything.
func (s *Service) Generation() uint64 {
	if b := s.book.Load(); b != nil {
		return b.generation
	}
	return 0
}

// Credentials gives every provider credential held, of all workspaces: for those who must
// keep them out of texts. The slice is shared and stays the same until a key changes.
func (s *Service) Credentials() []gateway.Secret {
	if b := s.book.Load(); b != nil {
		return b.credentials
	}
	return nil
}
