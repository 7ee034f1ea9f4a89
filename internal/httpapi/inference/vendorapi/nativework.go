package vendorapi

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/opaque"
	"github.com/sluicegate/sluice/gateway/vendorobject"
	"github.com/sluicegate/sluice/gateway/vendorobject/native"
	"github.com/sluicegate/sluice/gateway/vendorobject/settle"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// nativeWork are the kinds of work by the vendor and the collection of objects that it is done for.
var nativeWork = map[string]string{
	"anthropic messages/batches": settle.MessageBatch, "google batches": settle.GoogleBatch, "azure-openai batches": settle.Batch,
	"openai videos": settle.Video, "azure-openai videos": settle.Video, "google models/*/operations": settle.GoogleVideo,
	"vertex-ai batchPredictionJobs": settle.VertexBatch, "vertex-ai operations": settle.VertexVideo, "bedrock model-invocation-jobs": settle.BedrockBatch, "mistral-ai batch/jobs": settle.MistralBatch,
}

// begins is the kind of work that the call makes the vendor begin; "" if it begins none.
func (o *nativeObject) begins() string {
	kind := nativeWork[o.provider+" "+o.is.Kind]
	if o.is.Access == native.Makes || kind == settle.Video && o.remixes() {
		return kind
	}
	return ""
}

// remixes reports whether the call makes a video of one that is there.
func (o *nativeObject) remixes() bool {
	return o.is.Access == native.Uses && o.call.Request().Method == http.MethodPost && strings.HasSuffix(o.path, "/remix")
}

// free reports whether the call costs nothing by itself.
func (o *nativeObject) free() bool {
	method := o.call.Request().Method
	return method == http.MethodGet || method == http.MethodDelete || o.begins() != "" || o.object.Work != nil || o.uploads() || o.asksOperation()
}

// asksOperation reports whether the call asks how a video of Vertex AI stands, which its body names.
func (o *nativeObject) asksOperation() bool {
	return o.provider == "vertex-ai" && o.is.Access == native.Stateless && strings.HasSuffix(o.path, fetchOperation)
}

// The methods of Veo's models at Vertex AI.
const (
	beginOperation = ":predictLongRunning"
	fetchOperation = ":fetchPredictOperation"
)

// settlesOperation settles the video whose operation the body names.
func (o *nativeObject) settlesOperation(by settle.Settler) func([]byte, *gateway.Usage) *gateway.SettledWork {
	return func(answer []byte, used *gateway.Usage) *gateway.SettledWork {
		ctx, ex := o.call.Context(), o.call.Exchange
		if by.Store == nil || ex.Principal == nil {
			return nil
		}
		video, err := by.Store.VendorObject(ctx, ex.Principal.Workspace, vendorobject.Resource(jsonx.String(jsonx.Get(ex.Request.Raw, "operationName"))))
		if err != nil || video.Work == nil {
			return nil
		}
		return by.Answer(ctx, video.Workspace, video.ID, video.Work)(answer, used)
	}
}

// pass is the call that is passed on, with what may settle earlier work.
func (o *nativeObject) pass(model string) passCall {
	p := passCall{path: "/" + o.path, names: o.names, dialect: opaque.Dialect{Model: model, Free: o.free()}}
	by := settle.Settler{Store: o.surface.Objects, Now: o.call.Now}
	r, ctx := o.call.Request(), o.call.Context()
	whole := r.Method == http.MethodGet && r.Header.Get("Range") == "" && r.Header.Get("If-None-Match") == ""
	switch {
	case o.asksOperation():
		p.settles = o.settlesOperation(by)
	case o.object.Work != nil && o.object.Work.Kind == settle.MessageBatch && whole && strings.HasSuffix(o.path, "/results"):
		p.results = by.Results(ctx, o.object.Workspace, o.object.ID)
	case o.object.Work != nil && o.begins() == "":
		p.settles = by.Answer(ctx, o.object.Workspace, o.object.ID, o.object.Work)
	case o.object.ResultsOf != "" && whole && (strings.HasSuffix(o.path, ":download") || strings.HasSuffix(o.path, "/content")):
		p.results = by.Results(ctx, o.object.Workspace, o.object.ResultsOf)
	}
	return p
}

