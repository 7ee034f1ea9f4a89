package provider

import (
	"cmp"
	"context"
	"net/http"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect"
	"github.com/sluicegate/sluice/gateway/dialect/task"
	"github.com/sluicegate/sluice/gateway/dialect/vendorerror"
	"github.com/sluicegate/sluice/gateway/provider/vendor"
)

// taskPaths are the paths of the operations besides chat and embeddings, below a vendor's base URL.
var taskPaths = map[gateway.Op]string{
	gateway.OpCompletions: "/completions", gateway.OpRerank: "/rerank", gateway.OpModeration: "/moderations",
	gateway.OpImage: "/images/generations", gateway.OpImageEdit: "/images/edits", gateway.OpImageVariation: "/images/variations",
	gateway.OpSpeech: "/audio/speech", gateway.OpTranscription: "/audio/transcriptions", gateway.OpAudioTranslation: "/audio/translations",
}

// taskCodec is the codec of those operations. Requests and answers pass in the caller's format.
type taskCodec struct {
	vendor vendor.Vendor
	op     gateway.Op
}

// runTask calls a vendor for such an operation. A vendor without it answers with an error of its
// own; only those that speak no format of OpenAI's are not asked.
func (c *Client) runTask(ctx context.Context, ex *gateway.Exchange, v *vendor.Vendor) (gateway.Stream, error) {
	ex.Facts.Hints = nil
	reranks := ex.Request.Op == gateway.OpRerank && reranks(v, ex.Request.Model())
	if _, ok := ex.Request.Dialect.(task.Dialect); !ok || v.Format != vendor.FormatOpenAI && nativeOf(v) == nil && !(v.Format == vendor.FormatReplicate && ex.Request.Op == gateway.OpImage) && !reranks {
		return nil, &gateway.Error{Op: "provider.runTask", Kind: gateway.Invalid, Param: "model", Target: ex.Target.Path, Code: "unsupported_operation",
			Public: "The provider '" + v.ID + "' does not offer this operation in OpenAI's format: name another target."}
	}
	own := &taskCodec{vendor: *v, op: ex.Request.Op}
	t, codec := reachedIn(v, ex.Target, own.reachedIn()), Codec(own)
	switch {
	case v.Format == vendor.FormatReplicate:
		codec = &replicateImages{replicateCodec{*v}}
	case runsTask(v, ex.Request.Op):
		codec = &workersTask{*v, ex.Request.Op}
	case reranks:
		t, codec = ex.Target, &bedrockRerank{bedrockCodec{*v}}
	}
	if n := len(ex.Facts.Attempts); n > 0 { // Router began the record of this attempt
		ex.Facts.Attempts[n-1].Format = codec.Format().Name()
	}
	return c.send(ctx, ex, v, t, codec, ex.Request)
}

func (c *taskCodec) Format() dialect.TargetFormat { return task.Dialect{Op: c.op} }

// Request implements Codec. The body of a form is not returned.
func (c *taskCodec) Request(t *gateway.Target, req *gateway.Request) (*http.Request, []byte, error) {
	to, err := c.vendor.Endpoint(t, req.Model(), cmp.Or(c.ownPath(), taskPaths[c.op]))
	if err != nil {
		return nil, nil, err
	}
	if len(req.Files) > 0 {
		r, err := newForm(to, req)
		return r, nil, err
	}
	raw := req.Raw
	if req.Op == gateway.OpCompletions && !c.vendor.Quirks.NoStreamOptions {
		if raw, err = includeUsage(raw, req); err != nil {
			return nil, nil, &gateway.Error{Op: "provider.task.Request", Kind: gateway.Invalid, Param: "stream_options", Target: t.Path, Err: err,
				Public: "The field 'stream_options' must be an object."}
		}
	}
	return newPost(to, raw, req.Stream()), raw, nil
}

// ownPath is the path of the operation in the vendor's own API, "" if it has it in OpenAI's format only.
func (c *taskCodec) ownPath() string {
	if api := nativeOf(&c.vendor); api != nil {
		return api.paths[c.op]
	}
	return ""
}

// reachedIn is the format whose base URL the operation is below.
func (c *taskCodec) reachedIn() string {
	if c.ownPath() != "" {
		return c.vendor.OwnFormat("")
	}
	return gateway.FormatChat
}

func (c *taskCodec) Decoder(req *gateway.Request) Decoder { return newTaskDecoder(c.vendor.ID, req) }

func (c *taskCodec) Error(status int, header http.Header, body []byte) *gateway.Error {
	return vendorerror.FromStatus(c.vendor.ID, status, header, body)
}
