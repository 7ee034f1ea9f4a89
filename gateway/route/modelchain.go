package route

import (
	"strconv"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/route/document"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// chain returns the models of the fields "models" (OpenRouter) and "fallbacks" (LiteLLM, and
// Messages at OpenRouter), in the order in which they are tried, each once.
func (f *gatewayFields) chain() ([]string, error) {
	var out []string
	seen := map[string]bool{}
	for _, field := range []string{"models", "fallbacks"} {
		raw := f.given(field)
		if raw == nil {
			continue
		}
		entries, err := chainEntries(field, raw, f.model)
		if err != nil {
			return nil, err
		}
		for _, model := range entries {
			if !seen[model] {
				seen[model] = true
				out = append(out, model)
			}
		}
	}
	if len(out) >= document.MaxTargets {
		return nil, gateway.InvalidField("route.Configure", f.chainField(), "The field '"+f.chainField()+"' lists too many models: at most "+strconv.Itoa(document.MaxTargets-1)+".")
	}
	return out, nil
}

// chainField is the field that lists models to try.
func (f *gatewayFields) chainField() string {
	if f.given("models") != nil {
		return "models"
	}
	return "fallbacks"
}

// chainEntries reads a list of models, each a string, {"model": name} or {asked: [name, …]},
// which counts if asked is the model of the request.
func chainEntries(field string, raw []byte, asked string) ([]string, error) {
	if !isList(raw) {
		return nil, gateway.InvalidField("route.Configure", field, "The field '"+field+"' must be a list of models.")
	}
	var out []string
	for e := range jsonx.Elements(raw) {
		at := field + "[" + strconv.Itoa(e.Index) + "]"
		if e.Value[0] != '{' {
			model, err := chainModel(at, e.Value)
			if err != nil {
				return nil, err
			}
			out = append(out, model)
			continue
		}
		for m := range jsonx.Members(e.Value) {
			switch {
			case m.Key == "model":
				model, err := chainModel(at+".model", m.Value)
				if err != nil {
					return nil, err
				}
				out = append(out, model)
			case isList(m.Value) && m.Key == asked:
				models, err := chainEntries(at+"."+gateway.Shorten(m.Key), m.Value, "")
				if err != nil {
					return nil, err
				}
				out = append(out, models...)
			case isList(m.Value) && m.Key != "messages": // for another model
			default:
				return nil, gateway.InvalidField("route.Configure", at+"."+gateway.Shorten(m.Key),
					"The field '"+at+"."+gateway.Shorten(m.Key)+"' is not supported: a model to fall back on gets the same request. Use a config with override_params for more.")
			}
		}
	}
	return out, nil
}

// chainModel reads one model.
func chainModel(at string, raw []byte) (string, error) {
	if raw[0] != '"' || len(raw) == len(`""`) {
		return "", gateway.InvalidField("route.Configure", at, "The field '"+at+"' must be the name of a model.")
	}
	model := jsonx.String(raw)
	if vk, rest, ok := document.CutVirtualKey(model); ok && (vk == "" || rest == "") {
		return "", gateway.InvalidField("route.Configure", at, "The field '"+at+"' must be '@virtual-key/model', not '"+gateway.Shorten(model)+"'.")
	}
	return model, nil
}
