package codec

import (
	"cmp"
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

// ForTask returns the codec of such an operation, and the format whose base URL it is below, "" if it has
// the target's own. ok is false if the vendor speaks no format that has the operation.
func ForTask(v *vendor.Vendor, req *gateway.Request) (codec Codec, reachedIn string, ok bool) {
	if _, ok := req.Dialect.(task.Dialect); !ok {
		return nil, "", false
	}
	switch {
	case v.Format == vendor.FormatReplicate && req.Op == gateway.OpImage:
		return &replicateImages{replicateCodec{*v}}, gateway.FormatChat, true
	case runsTask(v, req.Op):
		return &workersTask{*v, req.Op}, gateway.FormatChat, true
	case req.Op == gateway.OpRerank && reranks(v, req.Model()):
		return &bedrockRerank{bedrockCodec{*v}}, "", true
	case v.Format == vendor.FormatOpenAI || nativeOf(v) != nil:
		own := &taskCodec{vendor: *v, op: req.Op}
		return own, own.reachedIn(), true
	}
	return nil, "", false
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
			return nil, nil, &gateway.Error{Op: "codec.taskCodec.Request", Kind: gateway.Invalid, Param: "stream_options", Target: t.Path, Err: err,
				Public: "The field 'stream_options' must be an object."}
		}
	}
	return NewPost(to, raw, req.Stream()), raw, nil
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
