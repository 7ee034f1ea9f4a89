package identity

import (
	"context"
	"errors"
	"fmt"
	"reflect"

	"github.com/sluicegate/sluice/gateway"
)

// DeclaredWorkspace is a workspace of the server's file. What is empty is not the file's: an
// admin may set it.
type DeclaredWorkspace struct {
	Name   string
	Config string // slug of the default config, ""
	Compat gateway.Compat

	AccessGroups map[string][]string // all of them; nil = not declared
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
		if e := gateway.CheckCompat(op, at+"compat", n.Compat); e != nil {
			problems = append(problems, e)
		}
		if e := checkAccessGroups(op, at+"access_groups", n.AccessGroups); e != nil {
			problems = append(problems, e)
		}
		seen[n.Name] = true
	}
	return errors.Join(problems...)
}

// declareWorkspaces creates the declared workspaces and sets what the file declares of them. A
// setting that the file no longer declares is removed; its workspace stays.
func (s *Service) declareWorkspaces(ctx context.Context, x *index, list []DeclaredWorkspace) error {
	declared := map[string]DeclaredWorkspace{}
	for _, n := range list {
		declared[n.Name] = n
		if _, err := s.ensureWorkspace(ctx, n.Name); err != nil {
			return err
		}
	}
	for _, known := range x.allWorkspaces() {
		if w := declared[known.Name].settings(*known); !reflect.DeepEqual(w, *known) {
			if err := s.putWorkspace(ctx, w); err != nil {
				return err
			}
		}
	}
	return nil
}

// settings returns w with the settings that n declares, and without those that an earlier file
// declared.
func (n DeclaredWorkspace) settings(w Workspace) Workspace {
	if n.Config != "" || w.ConfigFromFile {
		w.Config, w.ConfigFromFile = n.Config, n.Config != ""
	}
	if n.Compat != "" || w.CompatFromFile {
		w.Compat, w.CompatFromFile = n.Compat, n.Compat != ""
	}
	if n.AccessGroups != nil || w.AccessGroupsFromFile {
		w.AccessGroups, w.AccessGroupsFromFile = n.AccessGroups, n.AccessGroups != nil
	}
	return w
}
