package pricing

import (
	"context"
	"iter"
	"slices"

	"github.com/sluicegate/sluice/gateway"
)

// check refuses a rule that cannot be meant, that names what does not exist, or that can concern no
// call. It puts the ids of a team and a provider in place of other names for them, and no model in
// place of a pattern for all.
func (s *Service) check(ctx context.Context, r *Rule) error {
	const op = "pricing.check"
	if err := r.Validate(); err != nil {
		return err
	}
	if r.Model == "*" {
		r.Model = ""
	}
	if r.Team != "" {
		id, err := s.cfg.Directory.Team(ctx, r.Workspace, r.Team)
		if err != nil {
			return err
		}
		if id == "" {
			return gateway.InvalidField(op, "team", "There is no team '"+r.Team+"' in this workspace.")
		}
		r.Team = id
	}
	if r.Provider != "" {
		id, ok := s.cfg.Directory.Provider(r.Provider)
		if !ok {
			return gateway.InvalidField(op, "provider", "There is no provider '"+r.Provider+"'.")
		}
		r.Provider = id
	}
	keys, err := s.cfg.Directory.VirtualKeys(ctx, r.Workspace)
	if err != nil {
		return err
	}
	if r.VirtualKey != "" {
		keys = slices.DeleteFunc(slices.Clone(keys), func(k gateway.VirtualKey) bool { return k.Name != r.VirtualKey })
		if len(keys) == 0 {
			return gateway.InvalidField(op, "virtual_key", "There is no virtual key '"+r.VirtualKey+"'.")
		}
		if r.Provider != "" {
			if keys = slices.DeleteFunc(keys, func(k gateway.VirtualKey) bool { return k.Provider != r.Provider }); len(keys) == 0 {
				return gateway.InvalidField(op, "provider", "The virtual key '"+r.VirtualKey+"' is one of another provider: the rule would match nothing.")
			}
		}
	}
	if r.Model != "" && !s.callable(r, keys) {
		return gateway.InvalidField(op, "model", "No model that '"+r.Model+"' stands for "+r.lack()+": the rule would match nothing.")
	}
	return nil
}

// lack says what the models of a rule that can concern no call do not have.
func (r *Rule) lack() string {
	if r.Factor != nil {
		return "has a known price to multiply"
	}
	return "is one of the models of the virtual key"
}

// callable reports whether the rule's model stands for one that it can price. A factor needs a
// known price. A price of its own may be that of any model that the virtual keys take.
func (s *Service) callable(r *Rule, keys []gateway.VirtualKey) bool {
	fixed := r.Price != nil
	if fixed && r.VirtualKey == "" {
		return true
	}
	for _, k := range keys {
		if r.Provider != "" && k.Provider != r.Provider {
			continue
		}
		if fixed && len(k.Models) == 0 || !fixed && hasKey(k.Prices, "*") || slices.ContainsFunc(k.Models, r.matches) {
			return true
		}
		for model := range k.Prices {
			if r.matches(model) {
				return true
			}
		}
		if len(k.Models) == 0 && s.cfg.Directory.Priced(k.Provider, r.Model) {
			return true
		}
	}
	return r.VirtualKey == "" && s.cfg.Directory.Priced(r.Provider, r.Model)
}

func hasKey(p gateway.Prices, model string) bool {
	_, ok := p[model]
	return ok
}

// conflict refuses a rule that has the name or the selectors of another one.
func conflict(r *Rule, others iter.Seq[Rule]) error {
	for o := range others {
		what, param := "", ""
		switch {
		case !r.Declared && o.ID == r.ID: // itself
			continue
		case o.selectors() == r.selectors():
			what, param = "The price rule '"+o.Name+"' is for the same calls", "model"
		case o.Workspace == r.Workspace && o.Name == r.Name:
			what, param = "There is a price rule '"+o.Name+"' already", "name"
		default:
			continue
		}
		if o.Declared {
			what += ", in the server's file"
		}
		return &gateway.Error{Op: "pricing.conflict", Kind: gateway.Conflict, Param: param, Public: what + "."}
	}
	return nil
}
