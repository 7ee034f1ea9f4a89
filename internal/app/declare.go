package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/credential"
	"github.com/sluicegate/sluice/gateway/identity"
	"github.com/sluicegate/sluice/gateway/route"
	"github.com/sluicegate/sluice/internal/config"
	"github.com/sluicegate/sluice/internal/config/promptfile"
	sqlstore "github.com/sluicegate/sluice/internal/store/sql"
	"github.com/sluicegate/sluice/prompts"
)

// declareKeys applies the workspaces, API keys and virtual keys of the server's file. It
// checks all of them before it writes any, and reports all problems at once.
func declareKeys(ctx context.Context, cfg config.Config, callers *identity.Service, keyring *credential.Service) error {
	if err := errors.Join(callers.CheckDeclared(cfg.Identity), keyring.CheckDeclared(ctx, cfg.VirtualKeys)); err != nil {
		return err
	}
	if err := callers.Declare(ctx, cfg.Identity); err != nil {
		return err
	}
	return keyring.Declare(ctx, cfg.VirtualKeys)
}

// declare makes the stores match the file and the prompt folder.
func declare(ctx context.Context, cfg config.Config, callers *identity.Service, control *sqlstore.Store, router *route.Service, templates *prompts.Service) error {
	declared := map[string]map[string]json.RawMessage{}
	for _, c := range cfg.Configs {
		id, err := callers.WorkspaceNamed(ctx, c.Workspace)
		if err != nil {
			return err
		}
		if declared[id] == nil {
			declared[id] = map[string]json.RawMessage{}
		}
		declared[id][c.Slug] = c.Document
	}
	spaces, err := control.Workspaces(ctx)
	if err != nil {
		return err
	}
	for _, w := range spaces { // a workspace that the file no longer names loses its declared configs
		if declared[w.ID] == nil {
			declared[w.ID] = map[string]json.RawMessage{}
		}
	}
	if err := router.Declare(ctx, declared); err != nil {
		return err
	}
	groups := map[string][]route.Group{}
	for i, m := range cfg.Models {
		id, err := callers.WorkspaceNamed(ctx, m.Workspace)
		if err != nil {
			return err
		}
		if declared[id][m.Config] == nil {
			field := fmt.Sprintf("models[%d].config", i)
			return gateway.InvalidField("app.declare", field, "The field '"+field+"' names no config of the file: '"+m.Config+"'.")
		}
		groups[id] = append(groups[id], route.Group{Name: m.Name, Config: m.Config, Model: m.Model, Provider: m.Provider, Hidden: m.Hidden})
	}
	router.DeclareGroups(groups)
	files, problems := promptfile.ReadDir(cfg.PromptsDir)
	if len(problems) > 0 {
		return &config.Error{Problems: problems}
	}
	return templates.Declare(ctx, files, callers.WorkspaceNamed)
}
