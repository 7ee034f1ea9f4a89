package router

import (
	"strings"

	"github.com/sluicegate/sluice/gateway"
)

// NoProvider returns the error for a request that names no provider.
func NoProvider(model string) *gateway.Error {
	const op = "route.Configure"
	what := "No provider is named for this request. Write the model as '@virtual-key/model' or 'vendor/model'"
	if head, _, ok := strings.Cut(model, "/"); ok {
		what = "No provider is named for the model '" + gateway.Shorten(model) + "', and '" + gateway.Shorten(head) + "' is none that Sluice knows. Write the model as '@virtual-key/" + gateway.Shorten(model) + "'"
	} else if model != "" {
		what = "No provider is named for the model '" + gateway.Shorten(model) + "'. Write it as '@virtual-key/" + gateway.Shorten(model) + "' or 'vendor/" + gateway.Shorten(model) + "'"
	}
	e := gateway.InvalidField(op, "model", what+", send the header x-sluice-virtual-key or x-sluice-provider, or use a config with targets.")
	e.Code = "no_provider"
	return e
}
