package route

import (
	"context"
	"strings"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/route/document"
)

// Validate returns every problem of a config that is to be saved, or nil. It reads neither
// the store nor the virtual keys.
func (s *Service) Validate(raw []byte) []document.Problem {
	_, problems := s.cfg.Rules.Parse(raw, true)
	return problems
}

// InvalidConfig is the inner error of a refused config. It holds every problem.
type InvalidConfig struct{ Problems []document.Problem }

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

// Configs lists a workspace's saved configs. An empty workspace means the caller's own.
func (s *Service) Configs(ctx context.Context, by *gateway.Principal, workspace string) ([]Saved, error) {
	workspace, err := authorize(by, workspace, "")
	if err != nil {
		return nil, err
	}
	return s.Editor().Configs(ctx, workspace)
}

// Config returns the newest version of a slug.
func (s *Service) Config(ctx context.Context, by *gateway.Principal, workspace, slug string) (Saved, error) {
	workspace, err := authorize(by, workspace, "")
	if err != nil {
		return Saved{}, err
	}
	return s.Editor().Config(ctx, workspace, slug)
}

// PutConfig creates a config, or adds a version to an existing one.
func (s *Service) PutConfig(ctx context.Context, by *gateway.Principal, c Saved) (Saved, error) {
	workspace, err := authorize(by, c.Workspace, gateway.ConfigsUpdate)
	if err != nil {
		return Saved{}, err
	}
	c.Workspace = workspace
	return s.Editor().PutConfig(ctx, c)
}

// DeleteConfig removes a slug.
func (s *Service) DeleteConfig(ctx context.Context, by *gateway.Principal, workspace, slug string) error {
	workspace, err := authorize(by, workspace, gateway.ConfigsDelete)
	if err != nil {
		return err
	}
	return s.Editor().DeleteConfig(ctx, workspace, slug)
}

// authorize returns the workspace if by has the permission there; "" is reading. A workspace
// that by may not see is reported as not found.
func authorize(by *gateway.Principal, workspace string, need gateway.Permission) (string, error) {
	const op = "route.authorize"
	switch {
	case by == nil:
		return "", &gateway.Error{Op: op, Kind: gateway.Unauthorized, Public: "An API key is needed."}
	case workspace == "":
		workspace = by.Workspace
	case !by.Sees(workspace):
		return "", &gateway.Error{Op: op, Kind: gateway.NotFound, Param: "workspace", Public: "There is no such workspace."}
	}
	if need == "" {
		return workspace, nil
	}
	return workspace, gateway.Require(op, by, need)
}
