package vendorapi

import (
	"io"
	"strings"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/batchfile"
	"github.com/sluicegate/sluice/gateway/vendorobject"
	"github.com/sluicegate/sluice/gateway/vendorobject/form"
	"github.com/sluicegate/sluice/gateway/vendorobject/native"
	"github.com/sluicegate/sluice/gateway/vendorobject/settle"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// batchFormats are the formats of the batches of vendors that keep their files.
var batchFormats = map[string]batchfile.Format{"azure-openai": batchfile.OpenAI, "mistral-ai": batchfile.Mistral, "google": batchfile.Gemini}

// uploads reports whether the call brings a file, which may be that of a batch.
func (o *nativeObject) uploads() bool {
	_, known := batchFormats[o.provider]
	return known && o.is.Access == native.Makes && o.is.Kind == "files"
}

// watch reads along with an upload. A file for Gemini that comes in no form is no batch's, unless it says
// that it has lines of JSON: most are images.
func (o *nativeObject) watch(contentType string, body *gateway.PassedBody) (err error) {
	format := batchFormats[o.provider]
	o.upload, err = watchUpload(o.call, format, contentType, body)
	if o.upload == nil && format == batchfile.Gemini && !strings.Contains(strings.ToLower(contentType), "json") {
		plain := form.NewPlainFile(body.Reader, o.call.Reserve)
		body.Reader, body.Parts = plain, plain
	}
	return err
}

func (o *nativeObject) unwatch() {
	if o.upload != nil {
		_ = o.upload.Finish() // the vendor's answer tells
	}
}

// elsewhere is where a batch comes from whose calls are in a place of the caller's, such as a bucket.
func elsewhere() *gateway.BatchOrigin {
	return &gateway.BatchOrigin{Unread: "The calls of this batch are in a place where redaction and guardrails cannot read them. Bring them in the body, or in a file that Sluice uploads."}
}

// batch is what the calls of a new batch can use, and where they come from, nil if they are in the body. It
// refuses one whose file names what is not the workspace's.
func (o *nativeObject) batch(kind, model string, raw []byte) (vendorobject.Batch, *gateway.BatchOrigin, error) {
	switch kind {
	case settle.MessageBatch:
		return batchfile.Messages(raw), nil, nil
	case settle.GoogleBatch:
		return o.geminiBatch(model, raw)
	case settle.MistralBatch:
		return o.mistralBatch(model, raw)
	}
	id := jsonx.String(jsonx.Get(raw, "input_file_id"))
	if id == "" { // Azure takes a blob as well
		return vendorobject.Batch{Unbounded: "Nobody can tell beforehand what the batch costs: it names no file in 'input_file_id'."}, elsewhere(), nil
	}
	batch, err := o.fileBatch(id, "input_file_id")
	return batch, &gateway.BatchOrigin{Judged: batch.Judged}, err
}

// geminiBatch reads a batch of Gemini's, whose calls stand in its body or in a file. Google takes names in
// two spellings; a body with both could mean another batch to Google than here.
func (o *nativeObject) geminiBatch(model string, raw []byte) (vendorobject.Batch, *gateway.BatchOrigin, error) {
	one := func(of []byte, names ...string) (found []byte, several bool) {
		for _, name := range names {
			if v := jsonx.Get(of, name); v != nil {
				several, found = found != nil, v
			}
		}
		return found, several
	}
	input, twice := one(jsonx.Get(raw, "batch"), "inputConfig", "input_config")
	name, twiceNamed := one(input, "fileName", "file_name")
	list := jsonx.Get(input, "requests", "requests")
	if twice || twiceNamed || name != nil && list != nil || name == nil && namesFile(raw) {
		return vendorobject.Batch{Unbounded: "Nobody can tell beforehand what the batch costs: its body says twice which calls it has."}, elsewhere(), nil
	}
	if name == nil {
		return batchfile.Of(batchfile.Inline(batchfile.Gemini, list), model), nil, nil
	}
	batch, err := o.fileBatch(vendorobject.Resource(jsonx.String(name)), "fileName")
	return batchfile.Of(batch, model), &gateway.BatchOrigin{Judged: batch.Judged}, err
}

// namesFile reports whether a body of Gemini's names a file, also where a field is given twice, of which
// Google may take the other one.
func namesFile(raw []byte) (named bool) {
	jsonx.Walk(raw, func(n jsonx.Node) jsonx.Action { // the body was checked
		key := n.Path.Key(-1)
		named = named || n.Kind == jsonx.KindKey && len(n.Path) == 3 && (key == "fileName" || key == "file_name") && strings.HasPrefix(n.Path.Key(-2), "input")
		return jsonx.Descend
	})
	return named
}

// mistralBatch reads a job of Mistral's, whose calls stand in its body or in files.
func (o *nativeObject) mistralBatch(model string, raw []byte) (all vendorobject.Batch, origin *gateway.BatchOrigin, err error) {
	if list := jsonx.Get(raw, "requests"); len(list) > 0 && list[0] == '[' {
		all = batchfile.Of(batchfile.Inline(batchfile.Mistral, list), model)
	}
	files := jsonx.Get(raw, "input_files")
	if len(files) > 0 && files[0] != '[' && files[0] != 'n' {
		origin = elsewhere()
	}
	for e := range jsonx.Elements(files) {
		batch, err := o.fileBatch(jsonx.String(e.Value), "input_files")
		if err != nil {
			return vendorobject.Batch{}, nil, err
		}
		origin = origin.And(batch.Judged)
		batch = batchfile.Of(batch, model)
		all.Calls = append(all.Calls, batch.Calls...)
		if all.Unbounded == "" {
			all.Unbounded = batch.Unbounded
		}
	}
	agent := jsonx.Get(raw, "agent_id")
	switch {
	case model == "" || len(agent) > 0 && agent[0] != 'n':
		all = vendorobject.Batch{Unbounded: "Nobody can tell beforehand what the batch costs: it names no model, or an agent that has one."}
	case len(all.Calls) == 0 && all.Unbounded == "":
		all.Unbounded = "Nobody can tell beforehand what the batch costs: it names no file in 'input_files'."
	}
	return all, origin, nil
}

// fileBatch is what a file holds that a call through Sluice has brought.
func (o *nativeObject) fileBatch(id, field string) (vendorobject.Batch, error) {
	unknown := vendorobject.Batch{Unbounded: "Nobody can tell beforehand what the batch costs: its file did not come through Sluice as that of a batch."}
	c := &objectCall{surface: o.surface, call: o.call, root: "files"}
	if err := c.use(id, field); err != nil {
		if gateway.AsError(err).Kind == gateway.NotFound { // whose it is, is asked where the target is known
			return unknown, nil
		}
		return unknown, err
	}
	if c.object.Batch == nil {
		return unknown, nil
	}
	batch := *c.object.Batch
	for _, object := range batch.Objects {
		if err := c.use(object, field); err != nil {
			return unknown, err
		}
	}
	return batch, nil
}

// addVideo adds what a video of OpenAI's uses: one that a body or a form asks for, or one that is made of
// another.
func (o *nativeObject) addVideo(work *gateway.VendorWork, model string) error {
	raw := o.call.Exchange.Request.Raw
	if o.remixes() { // it has the length and the size of the other
		if o.object.Work == nil || len(o.object.Work.Uses) == 0 {
			work.Unbounded = "Nobody can tell beforehand what the video costs: Sluice does not know the length of the one that it is made of."
			return nil
		}
		work.Known = o.object.Work.Uses
		return nil
	}
	if body := o.call.Exchange.Request.Pass.Body; body != nil {
		var err error
		if raw, err = o.keptForm(body); err != nil {
			return err
		}
		if named := jsonx.String(jsonx.Get(raw, "model")); named != "" {
			model = named
		}
	}
	if model == "" {
		model = "sora-2" // the vendor's default
	}
	work.Known = settle.VideoUsage(model, raw)
	return nil
}

// keptForm keeps the form of a video, and returns its fields, as they bound what it costs.
func (o *nativeObject) keptForm(body *gateway.PassedBody) ([]byte, error) {
	kept, err := o.call.Keep(body.Reader)
	if err != nil {
		return nil, err
	}
	body.Reader, body.Length = io.NewSectionReader(kept, 0, kept.Size), kept.Size
	fields, err := formFields(o.call.Request().Header.Get("Content-Type"), io.NewSectionReader(kept, 0, kept.Size), "model", "seconds", "size")
	if err != nil {
		return nil, err
	}
	var raw jsonx.Object
	for _, name := range []string{"model", "seconds", "size"} {
		if value, ok := fields[name]; ok {
			raw.Text(name, value)
		}
	}
	return raw.JSON(), nil
}
