package provider

import (
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect"
	"github.com/sluicegate/sluice/gateway/dialect/task"
	"github.com/sluicegate/sluice/gateway/dialect/vendorerror"
	"github.com/sluicegate/sluice/gateway/dialect/workersai"
)

// workersTask is the codec of the operations that Cloudflare Workers AI has in its own API only.
type workersTask struct {
	vendor Vendor
	op     gateway.Op
}

// runsModel reports whether the vendor has an operation in the API of Workers AI only.
func (v *Vendor) runsModel(op gateway.Op) bool {
	return v.RunPath != "" && (op == gateway.OpRerank || op == gateway.OpImage)
}

func (c *workersTask) Format() dialect.TargetFormat { return task.Dialect{Op: c.op} }

func (c *workersTask) Request(t *gateway.Target, req *gateway.Request) (*http.Request, []byte, error) {
	to, err := c.address(t, req.Model())
	if err != nil {
		return nil, nil, err
	}
	write := workersai.WriteRerank
	if c.op == gateway.OpImage {
		write = workersai.WriteImage
	}
	body, err := write(req.Raw)
	if err != nil {
		e := gateway.AsError(err)
		e.Target = t.Path
		return nil, nil, e
	}
	if c.op == gateway.OpImage && workersai.TakesForm(req.Model()) {
		form := *req
		form.Raw = body
		r, err := newForm(to, &form)
		return r, body, err
	}
	return newPost(to, body, false), body, nil
}

// address is the URL at which a model is run. The base URL is that of the interface in OpenAI's format,
// or the one above it.
func (c *workersTask) address(t *gateway.Target, model string) (*url.URL, error) {
	const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./@"
	if model == "" || len(model) > 256 || strings.Trim(model, letters) != "" || strings.Contains(model, "..") || strings.Contains(model, "//") || model[0] == '/' {
		return nil, &gateway.Error{Op: "provider.workersai.Request", Kind: gateway.Invalid, Param: "model", Target: t.Path,
			Public: "The field 'model' is no name of a model for this target: it must be one such as @cf/baai/bge-reranker-base."}
	}
	u, err := baseURL(&c.vendor, t)
	if err != nil {
		return nil, err
	}
	u.Path = strings.TrimSuffix(strings.TrimRight(u.Path, "/"), "/v1") + c.vendor.RunPath + model
	u.RawPath, u.Fragment = "", ""
	return u, nil
}

func (c *workersTask) Decoder(req *gateway.Request) Decoder {
	return &workersDecoder{vendor: c.vendor.ID, op: c.op, request: req.Raw}
}

func (c *workersTask) Error(status int, header http.Header, body []byte) *gateway.Error {
	return vendorerror.FromStatus(c.vendor.ID, status, header, body)
}

// workersDecoder writes an answer in the caller's format.
type workersDecoder struct {
	vendor      string
	op          gateway.Op
	request     []byte
	contentType string
}

// Header implements headerReader: the type tells whether an answer is an image itself.
func (d *workersDecoder) Header(h http.Header) { d.contentType = h.Get("Content-Type") }

// Feed implements Decoder: nobody asks for a stream.
func (d *workersDecoder) Feed(Frame) ([]gateway.Chunk, error) { return d.End() }

// End implements Decoder.
func (*workersDecoder) End() ([]gateway.Chunk, error) {
	return nil, vendorerror.Broken("provider.workersai.End", "The provider's answer is a stream.", nil)
}

// Body implements Decoder.
func (d *workersDecoder) Body(body []byte) (gateway.Chunk, error) {
	var raw []byte
	var err error
	if d.op == gateway.OpImage {
		raw, err = workersai.ReadImage(d.vendor, d.contentType, body, time.Now())
	} else {
		raw, err = workersai.ReadRerank(d.vendor, d.request, body)
	}
	if err != nil {
		return gateway.Chunk{}, err
	}
	c := gateway.Chunk{Raw: raw, Form: gateway.FormBody, Dialect: task.Dialect{Op: d.op}}
	c.Read()
	return c, nil
}
