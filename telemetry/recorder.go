package telemetry

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/oklog/ulid/v2"

	"github.com/sluicegate/sluice/gateway"
)

// Exporter learns what was recorded: counts it, or sends it to an OpenTelemetry collector. It
// must not block and must not fail: what it cannot take it drops and counts. The records have no
// bodies; what it keeps beyond the call it clones.
type Exporter interface {
	Export(rs []*Record)
}

// Settings of a Recorder. Writer and Cleanse are needed, the zero value of anything else
// means its default.
type Settings struct {
	Writer    Writer
	Exporters []Exporter
	Cleanse   func(string) string // the full detector; must be pure
	// Pseudonym names a metadata or user value, or an address, that identifies. It must be
	// the one that goes upstream, where there is one. Nil: a keyed hash with a key of this
	// process.
	Pseudonym func(string) string
	Content   Content
	BodyMax   int // larger bodies are left out; default 1 MiB

	Node  string // names this instance and its audit chain; default "sluice"
	Flush time.Duration
	Rows  int // of one batch; default 1000

	QueueRows  int           // default 32768
	QueueBytes int           // of bodies; default 64 MiB
	Wait       time.Duration // of a stage for room; default 1s

	Pruner         Pruner        // nil: nothing is deleted
	Retention      time.Duration // of exchanges; 0 = for ever
	AuditRetention time.Duration // of audit rows; 0 = for ever
	PruneEvery     time.Duration // default 1h

	Log *slog.Logger
}

func (s *Settings) defaults() error {
	const op = "telemetry.New"
	if s.Writer == nil || s.Cleanse == nil {
		return &gateway.Error{Op: op, Kind: gateway.Internal, Public: "Telemetry needs a store and a detector."}
	}
	switch s.Content {
	case "":
		s.Content = ContentRedacted
	case ContentNone, ContentRedacted, ContentFull:
	default:
		return gateway.InvalidField(op, "telemetry.content", "'telemetry.content' must be none, redacted or full.")
	}
	set(&s.BodyMax, 1<<20)
	set(&s.Node, "sluice")
	set(&s.Flush, 150*time.Millisecond)
	set(&s.Rows, 1000)
	set(&s.QueueRows, 32768)
	set(&s.QueueBytes, 64<<20)
	set(&s.Wait, time.Second)
	set(&s.PruneEvery, time.Hour)
	if s.Log == nil {
		s.Log = slog.New(slog.DiscardHandler)
	}
	if s.Pseudonym == nil {
		key := make([]byte, 32)
		_, _ = rand.Read(key) // does not fail
		s.Pseudonym = Pseudonyms(key)
	}
	return nil
}

func set[T comparable](v *T, otherwise T) {
	var zero T
	if *v == zero {
		*v = otherwise
	}
}

// Pseudonyms makes a keyed, one-way name of a value.
func Pseudonyms(key []byte) func(string) string {
	return func(s string) string {
		m := hmac.New(sha256.New, key)
		m.Write([]byte(s))
		return "p_" + hex.EncodeToString(m.Sum(nil)[:10])
	}
}

// Recorder writes records and audit events. See the package comment.
type Recorder struct {
	set   Settings
	queue *queue
	build builder
	pack  Packer // nil: the Writer is none
	count counters

	chain string
	head  Head  // of what is written; the recorder's goroutine's, as draft is
	draft draft // of the next batch

	ctx    context.Context // of writes; ends when Close runs out of time
	cancel context.CancelFunc
	done   sync.WaitGroup
	stop   chan struct{}
	once   sync.Once
}

// New starts a Recorder. It continues the audit chain of this node; when the store cannot
// tell where that ended, it begins a new chain rather than refuse to serve.
func New(s Settings) (*Recorder, error) {
	if err := s.defaults(); err != nil {
		return nil, err
	}
	r := &Recorder{set: s, queue: newQueue(s.QueueRows, s.QueueBytes, s.Wait), chain: s.Node, stop: make(chan struct{}),
		build: builder{content: s.Content, bodyMax: s.BodyMax, node: s.Node,
			cleanser: newCleanser(&s)}}
	r.pack, _ = s.Writer.(Packer)
	r.ctx, r.cancel = context.WithCancel(context.Background())
	ctx, cancel := context.WithTimeout(r.ctx, 10*time.Second)
	defer cancel()
	head, err := s.Writer.Head(ctx, r.chain)
	if err != nil {
		r.chain += "." + ulid.Make().String()
		s.Log.Warn("audit chain cannot be continued, a new one begins", "chain", r.chain, "error", err.Error())
	}
	r.head = head
	r.count.seq.Store(head.Seq)
	r.done.Add(1)
	go r.run()
	if s.Pruner != nil && (s.Retention > 0 || s.AuditRetention > 0) {
		r.done.Add(1)
		go r.prune()
	}
	return r, nil
}

