package identity

import (
	"cmp"
	"context"
	"errors"

	"github.com/sluicegate/sluice/gateway"
)

// Declared lists what the server's file declares. The admin API shows it read-only, and
// what the file no longer declares is deleted.
type Declared struct {
	Workspaces []DeclaredWorkspace
	Teams      []DeclaredTeam
	APIKeys    []DeclaredAPIKey
}

// CheckDeclared reports all problems of a declaration at once, each with its path in the
// file. It changes nothing.
func (s *Service) CheckDeclared(d Declared) error {
	const op = "identity.Declare"
	x, err := s.loaded(op)
	if err != nil {
		return err
	}
	_, err = s.checkDeclaredAPIKeys(op, x, d.APIKeys)
	return errors.Join(checkDeclaredWorkspaces(op, d.Workspaces), checkDeclaredTeams(op, x, d), err)
}

// Declare makes the store match the declaration, after the checks of CheckDeclared.
func (s *Service) Declare(ctx context.Context, d Declared) error {
	const op = "identity.Declare"
	s.write.Lock()
	defer s.write.Unlock()
	x, err := s.beginChange(ctx, op)
	if err != nil {
		return err
	}
	keys, err := s.checkDeclaredAPIKeys(op, x, d.APIKeys)
	if err := errors.Join(checkDeclaredWorkspaces(op, d.Workspaces), checkDeclaredTeams(op, x, d), err); err != nil {
		return err
	}
	if err := s.declareWorkspaces(ctx, x, d.Workspaces); err != nil {
		return err
	}
	if err := s.dropUndeclaredAPIKeys(ctx, x, d.APIKeys); err != nil {
		return err
	}
	if err := s.declareTeams(ctx, x, d); err != nil {
		return err
	}
	for i, declared := range d.APIKeys {
		if err := s.declareAPIKey(ctx, x, keys[i], declared); err != nil {
			return err
		}
	}
	return s.dropUndeclaredTeams(ctx, x, d.Teams)
}

// workspaceOrDefault is the name of a workspace that a declaration may leave out.
func workspaceOrDefault(name string) string { return cmp.Or(name, gateway.DefaultWorkspace) }

// refuseDeclared is a conflict at one field of the file.
func refuseDeclared(op, field, problem string) *gateway.Error {
	return &gateway.Error{Op: op, Kind: gateway.Conflict, Param: field, Public: "The field '" + field + "'" + problem}
}
