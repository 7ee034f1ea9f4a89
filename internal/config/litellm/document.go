package litellm

import (
	"encoding/json"

	"github.com/sluicegate/sluice/gateway"
)

// target is an object of a config document (docs/routing.md).
type target struct {
	Name     string                     `json:"name,omitempty"`
	Strategy *strategy                  `json:"strategy,omitempty"`
	Targets  []target                   `json:"targets,omitempty"`
	Provider string                     `json:"provider,omitempty"`
	Key      string                     `json:"virtual_key,omitempty"`
	Weight   *float64                   `json:"weight,omitempty"`
	OnErrors []string                   `json:"on_errors,omitempty"`
	Retry    *int                       `json:"retry,omitempty"`
	Timeout  int64                      `json:"request_timeout,omitempty"`
	Default  map[string]json.RawMessage `json:"default_params,omitempty"`
	Override map[string]string          `json:"override_params,omitempty"`
	Drop     []string                   `json:"drop_params,omitempty"`
}

type strategy struct {
	Mode     gateway.Mode `json:"mode"`
	Failover bool         `json:"failover,omitempty"`
}

// fallbackOver asks the targets in turn.
func fallbackOver(targets []target) target {
	return target{Strategy: &strategy{Mode: gateway.ModeFallback}, Targets: targets}
}

// only is a config around one target.
func only(t target) target {
	return target{Strategy: &strategy{Mode: gateway.ModeSingle}, Targets: []target{t}}
}

// withModel returns t with a model for every leaf that has none.
func withModel(t target, model string) target {
	if t.Strategy == nil {
		if t.Override["model"] == "" {
			t.Override = map[string]string{"model": model}
		}
		return t
	}
	targets := make([]target, len(t.Targets))
	for i := range t.Targets {
		targets[i] = withModel(t.Targets[i], model)
	}
	t.Targets = targets
	return t
}
