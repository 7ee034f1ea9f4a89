package route

import (
	"context"
	"encoding/json"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/route/document"
)

// Declare replaces the configs that the server's file owns. declared maps a workspace's id
// to its configs by slug. A config that the file no longer declares is deleted. If one
// config is invalid, or its slug belongs to a config made through the API, nothing is
// written.
func (s *Service) Declare(ctx context.Context, declared map[string]map[string]json.RawMessage) error {
	const op = "route.Declare"
	for workspace, configs := range declared {
		for slug, raw := range configs {
			if err := checkSlug(op, slug); err != nil {
				return err
			}
			if problems := s.Validate(raw); len(problems) > 0 {
				e := document.Invalid(op, "The config '"+slug+"' of the file", problems)
				e.Err = &InvalidConfig{Problems: problems}
				return e
			}
			if old, err := s.cfg.Configs.Config(ctx, workspace, slug); err == nil && !old.FromFile {
				return &gateway.Error{Op: op, Kind: gateway.Conflict, Param: slug,
					Public: "The config '" + slug + "' of the file exists already and was made through the API: delete that one, or rename the file's."}
			}
		}
	}
	for workspace, configs := range declared {
		old, err := s.cfg.Configs.Configs(ctx, workspace)
		if err != nil {
			return err
		}
		for _, o := range old {
			if _, kept := configs[o.Slug]; kept || !o.FromFile {
				continue
			}
			if err := s.cfg.Configs.DeleteConfig(ctx, workspace, o.Slug); err != nil {
				return err
			}
			s.saved.invalidate(workspace, o.Slug)
		}
		for slug, raw := range configs {
			if _, err := s.write(ctx, Saved{Workspace: workspace, Slug: slug, Name: slug, Config: raw, FromFile: true}); err != nil {
				return err
			}
		}
	}
	return nil
}
