// Package allow says whether a call may use a target and a model: the list of models of the
// target's virtual key, and the virtual keys and models of the caller's API key. Every field of
// the final body by which a vendor may choose a model counts.
package allow

import (
	"context"
	"slices"
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
	public := "The virtual key '" + t.VirtualKey + "' does not allow the model '" + gateway.Shorten(model) + "'. It allows: " + strings.Join(t.Models[:min(len(t.Models), 10)], ", ")
	if len(t.Models) > 10 {
		public += " …"
	}
	return &gateway.Error{Op: "route.Configure", Kind: gateway.Exhausted, Type: "model_not_allowed_error", Param: "model", Target: t.Path, Public: public + "."}
}

// modelsAt are the models that a request asks at t, as Models of a dialect tells. What a vendor does after
// the call names deployments.
func modelsAt(t *gateway.Target, req *gateway.Request) (names []string, readable bool) {
	names, readable = req.Dialect.Models(req.Raw)
	if req.Pass != nil && req.Pass.Work != nil {
		for i := range names {
			names[i] = t.Settings.ModelOf(names[i])
		}
	}
	return names, readable
}

// Models returns an error if the final body names a model that t's virtual key does not
// allow, in any field by which a vendor may choose one.
func Models(t *gateway.Target, req *gateway.Request) error {
	if len(t.Models) == 0 {
		return nil
	}
	names, readable := modelsAt(t, req)
	if !readable {
		e := gateway.InvalidField("router.call", "model", "The virtual key '"+t.VirtualKey+"' allows some models only, and a field that chooses a model holds something that is no name of a model.")
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

// Caller returns an error if the caller's API key may not use the target, or a model that
// the final body names in any field.
func Caller(by *gateway.Principal, t *gateway.Target, req *gateway.Request) error {
	const op = "router.call"
	if by == nil {
		return nil
	}
	if by.VirtualKeys != nil && !slices.Contains(by.VirtualKeys, t.VirtualKey) {
		return &gateway.Error{Op: op, Kind: gateway.Forbidden, Code: "virtual_key_not_allowed", Param: "virtual_key", Target: t.Path,
			Public: "This API key may use the virtual keys " + gateway.Shorten(strings.Join(by.VirtualKeys, ", ")) + " only."}
	}
	if by.Models == nil {
		return nil
	}
	names, readable := modelsAt(t, req)
	if !readable {
		e := gateway.InvalidField(op, "model", "This API key may use some models only, and a field that chooses a model holds something that is no name of a model.")
		e.Target = t.Path
		return e
	}
	for _, m := range names {
		if !by.Models.Allow(t, m) {
			return &gateway.Error{Op: op, Kind: gateway.Exhausted, Type: "model_not_allowed_error", Code: "model_not_allowed", Param: "model", Target: t.Path,
				Public: "This API key may not use the model '" + gateway.Shorten(m) + "'."}
		}
	}
	return nil
}

// Permit returns the stage that refuses a request whose first target the caller's API key may not
// use. It stands before the cache, which would answer without any attempt. The router asks again
// for each target that it calls.
func Permit() gateway.Stage {
	return gateway.Stage{Name: "permit", Wrap: func(next gateway.Handler) gateway.Handler {
		return func(ctx context.Context, ex *gateway.Exchange) (gateway.Stream, error) {
			by := ex.Principal
			if by == nil || by.Models == nil && by.VirtualKeys == nil || ex.Plan == nil {
				return next(ctx, ex)
			}
			for _, t := range ex.Plan.Root.Primary() {
				if t.Provider == "" {
					continue // the router says what is missing
				}
				req, err := t.Apply(ex.Request)
				if err == nil {
					err = Caller(by, t, req)
				}
				if err != nil {
					return nil, err
				}
			}
			return next(ctx, ex)
		}
	}}
}

// Plan returns an error if no target of the plan allows model. If only some
// targets allow it, the router skips the others.
func Plan(p *gateway.Plan, model string) error {
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
