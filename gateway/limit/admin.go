package limit

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/policy"
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
	for i, c := range r.Conditions {
		if err := s.checkExists(ctx, r.Workspace, i, c); err != nil {
			return Rule{}, err
		}
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

// checkExists refuses a condition that names what is not there: the rule would match nothing.
func (s *Service) checkExists(ctx context.Context, workspace string, i int, c policy.Condition) error {
	if s.cfg.Exists == nil || c.Excludes {
		return nil
	}
	for _, value := range c.Values {
		if strings.HasSuffix(value, "*") {
			continue
		}
		known, err := s.cfg.Exists(ctx, workspace, c.Key, value)
		if err != nil {
			return err
		}
		if !known {
			return gateway.InvalidField("limit.Put", "conditions["+strconv.Itoa(i)+"].value", "There is no "+strings.ReplaceAll(string(c.Key), "_", " ")+" '"+value+"': the limit would match nothing.")
		}
	}
	return nil
}
