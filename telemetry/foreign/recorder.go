package foreign

import (
	"cmp"
	"context"
	"log/slog"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/oklog/ulid/v2"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/telemetry"
	"github.com/sluicegate/sluice/telemetry/foreignspan"
)

// Config of a Recorder. Writer and Cleanse are required; the zero value of any other field means
// its default.
type Config struct {
	Writer   telemetry.Writer
	Cleanse  func(string) string // replaces personal data in a text
	Contents bool                // texts of any attribute are kept; else only those of attributes that name programs, models and kinds

	Flush    time.Duration // how long spans gather before they are written; default 200 ms
	KeyBytes int64         // of requests in flight, of one API key; default 32 MiB
	AllBytes int64         // of all; default 128 MiB

	Log *slog.Logger // default: discards
}

// Recorder takes requests and writes their spans. See the package comment.
type Recorder struct {
	cfg      Config
	memory   memory
	decoding chan struct{} // a token per request that is being decoded: it must not take every processor

	mu      sync.Mutex
	waiting []*submission // in the order of arrival; bounded by memory
	closed  bool
	failing bool // the Writer failed last time; owned by the goroutine

	arrived  chan struct{} // capacity 1
	stop     chan struct{} // closed by Close
	writeCtx context.Context
	cancel   context.CancelFunc
	done     sync.WaitGroup

	stored, refused, failed atomic.Uint64
}

// submission is the spans of one request.
type submission struct {
	spans   []*foreignspan.Span
	written chan error // capacity 1
}

// Result tells what became of a request.
type Result struct {
	Stored   int
	Rejected int
	// Message names what was refused or dropped, and where; "" if nothing was.
	Message string
}

// Stats are counters of spans since the start.
type Stats struct {
	Stored, Refused uint64
	Failed          uint64 // could not be written; their exporters were told to send them again
	BytesInFlight   int64
}

// New starts a Recorder.
func New(cfg Config) *Recorder {
	cfg.Flush = cmp.Or(cfg.Flush, 200*time.Millisecond)
	cfg.KeyBytes = cmp.Or(cfg.KeyBytes, 32<<20)
	cfg.AllBytes = cmp.Or(cfg.AllBytes, 128<<20)
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	r := &Recorder{cfg: cfg, memory: memory{perKey: cfg.KeyBytes, all: cfg.AllBytes, keys: map[string]int64{}},
		decoding: make(chan struct{}, max(1, runtime.GOMAXPROCS(0)/2)), arrived: make(chan struct{}, 1), stop: make(chan struct{})}
	r.writeCtx, r.cancel = context.WithCancel(context.Background())
	r.done.Go(r.run)
	return r
}

// Share returns an empty share for a request of an API key. Release gives it back.
func (r *Recorder) Share(apiKey string) *Share { return &Share{of: &r.memory, key: apiKey} }

// Stats reads the counters.
func (r *Recorder) Stats() Stats {
	r.memory.mu.Lock()
	defer r.memory.mu.Unlock()
	return Stats{Stored: r.stored.Load(), Refused: r.refused.Load(), Failed: r.failed.Load(), BytesInFlight: r.memory.used}
}

// Take stores the spans of a request. It returns once they are on disk. After an error
// nothing of the request is stored.
func (r *Recorder) Take(ctx context.Context, from Source, share *Share, body []byte, e Encoding) (Result, error) {
	const op = "foreign.Take"
	q, err := r.decode(ctx, from, body, e)
	if err != nil {
		return Result{}, err
	}
	rejected := q.refusals.count()
	r.refused.Add(uint64(rejected))
	result := Result{Stored: len(q.spans), Rejected: rejected, Message: q.refusals.message()}
	if len(q.spans) == 0 {
		return result, nil
	}
	if err := share.Grow(int64(q.stored)); err != nil {
		return Result{}, err
	}
	s := &submission{spans: q.spans, written: make(chan error, 1)}
	if !r.submit(s) {
		return Result{}, &gateway.Error{Op: op, Kind: gateway.Unavailable, RetryAfter: retryAfter, Public: "Sluice is shutting down."}
	}
	// A caller that leaves does not end the wait: the share must last as long as the spans are in memory.
	if err := <-s.written; err != nil {
		return Result{}, &gateway.Error{Op: op, Kind: gateway.Unavailable, RetryAfter: 5 * retryAfter, Public: "Spans cannot be written now.", Err: err}
	}
	return result, nil
}

// decode reads a request while few others are read.
func (r *Recorder) decode(ctx context.Context, from Source, body []byte, e Encoding) (*request, error) {
	select {
	case r.decoding <- struct{}{}:
		defer func() { <-r.decoding }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	q := &request{source: from, received: time.Now().UTC().Truncate(time.Microsecond), contents: r.cfg.Contents && !from.NoContents,
		texts: &texts{cleanse: r.cfg.Cleanse, known: map[string]string{}}}
	return q, decode(body, e, q)
}

// submit queues s, unless the Recorder is closed.
func (r *Recorder) submit(s *submission) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return false
	}
	r.waiting = append(r.waiting, s)
	select {
	case r.arrived <- struct{}{}:
	default:
	}
	return true
}

// Close refuses further requests, writes what waits until ctx ends, and waits for the goroutine.
func (r *Recorder) Close(ctx context.Context) error {
	r.mu.Lock()
	if !r.closed {
		r.closed = true
		close(r.stop)
	}
	r.mu.Unlock()
	ended := make(chan struct{})
	go func() { r.done.Wait(); close(ended) }()
	select {
	case <-ended:
	case <-ctx.Done():
		r.cancel()
		<-ended
	}
	r.cancel()
	return nil
}

// run writes what waits, until Close.
func (r *Recorder) run() {
	for closing := false; !closing; {
		select {
		case <-r.arrived:
			closing = !pause(r.stop, r.cfg.Flush)
		case <-r.stop:
			closing = true
		}
		for batch := r.take(); len(batch) > 0; batch = r.take() {
			r.write(batch)
		}
	}
}

// pause waits for d. It returns false at once when stop is closed.
func pause(stop <-chan struct{}, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-stop:
		return false
	}
}

// batchSpans and batchBytes are how much makes a batch full.
const (
	batchSpans = 5000
	batchBytes = 16 << 20
)

// take removes the requests of the next batch, at least one if any waits.
func (r *Recorder) take() []*submission {
	r.mu.Lock()
	defer r.mu.Unlock()
	n, spans, bytes := 0, 0, 0
	for n < len(r.waiting) && spans < batchSpans && bytes < batchBytes {
		for _, s := range r.waiting[n].spans {
			bytes += s.Size()
		}
		spans += len(r.waiting[n].spans)
		n++
	}
	batch := r.waiting[:n:n]
	r.waiting = r.waiting[n:]
	if len(r.waiting) == 0 {
		r.waiting = nil
	}
	return batch
}

// write stores a batch once and tells the result to those who wait.
func (r *Recorder) write(batch []*submission) {
	b := &telemetry.Batch{ID: ulid.Make().String()}
	for _, s := range batch {
		b.Foreign = append(b.Foreign, s.spans...)
	}
	err := r.cfg.Writer.Write(r.writeCtx, b)
	if err == nil {
		r.stored.Add(uint64(len(b.Foreign)))
	} else {
		r.failed.Add(uint64(len(b.Foreign)))
		if !r.failing {
			r.cfg.Log.Error("spans of other programs cannot be written, their exporters are told to send them again", "error", err.Error())
		}
	}
	r.failing = err != nil
	for _, s := range batch {
		s.written <- err
	}
}
