package identity

import (
	"context"
	"errors"
	"fmt"

	"github.com/sluicegate/sluice/gateway"
)

// DeclaredWorkspace is a workspace of the server's file. Without a config the file only
// ensures that the workspace exists.
type DeclaredWorkspace struct {
	Name   string
	Config string // slug of the default config, ""
}

func checkDeclaredWorkspaces(op string, list []DeclaredWorkspace) error {
	var problems []error
	seen := map[string]bool{}
	for i, n := range list {
		at := fmt.Sprintf("workspaces[%d].", i)
		if e := gateway.CheckName(op, at+"name", n.Name); e != nil {
			problems = append(problems, e)
		} else if seen[n.Name] {
			problems = append(problems, gateway.InvalidField(op, at+"name", "The field '"+at+"name' declares the workspace '"+n.Name+"' a second time."))
		}
		if e := checkSlug(op, at+"config", n.Config); e != nil {
			problems = append(problems, e)
		}
		seen[n.Name] = true
	}
	return errors.Join(problems...)
}

// declareWorkspaces creates the declared workspaces and sets their default configs. A
// default config that the file no longer declares is removed; its workspace stays.
func (s *Service) declareWorkspaces(ctx context.Context, x *index, list []DeclaredWorkspace) error {
	declared := map[string]string{}
	for _, n := range list {
		declared[n.Name] = n.Config
	}
	for _, known := range x.allWorkspaces() {
		if known.ConfigFromFile && declared[known.Name] == "" {
			w := *known
			w.Config, w.ConfigFromFile = "", false
			if err := s.putWorkspace(ctx, w); err != nil {
				return err
			}
		}
	}
	for _, n := range list {
		known, err := s.ensureWorkspace(ctx, n.Name)
		if err != nil {
			return err
		}
		if n.Config == "" || known.ConfigFromFile && known.Config == n.Config {
			continue
		}
		w := *known
		w.Config, w.ConfigFromFile = n.Config, true
		if err := s.putWorkspace(ctx, w); err != nil {
			return err
		}
	}
	return nil
}
