package route

import (
	"context"
	"strings"

	"github.com/sluicegate/sluice/gateway"
)

// Validate tells everything that is wrong with a config that is to be saved, nil if
// nothing is. It asks for no store and no virtual key.
func (s *Service) Validate(raw []byte) []Problem {
	_, problems := s.parse(raw, true)
	return problems
}

// InvalidConfig is the inner error of a refused config: all its problems.
type InvalidConfig struct{ Problems []Problem }

func (e *InvalidConfig) Error() string {
	var b strings.Builder
	for i, p := range e.Problems {
		if i > 0 {
			b.WriteString("; ")
		}
		b.WriteString(p.String())
	}
	return b.String()
}

// Configs lists a workspace's saved configs; workspace "" is by's own.
func (s *Service) Configs(ctx context.Context, by *gateway.Principal, workspace string) ([]Saved, error) {
	workspace, err := authorize(by, workspace, false)
	if err != nil {
		return nil, err
	}
	return s.Editor().Configs(ctx, workspace)
}

// Config gives the newest version of a slug.
func (s *Service) Config(ctx context.Context, by *gateway.Principal, workspace, slug string) (Saved, error) {
	workspace, err := authorize(by, workspace, false)
	if err != nil {
		return Saved{}, err
	}
	return s.Editor().Config(ctx, workspace, slug)
}

// PutConfig creates a config or gives it a new version.
func (s *Service) PutConfig(ctx context.Context, by *gateway.Principal, c Saved) (Saved, error) {
	workspace, err := authorize(by, c.Workspace, true)
	if err != nil {
		return Saved{}, err
	}
	c.Workspace = workspace
	return s.Editor().PutConfig(ctx, c)
}

// DeleteConfig removes a slug.
func (s *Service) DeleteConfig(ctx context.Context, by *gateway.Principal, workspace, slug string) error {
	workspace, err := authorize(by, workspace, true)
	if err != nil {
		return err
	}
	return s.Editor().DeleteConfig(ctx, workspace, slug)
}

// permitted is the workspace that by may read or write. Of another one not even the
// existence is told.
func authorize(by *gateway.Principal, workspace string, write bool) (string, error) {
	const op = "route.permitted"
	switch {
	case by == nil:
		return "", &gateway.Error{Op: op, Kind: gateway.Unauthorized, Public: "An API key is needed."}
	case workspace == "":
		workspace = by.Workspace
	case !by.Sees(workspace):
		return "", &gateway.Error{Op: op, Kind: gateway.NotFound, Param: "workspace", Public: "There is no such workspace."}
	}
	if write && !by.May(gateway.ConfigsWrite) {
		return "", &gateway.Error{Op: op, Kind: gateway.Forbidden, Public: "Configs are changed by admins and owners."}
	}
	return workspace, nil
}
