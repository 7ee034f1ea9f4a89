package inference

import (
	"context"
	"io"
	"strings"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/batchfile"
	"github.com/sluicegate/sluice/gateway/dialect/opaque"
	"github.com/sluicegate/sluice/gateway/vendorobject"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// watch reads along with an upload, which may be the file of a batch.
func (o *objectCall) watch(contentType string, body io.Reader) (io.Reader, error) {
	if err := o.call.Reserve(batchfile.MaxLine); err != nil {
		return nil, err
	}
	if o.upload = batchfile.NewUpload(contentType, body); o.upload == nil {
		return body, nil
	}
	return o.upload, nil
}

func (o *objectCall) unwatch() {
	if o.upload != nil {
		o.upload.Finish()
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
	case o.root == "threads" && parts[len(parts)-1] != "cancel" && (parts[0] == "runs" || len(parts) > 1 && parts[1] == "runs"):
		work.Unbounded = "Nobody can tell beforehand which model a run asks, and what it costs."
	case o.root == "fine_tuning/jobs" && o.rest == "":
		work.Unbounded = "Nobody can tell beforehand what a fine-tune costs."
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

// batch is what the file of a new batch holds. It refuses one that names what is not the workspace's.
func (o *objectCall) batch() (vendorobject.Batch, error) {
	id := jsonx.String(jsonx.Get(o.call.Exchange.Request.Raw, "input_file_id"))
	if id == "" {
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

// addBatch notes of a new object what its file holds, and what stands reserved for it.
func (o *objectCall) addBatch(object *vendorobject.Object) {
	if o.upload != nil {
		object.Batch = o.upload.Finish()
	}
	if work := o.call.Exchange.Request.Pass.Work; work != nil {
		object.Reservation = work.Reservation
	}
}

// settles is asked of an answer about a batch, a fine-tune or a run: what it tells of the cost, if it
// has ended and nobody was told before.
func (o *objectCall) settles(answer []byte, used *gateway.Usage) *gateway.SettledWork {
	switch jsonx.String(jsonx.Get(answer, "status")) {
	case "completed", "failed", "expired", "cancelled", "succeeded", "incomplete":
		if used == nil && !nothingRan(answer) {
			return nil
		}
		if used == nil {
			used = &gateway.Usage{}
		}
	default:
		return nil
	}
	store, who := o.surfaces.Objects, o.call.Exchange.Principal
	if store == nil || who == nil {
		return nil
	}
	object, first, err := store.SettleObject(context.WithoutCancel(o.call.Context()), who.Workspace, jsonx.String(jsonx.Get(answer, "id")))
	if r := object.Reservation; err != nil || !first || r != nil && o.call.Now().After(r.Until) { // it counts as spent
		return nil
	}
	return &gateway.SettledWork{Usage: used, Reservation: object.Reservation}
}

// nothingRan reports whether a batch ended before any of its calls was answered.
func nothingRan(answer []byte) bool {
	completed := jsonx.Get(answer, "request_counts", "completed")
	return string(completed) == "0" || completed == nil && jsonx.String(jsonx.Get(answer, "status")) == "failed"
}
