package codec

import (
	"cmp"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect"
	"github.com/sluicegate/sluice/gateway/dialect/task"
	"github.com/sluicegate/sluice/gateway/dialect/vendorerror"
	"github.com/sluicegate/sluice/gateway/dialect/workersai"
	"github.com/sluicegate/sluice/gateway/provider/vendor"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// workersTask is the codec of the operations that Cloudflare Workers AI has in its own API only.
type workersTask struct {
	vendor vendor.Vendor
	op     gateway.Op
}

// runsTask reports whether the vendor has an operation in the API of Workers AI only.
func runsTask(v *vendor.Vendor, op gateway.Op) bool {
	switch op {
	case gateway.OpRerank, gateway.OpImage, gateway.OpImageEdit, gateway.OpSpeech, gateway.OpTranscription, gateway.OpAudioTranslation:
		return v.RunPath != ""
	}
	return false
}

func (c *workersTask) Format() dialect.TargetFormat { return task.Dialect{Op: c.op} }

func (c *workersTask) Request(t *gateway.Target, req *gateway.Request) (*http.Request, []byte, error) {
	to, err := runURL(&c.vendor, t, req.Model())
	if err != nil {
		return nil, nil, err
	}
	body, files, err := c.input(req)
	if err != nil {
		e := gateway.AsError(err)
		e.Target = t.Path
		return nil, nil, e
	}
	switch {
	case c.op == gateway.OpTranscription || c.op == gateway.OpAudioTranslation:
		return recordingPost(to, req, body)
	case c.op == gateway.OpImageEdit || c.op == gateway.OpImage && workersai.TakesForm(req.Model()):
		return c.form(to, req, body, files)
	}
	return NewPost(to, body, false), body, nil
}

// form returns a POST of a form with the given fields and files.
func (c *workersTask) form(to *url.URL, req *gateway.Request, fields []byte, files []gateway.File) (*http.Request, []byte, error) {
	form := *req
	form.Raw, form.Files = fields, files
	r, err := newForm(to, &form)
	return r, fields, err
}

// input is the input of the model, without a recording, and the images of its form.
func (c *workersTask) input(req *gateway.Request) (input []byte, images []gateway.File, err error) {
	switch c.op {
	case gateway.OpImage:
		input, err = workersai.WriteImage(req.Raw)
	case gateway.OpImageEdit:
		return workersai.WriteImageEdit(req.Model(), req.Raw, req.Files)
	case gateway.OpSpeech:
		input, err = workersai.WriteSpeech(req.Model(), req.Raw)
	case gateway.OpTranscription, gateway.OpAudioTranslation:
		input, err = workersai.WriteTranscription(req.Model(), c.op == gateway.OpAudioTranslation, req.Raw)
	default:
		input, err = workersai.WriteRerank(req.Raw)
	}
	return input, nil, err
}

// maxRecording bounds a recording that is sent in base64, which is made in memory, in bytes: OpenAI's limit.
const maxRecording = 25 << 20

// recordingPost returns a POST of the request's recording: inside the input where the model takes it
// there, else its bytes alone. The body is not returned.
func recordingPost(to *url.URL, req *gateway.Request, input []byte) (*http.Request, []byte, error) {
	const op = "codec.recordingPost"
	if len(req.Files) != 1 || req.Files[0].Field != "file" {
		return nil, nil, gateway.InvalidField(op, "file", "The field 'file' must be one recording, and there must be no other file.")
	}
	file := req.Files[0]
	recording := io.NewSectionReader(file.Content, 0, file.Size)
	if !workersai.TakesFields(req.Model()) {
		r := NewPost(to, nil, false)
		r.Body, r.ContentLength = io.NopCloser(recording), file.Size
		r.Header.Set("Content-Type", cmp.Or(file.Type, "application/octet-stream"))
		return r, nil, nil
	}
	if file.Size > maxRecording {
		return nil, nil, gateway.InvalidField(op, "file", "The field 'file' must hold at most 25 MiB for this model.")
	}
	data, err := io.ReadAll(recording)
	if err != nil {
		return nil, nil, &gateway.Error{Op: op, Kind: gateway.Internal, Err: err}
	}
	return NewPost(to, workersai.WithAudio(input, data), false), nil, nil
}

func (c *workersTask) Decoder(req *gateway.Request) Decoder {
	if c.op == gateway.OpSpeech {
		d := newTaskDecoder(c.vendor.ID, req)
		d.audio = func(body []byte) ([]byte, error) { return workersai.ReadSpeech(c.vendor.ID, body) }
		return d
	}
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

// Header implements HeaderReader: the type tells whether an answer is an image itself.
func (d *workersDecoder) Header(h http.Header) { d.contentType = h.Get("Content-Type") }

// Feed implements Decoder: nobody asks for a stream.
func (d *workersDecoder) Feed(Frame) ([]gateway.Chunk, error) { return d.End() }

// End implements Decoder.
func (*workersDecoder) End() ([]gateway.Chunk, error) {
	return nil, vendorerror.Broken("codec.workersDecoder.End", "The provider's answer is a stream.", nil)
}

// Body implements Decoder.
func (d *workersDecoder) Body(body []byte) (gateway.Chunk, error) {
	var raw []byte
	var err error
	switch d.op {
	case gateway.OpImage, gateway.OpImageEdit:
		raw, err = workersai.ReadImage(d.vendor, d.contentType, body, time.Now())
	case gateway.OpRerank:
		raw, err = workersai.ReadRerank(d.vendor, d.request, body)
	default:
		raw, err = workersai.ReadTranscription(d.vendor, jsonx.String(jsonx.Get(d.request, "response_format")), body)
	}
	if err != nil {
		return gateway.Chunk{}, err
	}
	c := gateway.Chunk{Raw: raw, Form: gateway.FormBody, Dialect: task.Dialect{Op: d.op}}
	c.Read()
	return c, nil
}
