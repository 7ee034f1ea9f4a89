package credential

import (
	"context"

	"github.com/sluicegate/sluice/gateway"
)

// VirtualKey returns a virtual key by its name and the id of its workspace. A key that
// does not exist, is disabled or cannot be decrypted is gateway.Invalid. One that has expired is
// there: its pool refuses every call.
func (s *Service) VirtualKey(_ context.Context, workspace, name string) (gateway.VirtualKey, error) {
	const op = "credential.VirtualKey"
	v, err := s.loaded(op)
	if err != nil {
		return gateway.VirtualKey{}, err
	}
	e := v.named(workspace, name)
	switch {
	case e == nil:
		return gateway.VirtualKey{}, gateway.InvalidField(op, "virtual_key", "There is no virtual key '"+name+"' in this workspace.")
	case e.stored.Disabled:
		return gateway.VirtualKey{}, gateway.InvalidField(op, "virtual_key", "The virtual key '"+name+"' is disabled.")
	case !e.opens:
		return gateway.VirtualKey{}, gateway.InvalidField(op, "virtual_key", "The credential of the virtual key '"+name+"' cannot be decrypted. Create the key again.")
	}
	return e.key, nil
}

// VirtualKeys lists the usable virtual keys of a workspace, by name, expired ones last. The
// slice is shared: read only.
func (s *Service) VirtualKeys(_ context.Context, workspace string) ([]gateway.VirtualKey, error) {
	if _, err := s.loaded("credential.VirtualKeys"); err != nil {
		return nil, err
	}
	return s.current().usable[workspace], nil
}

// Generation changes whenever the answers of VirtualKey and VirtualKeys may have changed.
// It is 0 before Load.
func (s *Service) Generation() uint64 {
	if v := s.current(); v != nil {
		return v.generation
	}
	return 0
}

// Credentials returns the provider credentials of all workspaces, for callers that must
// keep them out of texts. The slice is shared, and stays the same until a key changes.
func (s *Service) Credentials() []gateway.Secret {
	if v := s.snapshot.Load(); v != nil {
		return v.credentials
	}
	return nil
}
