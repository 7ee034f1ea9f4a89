package export

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/sluicegate/sluice/telemetry"
)

// Reader reads exchanges.
type Reader interface {
	Logs(ctx context.Context, q telemetry.Query) (telemetry.Page, error)
	Analytics(ctx context.Context, q telemetry.AnalyticsQuery) ([]telemetry.AnalyticsRow, error)
}

// Bucket keeps files elsewhere. Package s3 has one.
type Bucket interface {
	// Put stores the file at path under a name.
	Put(ctx context.Context, name, path, contentType string) error
	// URL is an address at which anybody can read the file for some time.
	URL(ctx context.Context, name string, valid time.Duration) (string, error)
}

// Config holds what a Service is made of. Store, Reader, Dir, Node and NewID are required.
type Config struct {
	Store  Store
	Reader Reader
	Dir    string // of the files; made when it is needed
	Bucket Bucket // nil = there is none
	Node   string // names this server
	NewID  func(time.Time) string
	Limits Limits
	Lease  time.Duration // of a runner on its job. Default: 30 s
	Poll   time.Duration // how often the runner looks for jobs. Default: 5 s
	Log    *slog.Logger
	Now    func() time.Time
}

// Limits bound jobs. Zero values are defaults.
type Limits struct {
	Rows         int64         // of a file. Default: 1,000,000
	Bytes        int64         // of a file, within a row group more. Default: 1 GiB
	PerWorkspace int           // jobs that run at once. Default: 1
	Retention    time.Duration // of files in the data directory. Default: 7 days
}

// MaxBytes is the size of the largest file: what a bucket takes at once.
const MaxBytes = 5 << 30

// atOnce is how many jobs one server runs at once.
const atOnce = 2

// Service administers jobs and runs them. Safe for concurrent use. It owns the runner, which Start
// starts and Close ends.
type Service struct {
	cfg     Config
	wake    chan struct{} // there may be something to run
	life    context.Context
	end     context.CancelFunc
	running sync.WaitGroup
}

// New makes a service that runs nothing yet.
func New(cfg Config) *Service {
	def := func(d *time.Duration, to time.Duration) {
		if *d == 0 {
			*d = to
		}
	}
	def(&cfg.Lease, 30*time.Second)
	def(&cfg.Poll, 5*time.Second)
	def(&cfg.Limits.Retention, 7*24*time.Hour)
	if cfg.Limits.Rows == 0 {
		cfg.Limits.Rows = 1_000_000
	}
	if cfg.Limits.Bytes == 0 {
		cfg.Limits.Bytes = 1 << 30
	}
	if cfg.Limits.PerWorkspace == 0 {
		cfg.Limits.PerWorkspace = 1
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	s := &Service{cfg: cfg, wake: make(chan struct{}, 1)}
	s.life, s.end = context.WithCancel(context.Background())
	return s
}

// Start starts the runner. Jobs that this server ran when it stopped begin anew.
func (s *Service) Start() { s.running.Go(func() { s.runAll(s.life) }) }

// Close ends the runner. Jobs that run go back to the queue.
func (s *Service) Close(context.Context) error {
	s.end()
	s.running.Wait()
	return nil
}
