package recorder

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/telemetry/audit"
)

// Recorder writes records and audit events. See the package comment.
type Recorder struct {
	cfg   Config
	queue *queue
	build builder
	count counters

	chain      string
	head       audit.Head   // of the rows that are written; owned, like the next two, by the run goroutine
	begin      *audit.Event // the first event of a chain that follows another; nil once it is in a batch
	headLogged time.Time    // when the head was logged last

	writeCtx    context.Context // of writes; ends when Close runs out of time
	cancelWrite context.CancelFunc
	stop        chan struct{} // closed by Close
	stopOnce    sync.Once
	done        sync.WaitGroup // run and prune
}

// New starts a Recorder. It continues the audit chain of this node, or begins one; see chain.go.
func New(cfg Config) (*Recorder, error) {
	cfg, err := cfg.withDefaults()
	if err != nil {
		return nil, err
	}
	r := &Recorder{cfg: cfg, queue: newQueue(&cfg), stop: make(chan struct{}),
		build: builder{node: cfg.Node, content: cfg.Content, bodyMax: cfg.BodyMax, cleanser: newCleanser(cfg.Cleanse, cfg.Pseudonym)}}
	r.writeCtx, r.cancelWrite = context.WithCancel(context.Background())
	r.chain, r.head, r.begin = openChain(r.writeCtx, cfg)
	r.count.auditSeq.Store(r.head.Seq)
	r.done.Go(r.run)
	if cfg.Pruner != nil && (cfg.Retention > 0 || cfg.AuditRetention > 0) {
		r.done.Go(r.prune)
	}
	return r, nil
}

// Stage returns the outermost stage, which records every exchange exactly once.
func (r *Recorder) Stage() gateway.Stage {
	return gateway.Stage{Name: envelopeStage, Wrap: func(next gateway.Handler) gateway.Handler {
		return gateway.Account(next, r.Ended)
	}}
}

// Ended notes how ex ended and queues its record. The Stage calls it; httpapi calls it for a
// request that never entered the pipeline. Nobody may write to ex.Facts any more.
func (r *Recorder) Ended(ex *gateway.Exchange, err error) {
	f := ex.Facts
	f.End = time.Now()
	if errors.Is(err, gateway.ErrClosed) {
		f.Err = &gateway.Error{Op: "recorder.Ended", Kind: gateway.Cancelled, Public: "The caller closed the connection.", Err: err}
	} else {
		f.Err = gateway.AsError(err)
	}
	if f.Err != nil && f.Status == 0 && ex.ErrorStatus != nil {
		f.Status = ex.ErrorStatus(f.Err)
	}
	r.push(newEntry(ex))
}

func (r *Recorder) push(e *entry) pushResult {
	result := r.queue.push(e)
	switch result {
	case pushedWithoutBodies:
		r.count.bodiesDropped.Add(1)
	case queueFull:
		r.count.droppedFull.Add(1)
		r.count.unreported.Add(1)
	case queueClosed:
		r.count.droppedClosed.Add(1)
	}
	return result
}

// Audit records an admin action. If it returns nil, the event is on disk. After an error it may
// still be written later.
func (r *Recorder) Audit(ctx context.Context, e audit.Event) error {
	const op = "recorder.Audit"
	e.Outcome = cmp.Or(e.Outcome, audit.OutcomeOK)
	e.ResourceID = r.build.cleanser.text(e.ResourceID) // of a refused action it is the caller's text
	e.Client = r.build.cleanser.pseudonymise(e.Client)
	for _, object := range []*string{&e.Before, &e.After} {
		if *object != "" {
			*object = string(r.build.cleanser.body([]byte(*object), true))
		}
	}
	written := make(chan error, 1)
	if r.push(&entry{event: &e, written: written}) != pushed {
		return &gateway.Error{Op: op, Kind: gateway.Unavailable, Public: "The audit trail takes nothing now."}
	}
	select {
	case err := <-written:
		if err != nil {
			return &gateway.Error{Op: op, Kind: gateway.Unavailable, Public: "The audit trail cannot be written now.", Err: err}
		}
		return nil
	case <-ctx.Done():
		return &gateway.Error{Op: op, Kind: gateway.Cancelled, Public: "The caller gave up before the audit event was written.", Err: ctx.Err()}
	}
}

// Ready returns an error while nothing can be written, neither to the store nor to a spool. An
// admin action must not be carried out then: its event would be missing.
func (r *Recorder) Ready() error {
	if r.count.failingSince.Load() == 0 {
		return nil
	}
	return &gateway.Error{Op: "recorder.Ready", Kind: gateway.Unavailable, Public: "The audit trail cannot be written now."}
}

// Head returns the audit chain of this instance and the sequence number of its last written row.
func (r *Recorder) Head() (chain string, seq uint64) { return r.chain, r.count.auditSeq.Load() }

// Close writes what is queued and waits for the goroutines. If ctx ends first, the rest is given
// up and counted, and Close returns an error. A second call waits like the first.
func (r *Recorder) Close(ctx context.Context) error {
	r.stopOnce.Do(func() {
		r.queue.close() // first, so that run sees everything that was pushed
		close(r.stop)
	})
	ended := make(chan struct{})
	go func() { r.done.Wait(); close(ended) }()
	select {
	case <-ended:
	case <-ctx.Done():
		r.cancelWrite()
		<-ended
	}
	r.cancelWrite()
	if n := r.count.droppedDrain.Load(); n > 0 {
		return &gateway.Error{Op: "recorder.Close", Kind: gateway.Unavailable,
			Public: fmt.Sprintf("%d rows could not be written before the deadline.", n), Err: ctx.Err()}
	}
	return nil
}
