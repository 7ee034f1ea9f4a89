package provider

import (
	"net/http"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect"
	"github.com/sluicegate/sluice/gateway/dialect/responses"
	"github.com/sluicegate/sluice/gateway/dialect/vendorerror"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// responsesCodec is the codec of vendors with OpenAI's format that offer the Responses API too.
type responsesCodec struct{ vendor Vendor }

// uncountedResponse removes the fields that a config may add and that input_tokens refuses.
var uncountedResponse = []jsonx.Change{{Name: "max_output_tokens"}, {Name: "temperature"}, {Name: "top_p"}, {Name: "stream"},
	{Name: "store"}, {Name: "metadata"}, {Name: "service_tier"}, {Name: "user"}, {Name: "include"}, {Name: "background"}}

func (*responsesCodec) Format() dialect.Format { return responses.Dialect{} }

func (c *responsesCodec) Request(t *gateway.Target, req *gateway.Request) (*http.Request, error) {
	path, body := "/responses", responses.WithoutSealed(req.Raw)
	if req.Op == gateway.OpCountTokens {
		path, body = path+"/input_tokens", jsonx.Update(body, uncountedResponse...)
	}
	to, err := endpoint(&c.vendor, t, req.Model(), path)
	if err != nil {
		return nil, err
	}
	return newPost(to, body, req.Stream()), nil
}

func (c *responsesCodec) Decoder(req *gateway.Request) Decoder {
	return responses.NewDecoder(c.vendor.ID, req)
}

func (c *responsesCodec) Error(status int, header http.Header, body []byte) *gateway.Error {
	return vendorerror.FromStatus(c.vendor.ID, status, header, body)
}
