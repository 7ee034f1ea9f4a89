package alert

import (
	"context"
	"log/slog"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/billing"
)

// Config holds what a Service is made of. Store, Cipher, Client and NewID are required.
type Config struct {
	Store  Store
	Cipher Cipher
	// Client sends a request to a target. trusted: the address rules do not apply.
	Client       func(r *http.Request, trusted bool) (*http.Response, error)
	CheckAddress func(url string) error // refuses URLs that the admin API may not set; nil = none is refused
	NewID        func(time.Time) string
	// Key finds the name of an API key and its workspace by the key's id; nil = nobody knows them.
	Key func(ctx context.Context, id string) (name, workspace string)
	// Pause is that after the first try that failed. It doubles. Default: 5 s.
	Pause time.Duration
	// Poll is how often the courier looks for deliveries of other replicas and for those that are
	// due again. Default: 5 s.
	Poll time.Duration
	Log  *slog.Logger
	Now  func() time.Time
}

// Cipher seals what a target's row holds. The one of package credential implements it.
type Cipher interface {
	Seal(table, row, column string, text gateway.Secret) []byte
	Open(table, row, column string, sealed []byte) (gateway.Secret, error)
}

const (
	maxQueue     = 1_024            // crossings before the announcer
	remindEvery  = time.Minute      // see Start
	writeTimeout = 5 * time.Second  // of one transaction
	drainTimeout = 5 * time.Second  // for the queue, when the service closes
	maxPause     = time.Hour        // between two tries
	giveUpAfter  = 24 * time.Hour   // a delivery is tried so long
	sendTimeout  = 10 * time.Second // of one try
	lease        = time.Minute      // of a delivery that is being sent
	atOnce       = 8                // deliveries that are sent in parallel
)

// Service announces crossings and delivers them. Safe for concurrent use. It owns the announcer and
// the courier, which Start starts and Close ends.
type Service struct {
	cfg     Config
	queue   chan billing.Crossing
	wake    chan struct{} // there are deliveries
	life    context.Context
	end     context.CancelFunc // of the goroutines; a try in flight ends, too, and is due again later
	running sync.WaitGroup

	dropped, failed, delivered atomic.Uint64

	mu       sync.Mutex // held while targets change
	stored   map[string]Target
	declared []Target
	targets  atomic.Pointer[map[string]Target] // all, by id; immutable
}

// New makes a service without targets. Load reads them.
func New(cfg Config) *Service {
	if cfg.Pause == 0 {
		cfg.Pause = 5 * time.Second
	}
	if cfg.Poll == 0 {
		cfg.Poll = 5 * time.Second
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	s := &Service{cfg: cfg, queue: make(chan billing.Crossing, maxQueue), wake: make(chan struct{}, 1), stored: map[string]Target{}}
	s.life, s.end = context.WithCancel(context.Background())
	s.publish()
	return s
}

// Reached implements billing.Alerts. It does not wait.
func (s *Service) Reached(c billing.Crossing) {
	select {
	case s.queue <- c:
	default:
		s.dropped.Add(1) // remind tells it again
	}
}

// Start starts the announcer and the courier. remind lets billing tell again what its accounts have
// reached: at the start, and every minute.
func (s *Service) Start(remind func(context.Context) error) {
	s.running.Go(func() { s.announceAll(s.life) })
	s.running.Go(func() { s.deliverAll(s.life) })
	s.running.Go(func() { s.remindAll(s.life, remind) })
}

// Close ends the goroutines, and announces what is queued: that takes up to drainTimeout. What is
// announced stays in the store until a process delivers it.
func (s *Service) Close(ctx context.Context) error {
	s.end()
	s.running.Wait()
	ctx, cancel := context.WithTimeout(ctx, drainTimeout)
	defer cancel()
	for {
		select {
		case c := <-s.queue:
			if err := s.announce(ctx, c); err != nil {
				s.dropped.Add(uint64(1 + len(s.queue)))
				return err
			}
		default:
			return nil
		}
	}
}

// Stats are counters since the start.
type Stats struct {
	Dropped   uint64 // crossings that did not fit the queue or the time to drain it; they are told again
	Delivered uint64
	Failed    uint64 // tries
}

// Stats returns them.
func (s *Service) Stats() Stats {
	return Stats{Dropped: s.dropped.Load(), Delivered: s.delivered.Load(), Failed: s.failed.Load()}
}

// remindAll calls remind.
func (s *Service) remindAll(ctx context.Context, remind func(context.Context) error) {
	tick := time.NewTicker(remindEvery)
	defer tick.Stop()
	for {
		if err := remind(ctx); err != nil && ctx.Err() == nil {
			s.cfg.Log.Warn("budgets cannot be looked through for alerts", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}
