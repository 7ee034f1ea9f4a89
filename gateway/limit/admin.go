package limit

import (
	"context"
	"slices"
	"strings"

	"github.com/sluicegate/sluice/gateway"
)

// maxRules bounds the rules of one workspace, and those of all workspaces: what is asked for each
// call has to stay short.
const maxRules = 500

// Rules lists the rules of a workspace, and those of all workspaces, by name. The limits of keys
// are not among them.
func (s *Service) Rules(workspace string) []Rule {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := slices.Clone(s.declared)
	for _, r := range s.stored {
		out = append(out, r)
	}
	out = slices.DeleteFunc(out, func(r Rule) bool {
		return r.Owner.Attribute != "" || r.Workspace != "" && r.Workspace != workspace
	})
	slices.SortFunc(out, func(a, b Rule) int {
		return strings.Compare(a.Name+"\x00"+a.ID, b.Name+"\x00"+b.ID)
	})
	return out
}

// Rule is one of Rules, by id.
func (s *Service) Rule(workspace, id string) (Rule, error) {
	for _, r := range s.Rules(workspace) {
		if r.ID == id {
			return r, nil
		}
	}
	return Rule{}, &gateway.Error{Op: "limit.Rule", Kind: gateway.NotFound, Param: "id", Public: "There is no rate limit '" + id + "'."}
}

// Put stores a rule, under a new id if it has none. Its counters go on.
func (s *Service) Put(ctx context.Context, r Rule) (Rule, error) {
	const op = "limit.Put"
	if err := r.Validate(); err != nil {
		return Rule{}, err
	}
	scope := r.scope()
	if err := scope.CheckExists(ctx, s.cfg.Exists); err != nil {
		return Rule{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	r.UpdatedAt = s.cfg.Now().UTC()
	if r.ID == "" {
		if s.count(r.Workspace) >= maxRules {
			return Rule{}, &gateway.Error{Op: op, Kind: gateway.Conflict, Public: "The workspace has 500 rate limits, which is the most. One limit with group_by may take the place of many."}
		}
		r.ID, r.CreatedAt = s.cfg.NewID(r.UpdatedAt), r.UpdatedAt
	}
	if err := s.change(ctx, []Rule{r}, nil); err != nil {
		return Rule{}, err
	}
	return r, nil
}

// Delete deletes a rule and forgets nothing else: what was counted runs out by itself.
func (s *Service) Delete(ctx context.Context, id string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.change(ctx, nil, []string{id})
}

// change writes to the store, then to what is asked. The caller holds mu.
func (s *Service) change(ctx context.Context, put []Rule, remove []string) error {
	if err := s.cfg.Store.ChangeRateLimits(ctx, put, remove); err != nil {
		return err
	}
	for _, r := range put {
		s.stored[r.ID] = r
	}
	for _, id := range remove {
		delete(s.stored, id)
	}
	s.publish()
	return nil
}

// count is how many rules of their own a workspace has. The caller holds mu.
func (s *Service) count(workspace string) int {
	n := 0
	for _, r := range s.stored {
		if r.Owner.Attribute == "" && r.Workspace == workspace {
			n++
		}
	}
	return n
}
