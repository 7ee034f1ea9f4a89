package codec

import (
	"net/http"
	"strings"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect"
	"github.com/sluicegate/sluice/gateway/dialect/responses"
	"github.com/sluicegate/sluice/gateway/dialect/vendorerror"
	"github.com/sluicegate/sluice/gateway/provider/vendor"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// responsesCodec is the codec of vendors with OpenAI's format that offer the Responses API too.
type responsesCodec struct{ vendor vendor.Vendor }

// uncountedResponse removes the fields that a config may add, and a limit that Sluice may write, and
// that input_tokens and compact refuse.
var uncountedResponse = []jsonx.Change{{Name: "max_output_tokens"}, {Name: "temperature"}, {Name: "top_p"}, {Name: "stream"},
	{Name: "store"}, {Name: "metadata"}, {Name: "service_tier"}, {Name: "user"}, {Name: "include"}, {Name: "background"}}

func (*responsesCodec) Format() dialect.TargetFormat { return responses.Dialect{} }

func (c *responsesCodec) Request(t *gateway.Target, req *gateway.Request) (*http.Request, []byte, error) {
	if req.Op == gateway.OpRetrieve {
		out, err := c.retrieval(t, req)
		return out, nil, err
	}
	path, body := "/responses", responses.WithoutSealed(req.Raw)
	switch req.Op {
	case gateway.OpCountTokens:
		path, body = path+"/input_tokens", jsonx.Update(body, uncountedResponse...)
	case gateway.OpCompact:
		path, body = path+"/compact", jsonx.Update(body, uncountedResponse...)
	}
	to, err := c.vendor.Endpoint(t, req.Model(), path)
	if err != nil {
		return nil, nil, err
	}
	return NewPost(to, body, req.Stream()), body, nil
}

// retrieval asks for a response that the vendor writes in the background, or for its end.
func (c *responsesCodec) retrieval(t *gateway.Target, req *gateway.Request) (*http.Request, error) {
	b := req.Background
	if b == nil || !isResponseID(b.ID) {
		return nil, &gateway.Error{Op: "codec.responsesCodec.retrieval", Kind: gateway.Invalid, Public: "The response cannot be asked for at its provider."}
	}
	path := "/responses/" + b.ID
	if b.Cancel {
		path += "/cancel"
	}
	to, err := c.vendor.Endpoint(t, req.Model(), path)
	if err != nil {
		return nil, err
	}
	out := NewPost(to, nil, req.Stream())
	if b.Cancel {
		return out, nil
	}
	out.Method, out.Body = http.MethodGet, nil
	out.Header.Del("Content-Type")
	if req.Stream() {
		to.RawQuery = strings.TrimPrefix(to.RawQuery+"&stream=true", "&")
	}
	return out, nil
}

// ResponseDeletion returns the call that deletes a response at its vendor, not signed yet.
func ResponseDeletion(v *vendor.Vendor, t *gateway.Target, id string) (*http.Request, error) {
	if !isResponseID(id) {
		return nil, &gateway.Error{Op: "codec.ResponseDeletion", Kind: gateway.Invalid, Public: "The response cannot be deleted at its provider."}
	}
	to, err := v.Endpoint(t, "", "/responses/"+id)
	if err != nil {
		return nil, err
	}
	return newCall(http.MethodDelete, to), nil
}

// isResponseID reports whether an id can stand in a path as it is.
func isResponseID(id string) bool {
	return id != "" && strings.Trim(id, "-_0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") == ""
}

func (c *responsesCodec) Decoder(req *gateway.Request) Decoder {
	return responses.NewDecoder(c.vendor.ID, req)
}

func (c *responsesCodec) Error(status int, header http.Header, body []byte) *gateway.Error {
	return vendorerror.FromStatus(c.vendor.ID, status, header, body)
}
