package vendorapi

import (
	"io"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/batchfile"
	"github.com/sluicegate/sluice/gateway/vendorobject"
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

// watch reads along with an upload.
func (o *nativeObject) watch(contentType string, body io.Reader) (io.Reader, error) {
	if err := o.call.Reserve(batchfile.MaxLine); err != nil {
		return nil, err
	}
	if o.upload = batchfile.NewUpload(batchFormats[o.provider], contentType, body); o.upload == nil {
		return body, nil
	}
	return o.upload, nil
}

func (o *nativeObject) unwatch() {
	if o.upload != nil {
		_ = o.upload.Finish() // the vendor's answer tells
	}
}

// batch is what the calls of a new batch can use. It refuses one whose file names what is not the
// workspace's.
func (o *nativeObject) batch(kind, model string, raw []byte) (vendorobject.Batch, error) {
	switch kind {
	case settle.MessageBatch:
		return batchfile.Messages(raw), nil
	case settle.GoogleBatch:
		return o.geminiBatch(model, raw)
	case settle.MistralBatch:
		return o.mistralBatch(model, raw)
	}
	id := jsonx.String(jsonx.Get(raw, "input_file_id"))
	if id == "" { // Azure takes a blob as well
		return vendorobject.Batch{Unbounded: "Nobody can tell beforehand what the batch costs: it names no file in 'input_file_id'."}, nil
	}
	return o.fileBatch(id, "input_file_id")
}

// geminiBatch reads a batch of Gemini's, whose calls stand in its body or in a file. Google takes names in
// two spellings; a body with both could mean another batch to Google than here.
func (o *nativeObject) geminiBatch(model string, raw []byte) (vendorobject.Batch, error) {
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
	if twice || twiceNamed || name != nil && list != nil {
		return vendorobject.Batch{Unbounded: "Nobody can tell beforehand what the batch costs: its body says twice which calls it has."}, nil
	}
	if name == nil {
		return batchfile.Of(batchfile.Inline(batchfile.Gemini, list), model), nil
	}
	batch, err := o.fileBatch(vendorobject.Resource(jsonx.String(name)), "fileName")
	return batchfile.Of(batch, model), err
}

// mistralBatch reads a job of Mistral's, whose calls stand in its body or in files.
func (o *nativeObject) mistralBatch(model string, raw []byte) (all vendorobject.Batch, err error) {
	if agent := jsonx.Get(raw, "agent_id"); model == "" || len(agent) > 0 && agent[0] != 'n' {
		return vendorobject.Batch{Unbounded: "Nobody can tell beforehand what the batch costs: it names no model, or an agent that has one."}, nil
	}
	files := jsonx.Get(raw, "input_files")
	if list := jsonx.Get(raw, "requests"); len(list) > 0 && list[0] == '[' {
		all = batchfile.Of(batchfile.Inline(batchfile.Mistral, list), model)
	}
	for e := range jsonx.Elements(files) {
		batch, err := o.fileBatch(jsonx.String(e.Value), "input_files")
		if err != nil {
			return vendorobject.Batch{}, err
		}
		batch = batchfile.Of(batch, model)
		all.Calls = append(all.Calls, batch.Calls...)
		if all.Unbounded == "" {
			all.Unbounded = batch.Unbounded
		}
	}
	if len(all.Calls) == 0 && all.Unbounded == "" {
		all.Unbounded = "Nobody can tell beforehand what the batch costs: it names no file in 'input_files'."
	}
	return all, nil
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

// addFilm adds what a film of OpenAI's uses: one that a body or a form asks for, or one that is made of
// another.
func (o *nativeObject) addFilm(work *gateway.VendorWork, model string) error {
	raw := o.call.Exchange.Request.Raw
	if o.remixes() { // it has the length and the size of the other
		if o.object.Work == nil || len(o.object.Work.Uses) == 0 {
			work.Unbounded = "Nobody can tell beforehand what the film costs: Sluice does not know the length of the one that it is made of."
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

// keptForm keeps the form of a film, and returns its fields, as they bound what it costs.
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
