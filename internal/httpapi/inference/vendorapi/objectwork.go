package vendorapi

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/batchfile"
	"github.com/sluicegate/sluice/gateway/dialect/opaque"
	"github.com/sluicegate/sluice/gateway/vendorobject"
	"github.com/sluicegate/sluice/gateway/vendorobject/form"
	"github.com/sluicegate/sluice/gateway/vendorobject/settle"
	"github.com/sluicegate/sluice/internal/httpapi"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// watch reads along with an upload, which may be the file of a batch.
func (o *objectCall) watch(contentType string, body *gateway.PassedBody) (err error) {
	o.upload, err = watchUpload(o.call, batchfile.OpenAI, contentType, body)
	return err
}

// watchUpload reads along with a body that may be the file of a batch. The upload is nil if it is in no
// form, and so no batch's to the vendor; filters refuse it all the same.
func watchUpload(c *httpapi.Call, f batchfile.Format, contentType string, body *gateway.PassedBody) (*batchfile.Upload, error) {
	if err := c.Reserve(batchfile.MaxLine); err != nil {
		return nil, err
	}
	upload := batchfile.NewUpload(f, contentType, body.Reader, c.Reserve)
	if upload == nil {
		body.Parts = form.Unreadable("The file must come in a form, in one call, so that redaction and guardrails can read it.")
		return nil, nil
	}
	body.Reader, body.Parts = upload, upload
	return upload, nil
}

func (o *objectCall) unwatch() {
	if o.upload != nil {
		_ = o.upload.Finish() // the vendor's answer tells
	}
}

// addWork adds to the request what the vendor does after it: the calls of a batch, a run, a fine-tune.
func (o *objectCall) addWork() error {
	work := &gateway.VendorWork{}
	switch parts := strings.Split(o.rest, "/"); {
	case o.root == "batches" && o.rest == "":
		batch, err := o.batch()
		if err != nil {
			return err
		}
		work.Calls, work.Unbounded = batch.Calls, batch.Unbounded
		o.call.Exchange.Request.Pass.Origin = &gateway.BatchOrigin{Judged: batch.Judged}
	case o.root == "threads" && parts[len(parts)-1] != "cancel" && (parts[0] == "runs" || len(parts) > 1 && parts[1] == "runs"):
		work.Unbounded = "Nobody can tell beforehand which model a run asks, and what it costs."
	case o.root == "fine_tuning/jobs" && o.rest == "":
		work.Unbounded = "Nobody can tell beforehand what a fine-tune costs."
	case o.root == "uploads" && o.rest == "":
		o.call.Exchange.Request.Pass.Origin = uploadOrigin(o.call.Exchange.Request.Raw)
		return nil
	default:
		return nil
	}
	ex := o.call.Exchange
	pass := ex.Request.Pass
	pass.Work = work
	req, err := gateway.NewRequest(opaque.Dialect{Free: true, Work: work}, gateway.OpPassThrough, ex.Request.Raw)
	if err == nil {
		req.Pass, ex.Request = pass, req
	}
	return err
}

// uploadOrigin tells of an upload in parts that the file of a batch cannot be read in it; nil for another
// purpose.
func uploadOrigin(raw []byte) *gateway.BatchOrigin {
	for m := range jsonx.Members(raw) {
		if strings.EqualFold(m.Key, "purpose") && strings.EqualFold(strings.TrimSpace(jsonx.Text(m.Value)), "batch") {
			return &gateway.BatchOrigin{Unread: "Upload the file of the batch in one call, so that redaction and guardrails can read it: a file in parts cannot be read."}
		}
	}
	return nil
}

// batch is what the file of a new batch holds. It refuses one that names what is not the workspace's.
func (o *objectCall) batch() (vendorobject.Batch, error) {
	named := jsonx.Get(o.call.Exchange.Request.Raw, "input_file_id")
	id := jsonx.String(named)
	switch {
	case named != nil && id == "":
		return vendorobject.Batch{}, gateway.InvalidField("vendorapi.objects", "input_file_id", "The field 'input_file_id' must be the id of a file, in a string.")
	case id == "":
		return vendorobject.Batch{Unbounded: "The batch names no file in 'input_file_id'."}, nil
	}
	file, err := o.known(id, "input_file_id")
	if err != nil {
		return vendorobject.Batch{}, err
	}
	if file.Batch == nil {
		return vendorobject.Batch{Unbounded: "Nobody can tell beforehand what the batch costs: its file did not come through POST /v1/files with the purpose 'batch'."}, nil
	}
	for _, object := range file.Batch.Objects {
		if err := o.use(object, "input_file_id"); err != nil {
			return vendorobject.Batch{}, err
		}
	}
	return *file.Batch, nil
}

// noteWork notes of a new object what its file holds, what the vendor does for it, and what stands
// reserved for that.
func (o *objectCall) noteWork(object *vendorobject.Object) {
	if o.upload != nil {
		object.Batch = o.upload.Batch()
	}
	if work := o.call.Exchange.Request.Pass.Work; work != nil {
		object.Reservation = work.Reservation
	}
	if o.root == "batches" && o.rest == "" {
		object.Work = &vendorobject.Work{Kind: settle.Batch, Path: "/batches/" + url.PathEscape(object.ID)}
	}
}

// settles is asked of an answer about a batch, a fine-tune or a run: what it tells of the cost, if it
// has ended and nobody was told before.
func (o *objectCall) settles(answer []byte, used *gateway.Usage) *gateway.SettledWork {
	who := o.call.Exchange.Principal
	if o.surface.Objects == nil || who == nil {
		return nil
	}
	work := &vendorobject.Work{}
	if o.root == "batches" {
		work.Kind = settle.Batch
	}
	return o.settler().Answer(o.call.Context(), who.Workspace, jsonx.String(jsonx.Get(answer, "id")), work)(answer, used)
}

// results reads along with a file that holds the results of a batch, which may tell first what that
// cost. Of a part of a file nothing is read.
func (o *objectCall) results() gateway.WorkResults {
	r := o.call.Request()
	if r.Method != http.MethodGet || o.object.ResultsOf == "" || !strings.HasSuffix(o.rest, "/content") || r.Header.Get("Range") != "" || r.Header.Get("If-None-Match") != "" {
		return nil
	}
	return o.settler().Results(o.call.Context(), o.object.Workspace, o.object.ResultsOf)
}

func (o *objectCall) settler() settle.Settler {
	return settle.Settler{Store: o.surface.Objects, Now: o.call.Now}
}

// keepsResults refuses to delete results while nobody knows what they cost.
func (o *objectCall) keepsResults() error {
	if o.call.Request().Method != http.MethodDelete || o.object.ResultsOf == "" {
		return nil
	}
	of, err := o.surface.Objects.VendorObject(o.call.Context(), o.object.Workspace, o.object.ResultsOf)
	if err != nil || of.Settled || o.call.Now().Sub(of.Created) > settle.GiveUp {
		return nil // nothing waits for them
	}
	return &gateway.Error{Op: "vendorapi.objects", Kind: gateway.Conflict, Param: "id", Code: "not_settled",
		Public: "The file holds the results of '" + gateway.Clip(of.ID, 100) + "', which is not charged yet. Ask for that, or download the file, before it is deleted."}
}
