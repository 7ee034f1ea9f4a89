package keys

import (
	"context"
	"errors"
	"fmt"

	"github.com/sluicegate/sluice/gateway"
)

// DeclaredWorkspace is a workspace that the server's file names. Without a config the file
// only sees that it is there.
type DeclaredWorkspace struct {
	Name   string
	Config string // slug of the default config
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

// declareWorkspaces makes those of the file and gives them their default configs. One that
// the file gave and no longer gives is taken away; the workspace stays. The caller holds
// write and reloads.
func (s *Service) declareWorkspaces(ctx context.Context, b *book, list []DeclaredWorkspace) error {
	declared := map[string]string{}
	for _, n := range list {
		declared[n.Name] = n.Config
	}
	for i := range b.workspaces {
		if w := b.workspaces[i]; w.ConfigFromFile && declared[w.Name] == "" {
			w.Config, w.ConfigFromFile = "", false
			if err := s.store.PutWorkspace(ctx, w); err != nil {
				return err
			}
		}
	}
	for _, n := range list {
		known, err := s.workspaceNamed(ctx, b, n.Name)
		if err != nil {
			return err
		}
		w := *known
		if n.Config == "" || w.ConfigFromFile && w.Config == n.Config {
			continue
		}
		w.Config, w.ConfigFromFile = n.Config, true
		if err := s.store.PutWorkspace(ctx, w); err != nil {
			return err
		}
	}
	return nil
}
