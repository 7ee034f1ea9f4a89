package pricing

import (
	"context"
	"slices"
	"strings"

	"github.com/sluicegate/sluice/gateway"
)

// maxRules bounds the rules of one workspace, and those of all workspaces.
const maxRules = 500

// Rules lists the rules of a workspace, and those of all workspaces, by name.
func (s *Service) Rules(workspace string) []Rule {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := slices.DeleteFunc(s.all(), func(r Rule) bool { return r.Workspace != "" && r.Workspace != workspace })
	slices.SortFunc(out, func(a, b Rule) int { return strings.Compare(a.Name+"\x00"+a.ID, b.Name+"\x00"+b.ID) })
	return out
}

// Rule is one of Rules, by id.
func (s *Service) Rule(workspace, id string) (Rule, error) {
	for _, r := range s.Rules(workspace) {
		if r.ID == id {
			return r, nil
		}
	}
	return Rule{}, &gateway.Error{Op: "pricing.Rule", Kind: gateway.NotFound, Param: "id", Public: "There is no price rule '" + id + "'."}
}

// Put stores a rule, under a new id if it has none. It counts from the next attempt on.
func (s *Service) Put(ctx context.Context, r Rule) (Rule, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.check(ctx, &r); err != nil {
		return Rule{}, err
	}
	if err := conflict(&r, slices.Values(s.all())); err != nil {
		return Rule{}, err
	}
	r.UpdatedAt = s.cfg.Now().UTC()
	if r.ID == "" {
		n := 0
		for _, o := range s.stored {
			if o.Workspace == r.Workspace {
				n++
			}
		}
		if n >= maxRules {
			return Rule{}, &gateway.Error{Op: "pricing.Put", Kind: gateway.Conflict, Public: "The workspace has 500 price rules, which is the most. A pattern of models may take the place of many."}
		}
		r.ID, r.CreatedAt = s.cfg.NewID(r.UpdatedAt), r.UpdatedAt
	}
	if err := s.cfg.Store.PutPriceRule(ctx, r); err != nil {
		return Rule{}, err
	}
	s.stored[r.ID] = r
	s.publish()
	return r, nil
}

// Delete deletes a rule.
func (s *Service) Delete(ctx context.Context, id string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.cfg.Store.DeletePriceRule(ctx, id); err != nil {
		return err
	}
	delete(s.stored, id)
	s.publish()
	return nil
}

// Setting tells what becomes of models without a price in a workspace: nil = what the server's
// setting says. fromFile tells that the server's file sets it.
func (s *Service) Setting(workspace string) (setting *gateway.UnpricedModels, fromFile bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if u, ok := s.declaredUnpriced[workspace]; ok {
		return &u, true
	}
	if u, ok := s.unpriced[workspace]; ok {
		return &u, false
	}
	return nil, false
}

// SetUnpricedModels sets what becomes of models without a price in a workspace; nil = what the
// server's setting says.
func (s *Service) SetUnpricedModels(ctx context.Context, workspace string, to *gateway.UnpricedModels) error {
	const op = "pricing.SetUnpricedModels"
	if to != nil {
		if err := CheckPrice("unpriced_models", to.Ceiling); err != nil {
			return err
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, declared := s.declaredUnpriced[workspace]; declared {
		return &gateway.Error{Op: op, Kind: gateway.Conflict, Param: "unpriced_models", Public: "The server's file sets 'unpriced_models' of this workspace. Change it there."}
	}
	if err := s.cfg.Store.SetUnpricedModels(ctx, workspace, to); err != nil {
		return err
	}
	if to == nil {
		delete(s.unpriced, workspace)
	} else {
		s.unpriced[workspace] = *to
	}
	s.publish()
	return nil
}