// Stage is the outermost stage: it accounts for every exchange exactly once.
func (r *Recorder) Stage() gateway.Stage {
	return gateway.Stage{Name: "envelope", Wrap: func(next gateway.Handler) gateway.Handler {
		return gateway.Account(next, r.Ended)
	}}
}

// Ended notes how ex ended and queues its record. The Stage calls it; httpapi does for a
// request that never entered the pipeline.
func (r *Recorder) Ended(ex *gateway.Exchange, err error) {
	f := ex.Facts
	f.End = time.Now()
	if err == gateway.ErrClosed {
		f.Err = &gateway.Error{Op: "telemetry.Ended", Kind: gateway.Cancelled, Public: "The caller closed the connection.", Err: err}
	} else {
		f.Err = gateway.AsError(err)
	}
	r.push(newEntry(ex))
}

func (r *Recorder) push(e *entry) pushed {
	p := r.queue.push(e)
	switch p {
	case pushShed:
		r.count.shed.Add(1)
	case pushFull:
		r.count.full.Add(1)
	case pushClosed:
		r.count.closed.Add(1)
	}
	return p
}

// Audit records an admin action. When it returns nil the event is durable.
func (r *Recorder) Audit(ctx context.Context, e Event) error {
	const op = "telemetry.Audit"
	set(&e.Outcome, "ok")
	e.ResourceID = r.build.cleanser.text(e.ResourceID) // of a refused action it is the caller's text
	done := make(chan error, 1)                        // the entry is the recorder's once it is pushed
	if p := r.push(&entry{event: &e, done: done}); p != pushOK {
		return &gateway.Error{Op: op, Kind: gateway.Unavailable, Public: "The audit trail takes nothing now."}
	}
	select {
	case err := <-done:
		if err != nil {
			return &gateway.Error{Op: op, Kind: gateway.Unavailable, Public: "The audit trail cannot be written now.", Err: err}
		}
		return nil
	case <-ctx.Done():
		return &gateway.Error{Op: op, Kind: gateway.Cancelled, Public: "The caller gave up before the audit event was written.", Err: ctx.Err()}
	}
}

// Head is the chain of this instance and its last link that was written.
func (r *Recorder) Head() (chain string, seq uint64) { return r.chain, r.count.seq.Load() }

// Stats reads the counters.
func (r *Recorder) Stats() Stats {
	c := &r.count
	s := Stats{RowsWritten: c.rows.Load(), AuditWritten: c.audit.Load(), DroppedFull: c.full.Load(), DroppedClosed: c.closed.Load(),
		DroppedDrain: c.drain.Load(), BodiesShed: c.shed.Load(), BuildFailures: c.build.Load(), Batches: c.batches.Load(),
		WriteErrors: c.errors.Load(), RowsPruned: c.pruned.Load(), PruneErrors: c.pruneErrors.Load(), AuditSeq: c.seq.Load()}
	s.QueueRows, s.QueueBytes = r.queue.depth()
	if since := c.failingSince.Load(); since != 0 {
		s.FailingSeconds = time.Since(time.Unix(0, since)).Seconds()
	}
	return s
}

// Close writes what is queued and ends. When ctx ends first, the rest is given up and
// counted, and that is the error. A second call waits for the first.
func (r *Recorder) Close(ctx context.Context) error {
	r.once.Do(func() {
		r.queue.close() // before, so that nothing comes behind the last look into it
		close(r.stop)
	})
	ended := make(chan struct{})
	go func() { r.done.Wait(); close(ended) }()
	select {
	case <-ended:
	case <-ctx.Done():
		r.cancel()
		<-ended
	}
	r.cancel()
	if n := r.count.drain.Load(); n > 0 {
		return &gateway.Error{Op: "telemetry.Close", Kind: gateway.Unavailable,
			Public: fmt.Sprintf("%d rows could not be written before the deadline.", n), Err: ctx.Err()}
	}
	return nil
}
