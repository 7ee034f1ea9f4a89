package codec

import (
	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/workersai"
	"github.com/sluicegate/sluice/gateway/provider/vendor"
)

// For returns the codec of a vendor for a format.
func For(v *vendor.Vendor, format string) Codec {
	switch {
	case v.Scheme == vendor.SchemeGoogle:
		return newVertexCodec(v, format)
	case v.Scheme == vendor.SchemeAWS:
		return newBedrockCodec(v, format)
	case v.Format == vendor.FormatByModel && format == gateway.FormatMessages:
		return &foundryClaude{anthropicCodec{*v}}
	case v.Format == vendor.FormatReplicate && format == v.OwnFormat(""):
		return &replicateCodec{*v}
	case v.RunPath != "" && format == workersai.Dialect{}.Name():
		return &runCodec{*v}
	case nativeOf(v) != nil && format == v.OwnFormat(""):
		return &nativeCodec{*v, nativeOf(v)}
	}
	switch format {
	case gateway.FormatResponses:
		return &responsesCodec{*v}
	case gateway.FormatMessages:
		return &anthropicCodec{*v}
	case gateway.FormatGemini:
		return &googleCodec{*v}
	}
	return newOpenAICodec(*v)
}

// ReachedIn returns t with the base URL at which it is reached in a format.
func ReachedIn(v *vendor.Vendor, t *gateway.Target, name string) *gateway.Target {
	url, checked := t.Formats[name], t.CheckFormats
	if url == "" && t.BaseURL == "" {
		url, checked = v.Formats[name], false
	}
	if url == "" {
		return rooted(v, t, name)
	}
	c := *t
	c.BaseURL, c.CustomHost = url, checked
	return rooted(v, &c, name)
}
