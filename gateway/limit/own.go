package limit

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/policy"
)

// maxOwn bounds the limits of one key: each is asked for each of its calls.
const maxOwn = 64

// Own lists the limits of one API key or virtual key as SetOwn took them, by name. Those of a key
// that the server's file declares are listed by the workspace and the name of the key.
func (s *Service) Own(workspace string, owner policy.Owner) []Rule {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := slices.Clone(s.declared)
	for _, r := range s.stored {
		out = append(out, r)
	}
	out = slices.DeleteFunc(out, func(r Rule) bool { return r.Owner != owner || r.Workspace != workspace })
	for i := range out {
		out[i].Conditions = out[i].Conditions[1:]
	}
	slices.SortFunc(out, func(a, b Rule) int { return strings.Compare(a.Name, b.Name) })
	return out
}

// CheckOwn refuses limits that SetOwn would not take. at is the field that holds the list.
func CheckOwn(at string, rules []Rule) error {
	const op = "limit.CheckOwn"
	if len(rules) > maxOwn {
		return gateway.InvalidField(op, at, "A key has at most "+strconv.Itoa(maxOwn)+" limits of its own.")
	}
	seen := map[string]bool{}
	for i, r := range rules {
		field := at + "[" + strconv.Itoa(i) + "]"
		r.Name = "own"
		if err := r.Validate(); err != nil {
			e := *gateway.AsError(err)
			e.Param = field + "." + e.Param
			return &e
		}
		name := r.ownName()
		if seen[name] {
			return gateway.InvalidField(op, field, "The field '"+field+"' limits what another entry limits already.")
		}
		seen[name] = true
	}
	return nil
}

// SetOwn replaces the limits of one API key or virtual key. workspace is that of a virtual key;
// "" for an API key, whose limits hold in every workspace that it enters. Their conditions come on top of the one
// that names the owner. What a limit has counted goes on counting as long as its kind, its unit
// and its conditions stay.
func (s *Service) SetOwn(ctx context.Context, workspace string, owner policy.Owner, rules []Rule) error {
	if err := CheckOwn("rate_limits", rules); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	before := map[string]Rule{}
	for _, r := range s.stored {
		if r.Owner == owner && r.Workspace == workspace {
			before[r.Name] = r
		}
	}
	now := s.cfg.Now().UTC()
	put := make([]Rule, len(rules))
	for i, r := range rules {
		r.Name = r.ownName()
		r.Workspace, r.Owner, r.UpdatedAt = workspace, owner, now
		r.Conditions = append([]policy.Condition{{Key: owner.Attribute, Values: policy.Values{owner.ID}}}, r.Conditions...)
		r.ID, r.CreatedAt = before[r.Name].ID, before[r.Name].CreatedAt
		if r.ID == "" {
			r.ID, r.CreatedAt = s.cfg.NewID(now), now
		}
		put[i] = r
		delete(before, r.Name)
	}
	var remove []string
	for _, r := range before {
		remove = append(remove, r.ID)
	}
	if len(put)+len(remove) == 0 {
		return nil
	}
	return s.change(ctx, put, remove)
}

// ownName tells the limits of one key apart: "requests rpm", "tokens rpd model=gpt-5".
func (r *Rule) ownName() string {
	name := string(r.Kind)
	if r.Unit != "" {
		name += " " + string(r.Unit)
	}
	for _, c := range r.Conditions {
		name += " " + string(c.Key) + "=" + strings.Join(c.Values, ",")
	}
	return name
}
