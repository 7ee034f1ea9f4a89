package codec

import (
	"cmp"
	"net/http"
	"net/url"
	"strings"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/provider/vendor"
)

// ModelsRequest returns the call for the list of models in a format, not signed yet.
func ModelsRequest(v *vendor.Vendor, t *gateway.Target, format string) (*http.Request, error) {
	to, err := modelsURL(v, t, format)
	if err != nil {
		return nil, err
	}
	r := newCall(http.MethodGet, to)
	if format == gateway.FormatMessages {
		r.Header.Set("Anthropic-Version", anthropicVersion)
	}
	return r, nil
}

// modelsURL is the URL of the list of models in a format.
func modelsURL(v *vendor.Vendor, t *gateway.Target, format string) (*url.URL, error) {
	if v.Scheme == vendor.SchemeGoogle {
		return vertexURL(v, t, "/models")
	}
	switch format {
	case gateway.FormatMessages:
		return v.Endpoint(withoutVersion(t), "", "/v1/models")
	case gateway.FormatGemini:
		return v.Endpoint(withGoogleVersion(v, t), "", "/models")
	}
	if api := nativeOf(v); api != nil && format == api.format.Name() {
		return v.Endpoint(t, "", api.models)
	}
	own := *v // its models stand beside its deployments
	own.Quirks.DeploymentPath = strings.TrimSuffix(v.Quirks.DeploymentPath, "/deployments/{model}")
	return own.Endpoint(t, "", cmp.Or(v.Quirks.ModelsPath, "/models"))
}