// addWork adds to the request what the vendor does after it.
func (o *nativeObject) addWork(model string) error {
	ex := o.call.Exchange
	if o.is.Access == native.Makes && o.is.Kind == "uploads" {
		ex.Request.Pass.Origin = uploadOrigin(ex.Request.Raw)
	}
	kind := o.begins()
	if kind == "" {
		return nil
	}
	raw, pass := ex.Request.Raw, ex.Request.Pass
	work := &gateway.VendorWork{}
	if named := jsonx.String(jsonx.Get(raw, "model")); named != "" {
		model = named
	}
	switch kind {
	case settle.GoogleVideo, settle.VertexVideo:
		one, videos := settle.GoogleVideoUsage(model, raw)
		one.Usage.OutputSeconds *= videos
		work.Known = []gateway.ModelUsage{one}
	case settle.Video:
		if err := o.addVideo(work, model); err != nil {
			return err
		}
	case settle.VertexBatch, settle.BedrockBatch:
		work.Unbounded = "Nobody can tell beforehand what the batch costs: its calls are in a place of yours, where they may change after they were counted."
		if named := jsonx.String(jsonx.Get(raw, "modelId")); named != "" { // Bedrock's
			model = named
		}
		work.Of = settle.LastSegment(model)
		pass.Origin = elsewhere()
	default:
		batch, origin, err := o.batch(kind, model, raw)
		if err != nil {
			return err
		}
		pass.Origin = origin
		work.Calls, work.Unbounded = batch.Calls, batch.Unbounded
	}
	pass.Work = work
	req, err := gateway.NewRequest(opaque.Dialect{Free: true, Work: work, Model: o.modelInPath}, gateway.OpPassThrough, raw)
	if err == nil {
		req.Pass, ex.Request = pass, req
	}
	return err
}

// defaultImages is how many images Imagen makes of a call that does not say it
// (https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/imagen-api), and maxImages more
// than it makes of any.
const (
	defaultImages = 4
	maxImages     = 100
)

// addPieces adds to the request how many images it asks for, where it is one of Imagen's.
func (o *nativeObject) addPieces(model string) {
	req := o.call.Exchange.Request
	if o.is.Access != native.Stateless || !strings.HasPrefix(model, "imagen") || !strings.HasSuffix(o.path, ":predict") || o.provider != "google" && o.provider != "vertex-ai" {
		return
	}
	n := jsonx.Int(jsonx.Get(req.Raw, "parameters", "sampleCount"))
	if n <= 0 {
		n = defaultImages
	}
	req.Pass.Pieces = &gateway.Usage{Images: min(n, maxImages)}
}

// noteWork notes of a new object what its file holds, what the vendor does for it, and what stands reserved
// for that.
func (o *nativeObject) noteWork(object *vendorobject.Object, answer []byte) {
	if o.upload != nil {
		object.Batch = o.upload.Batch()
	}
	kind, pass := o.begins(), o.call.Exchange.Request.Pass
	if kind == "" || pass.Work == nil {
		return
	}
	object.Reservation = pass.Work.Reservation
	work := &vendorobject.Work{Kind: kind}
	switch kind {
	case settle.GoogleBatch, settle.GoogleVideo:
		work.Path = "/v1beta/" + jsonx.String(jsonx.Get(answer, "name"))
	case settle.MessageBatch:
		work.Path = "/v1/messages/batches/" + url.PathEscape(object.ID)
	case settle.VertexBatch:
		version, _, _ := strings.Cut(o.path, "/")
		work.Path = "/" + version + "/" + jsonx.String(jsonx.Get(answer, "name"))
	case settle.VertexVideo:
		work.Path = "/" + strings.TrimSuffix(o.path, beginOperation) + fetchOperation
		var body jsonx.Object
		body.Text("operationName", jsonx.String(jsonx.Get(answer, "name")))
		work.Body = body.JSON()
	case settle.BedrockBatch:
		work.Path = "/model-invocation-job/" + url.PathEscape(settle.LastSegment(object.ID))
	default:
		collection, _, _ := strings.Cut("/"+o.path, "/"+o.is.Kind)
		work.Path = collection + "/" + o.is.Kind + "/" + url.PathEscape(object.ID)
		if version := parameter(pass, "api-version"); version != "" { // Azure's
			work.Path += "?api-version=" + url.QueryEscape(version)
		}
	}
	if kind == settle.GoogleVideo || kind == settle.VertexVideo {
		one, _ := settle.GoogleVideoUsage(o.modelInPath, o.call.Exchange.Request.Raw)
		work.Uses = []gateway.ModelUsage{one}
	}
	if kind == settle.Video { // for those that are made of it
		work.Uses = settle.VideoUsage(jsonx.String(jsonx.Get(answer, "model")), answer)
	}
	object.Work = work
}

// keepsResults refuses to delete what tells the cost of work while nobody knows it.
func (o *nativeObject) keepsResults() error {
	if o.call.Request().Method != http.MethodDelete || o.surface.Objects == nil {
		return nil
	}
	of := o.object
	if of.ResultsOf != "" {
		var err error
		if of, err = o.surface.Objects.VendorObject(o.call.Context(), of.Workspace, of.ResultsOf); err != nil {
			return nil // nothing waits for the results
		}
	}
	if of.Work == nil || of.Settled || of.VirtualKey == "" || o.call.Now().Sub(of.Created) > settle.GiveUp {
		return nil
	}
	return &gateway.Error{Op: "vendorapi.nativeObject", Kind: gateway.Conflict, Param: "path", Code: "not_settled",
		Public: "What '" + gateway.Clip(of.ID, 100) + "' costs is not charged yet. Ask for its state or its results before this is deleted."}
}

// parameter is a parameter of the query as it went upstream.
func parameter(pass *gateway.PassThrough, name string) string {
	list, _ := pass.Parameters() // what cannot be read is left out
	for _, each := range list {
		if each.Name == name {
			return each.Value
		}
	}
	return ""
}
