package route

import (
	"strings"

	"github.com/sluicegate/sluice/gateway"
)

// allows reports whether t's virtual key lets model through.
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

// forbidden is the refusal of a model that is not on a virtual key's list.
func modelNotAllowed(t *gateway.Target, model string) *gateway.Error {
	public := "The virtual key '" + t.VirtualKey + "' does not allow the model '" + truncate(model) + "'. It allows: " + strings.Join(t.Models[:min(len(t.Models), 10)], ", ")
	if len(t.Models) > 10 {
		public += " …"
	}
	return &gateway.Error{Op: "route.Configure", Kind: gateway.Exhausted, Type: "model_not_allowed_error", Param: "model", Target: t.Path, Public: public + "."}
}

// permit refuses a model that no target of the plan allows. Where some do, Router passes
// over the others.
func (s *Service) checkModelAllowed(p *gateway.Plan, model string) error {
	var no *gateway.Error
	for t := range p.Root.Targets() {
		m := t.Sends(model)
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
