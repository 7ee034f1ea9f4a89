package identity

import (
	"context"

	"github.com/sluicegate/sluice/gateway"
)

// DeleteWorkspace removes a workspace that holds nothing any more, with the roles and sessions in
// it. What it returns is the workspace as it was. The default workspace, and what the server's file
// declares, stay.
func (s *Service) DeleteWorkspace(ctx context.Context, by *gateway.Principal, ref string) (Workspace, error) {
	const op = "identity.DeleteWorkspace"
	if err := gateway.Require(op, by, gateway.WorkspacesDelete); err != nil {
		return Workspace{}, err
	}
	s.write.Lock()
	defer s.write.Unlock()
	x, err := s.beginChange(ctx, op)
	if err != nil {
		return Workspace{}, err
	}
	w, err := visibleWorkspace(op, x, by, ref)
	if err != nil {
		return Workspace{}, err
	}
	if w.Name == gateway.DefaultWorkspace {
		return Workspace{}, conflict(op, "workspace", "The workspace '"+w.Name+"' is the first one and cannot be deleted.")
	}
	if w.ConfigFromFile || w.CompatFromFile || w.AccessGroupsFromFile {
		return Workspace{}, conflict(op, "workspace", "The workspace '"+w.Name+"' is declared in the server's file. Remove it there.")
	}
	return *w, s.deleteWorkspace(ctx, w.ID)
}
