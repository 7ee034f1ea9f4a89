package route

import (
	"strings"

	"github.com/sluicegate/sluice/gateway"
)

// modelAllowed reports whether t's virtual key allows model.
func modelAllowed(t *gateway.Target, model string) bool {
	if len(t.Models) == 0 {
		return true
	}
	for _, m := range t.Models {
		if m == model {
			return true
		}
	}
	return false
}

// modelNotAllowed returns the error for a model that is not in the virtual key's list.
func modelNotAllowed(t *gateway.Target, model string) *gateway.Error {
	public := "The virtual key '" + t.VirtualKey + "' does not allow the model '" + truncate(model) + "'. It allows: " + strings.Join(t.Models[:min(len(t.Models), 10)], ", ")
	if len(t.Models) > 10 {
		public += " …"
	}
	return &gateway.Error{Op: "route.Configure", Kind: gateway.Exhausted, Type: "model_not_allowed_error", Param: "model", Target: t.Path, Public: public + "."}
}

// checkModels returns an error if the final body names a model that t's virtual key does not
// allow, in any field by which a vendor may choose one.
func checkModels(t *gateway.Target, req *gateway.Request) error {
	if len(t.Models) == 0 {
		return nil
	}
	names, readable := req.Dialect.Models(req.Raw)
	if !readable {
		e := gateway.InvalidField("route.Router", "model", "The virtual key '"+t.VirtualKey+"' allows some models only, and a field that chooses a model holds something that is no name of a model.")
		e.Target = t.Path
		return e
	}
	for _, m := range names {
		if !modelAllowed(t, m) {
			return modelNotAllowed(t, m)
		}
	}
	return nil
}

// checkModelAllowed returns an error if no target of the plan allows model. If only some
// targets allow it, the Router skips the others.
func (s *Service) checkModelAllowed(p *gateway.Plan, model string) error {
	var no *gateway.Error
	for t := range p.Root.Targets() {
		m := t.UpstreamModel(model)
		if t.Provider == "" || m == "" || modelAllowed(t, m) {
			return nil
		}
		if no == nil {
			no = modelNotAllowed(t, m)
		}
	}
	if no == nil {
		return nil
	}
	return no
}
