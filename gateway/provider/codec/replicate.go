package codec

import (
	"net/http"
	"strings"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect"
	"github.com/sluicegate/sluice/gateway/dialect/replicate"
	"github.com/sluicegate/sluice/gateway/dialect/vendorerror"
	"github.com/sluicegate/sluice/gateway/provider/vendor"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// replicateCodec is the codec of Replicate's predictions. A prediction takes several calls: see
// [replicateCodec.RoundTrip].
type replicateCodec struct{ vendor vendor.Vendor }

func (*replicateCodec) Format() dialect.TargetFormat { return replicate.Dialect{} }

func (c *replicateCodec) Request(t *gateway.Target, req *gateway.Request) (*http.Request, []byte, error) {
	return c.post(t, req.Model(), req.Raw, !req.Stream())
}

// post begins a prediction, and may wait for its end. A model is "owner/name", "deployments/owner/name",
// or "owner/name:version".
func (c *replicateCodec) post(t *gateway.Target, model string, body []byte, wait bool) (*http.Request, []byte, error) {
	name, version, versioned := strings.Cut(model, ":")
	parts := strings.Split(name, "/")
	bad := len(parts) != 2 && !(len(parts) == 3 && parts[0] == "deployments" && !versioned) || versioned && !isSegment(version)
	for _, part := range parts {
		bad = bad || !isSegment(part)
	}
	if bad {
		return nil, nil, badModel("codec.replicateCodec.post", t, "owner/name, deployments/owner/name or owner/name:version")
	}
	path := "/models/" + name + "/predictions"
	switch {
	case versioned:
		path, body = "/predictions", jsonx.Update(body, jsonx.Change{Name: "version", Value: jsonx.Quote(version)})
	case len(parts) == 3:
		path = "/" + name + "/predictions"
	}
	to, err := c.vendor.Endpoint(t, "", path)
	if err != nil {
		return nil, nil, err
	}
	r := NewPost(to, body, false)
	if wait {
		r.Header.Set("Prefer", "wait=60") // the longest that there is
	}
	return r, body, nil
}

func (c *replicateCodec) Decoder(*gateway.Request) Decoder { return replicate.NewDecoder(c.vendor.ID) }

func (c *replicateCodec) Error(status int, header http.Header, body []byte) *gateway.Error {
	return vendorerror.FromStatus(c.vendor.ID, status, header, body)
}
