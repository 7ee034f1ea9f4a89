package refresh

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/catalog"
	"github.com/sluicegate/sluice/gateway/catalog/signed"
	"github.com/sluicegate/sluice/gateway/catalog/table"
	"github.com/sluicegate/sluice/gateway/recurring"
)

// Config holds what a Service is made of. Exactly one of URL and File is set, or neither: the built-in
// catalogue stays. Keep is required with a source.
type Config struct {
	URL  string // of https
	File string // a path
	Keys []ed25519.PublicKey
	// Every is the pause between two looks at the source. Default: 24 h.
	Every time.Duration
	// Keep is the file that the last one that was used is kept in.
	Keep string
	// Transport is that of downloads. Default: that of net/http with the proxies of the environment.
	Transport http.RoundTripper
	Log       *slog.Logger
	Now       func() time.Time
}

const (
	// tryAgain is the pause after a failure, if Every is not shorter.
	tryAgain = 10 * time.Minute
	// timeout is that of one download.
	timeout = time.Minute
)

// Service renews a catalogue. Safe for concurrent use. It owns one goroutine, which Start starts and
// Close ends.
type Service struct {
	cfg     Config
	book    *catalog.Catalog
	client  *http.Client
	builtIn string // day of the built-in catalogue
	life    context.Context
	end     context.CancelFunc
	running sync.WaitGroup

	work *recurring.Work
	turn chan struct{} // held by who looks at the source
	tag  string        // ETag of the last file; who holds turn owns it

	mu     sync.Mutex
	status Status
}

// Origin says where the catalogue in use comes from.
type Origin string

const (
	BuiltIn Origin = "built-in"
	Kept    Origin = "kept"   // of an earlier run
	Source  Origin = "source" // read by this process
)

// Status tells what the catalogue is made of, and how the last look at the source went.
type Status struct {
	Origin      Origin
	Version     int64  // 0 = the built-in one
	Day         string // of its prices
	Used        time.Time
	Configured  bool
	Every       time.Duration
	Checked     time.Time // the last look at the source; zero: there was none
	Problem     string    // of that look, without causes of the machine; "" = none
	FailedSince time.Time // zero: it did not fail
	Failures    uint64
}

// New makes a service. Restore and Start begin its work.
func New(cfg Config, book *catalog.Catalog) *Service {
	if cfg.Every == 0 {
		cfg.Every = 24 * time.Hour
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Transport == nil {
		cfg.Transport = &http.Transport{Proxy: http.ProxyFromEnvironment, DisableCompression: true, TLSHandshakeTimeout: 10 * time.Second, MaxResponseHeaderBytes: 64 << 10, ForceAttemptHTTP2: true}
	}
	s := &Service{cfg: cfg, book: book, client: &http.Client{Transport: cfg.Transport, Timeout: timeout, CheckRedirect: onlyHTTPS}, turn: make(chan struct{}, 1)}
	s.work = recurring.New(cfg.Log, "the catalogue is not renewed", "the source of the catalogue can be used again", cfg.Now)
	s.life, s.end = context.WithCancel(context.Background())
	e := book.Edition()
	s.builtIn = e.Day
	s.status = Status{Origin: BuiltIn, Version: e.Version, Day: e.Day, Used: cfg.Now(), Configured: s.configured()}
	if s.status.Configured {
		s.status.Every = cfg.Every
	}
	return s
}

func (s *Service) configured() bool { return s.cfg.URL != "" || s.cfg.File != "" }

// Restore makes the catalogue tell of the file that an earlier run kept, if there is one.
func (s *Service) Restore() {
	if !s.configured() {
		return
	}
	raw, err := readFile(s.cfg.Keep)
	if errors.Is(err, os.ErrNotExist) {
		return
	}
	if err == nil {
		err = s.use(raw, Kept)
	}
	if err != nil {
		s.cfg.Log.Warn("the kept catalogue is not used", "file", s.cfg.Keep, "error", err)
	}
}

// Start looks at the source now, and then again and again.
func (s *Service) Start() {
	if !s.configured() {
		return
	}
	s.running.Go(func() {
		for {
			pause := s.cfg.Every
			if _, err := s.Refresh(s.life); err != nil {
				pause = min(pause, tryAgain)
			}
			select {
			case <-s.life.Done():
				return
			case <-time.After(pause):
			}
		}
	})
}

// Close ends a download that is under way, and waits for the goroutine.
func (s *Service) Close(context.Context) error {
	s.end()
	s.running.Wait()
	return nil
}

// Status tells how it is.
func (s *Service) Status() Status {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.status
}

// Refresh looks at the source, and reports whether the catalogue is another one now. A failure is
// noted in the status and logged, too.
func (s *Service) Refresh(ctx context.Context) (renewed bool, err error) {
	const op = "refresh.Refresh"
	if !s.configured() {
		return false, &gateway.Error{Op: op, Kind: gateway.Conflict, Public: "No source of the catalogue is configured: set 'catalog' in the server's file."}
	}
	select {
	case s.turn <- struct{}{}:
		defer func() { <-s.turn }()
	case <-ctx.Done():
		return false, ctx.Err()
	}
	renewed, err = s.look(ctx)
	if err != nil && s.life.Err() != nil {
		return false, err // the process ends
	}
	s.note(renewed, err)
	if err != nil {
		return false, &gateway.Error{Op: op, Kind: gateway.Upstream, Public: "The catalogue was not renewed: " + publicText(err) + ".", Err: err}
	}
	return renewed, nil
}

func (s *Service) note(renewed bool, err error) {
	s.work.Done(err)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.status.Checked = s.cfg.Now()
	if err == nil {
		s.status.Problem, s.status.FailedSince = "", time.Time{}
		if renewed {
			s.cfg.Log.Info("the catalogue is renewed", "version", s.status.Version, "day", s.status.Day)
		}
		return
	}
	s.status.Problem = publicText(err)
	s.status.Failures++
	if s.status.FailedSince.IsZero() {
		s.status.FailedSince = s.status.Checked
	}
}

// SinceSuccess is how long ago the source was last looked at with success, or since when it is asked.
func (s *Service) SinceSuccess() time.Duration { return s.work.SinceSuccess() }

// look reads the source once. The caller has the turn.
func (s *Service) look(ctx context.Context) (renewed bool, err error) {
	raw, tag, err := s.read(ctx)
	if err != nil || raw == nil {
		return false, err
	}
	origin := Source
	if kept, err := readFile(s.cfg.Keep); err == nil && bytes.Equal(kept, raw) {
		if origin = Kept; s.Status().Origin != BuiltIn {
			s.tag = tag
			return false, nil
		}
	}
	if err := s.use(raw, origin); err != nil {
		return false, err
	}
	s.tag = tag
	return true, nil
}

// use verifies a file and makes the catalogue tell of it. One from the source is kept first, so that
// no start goes back to an earlier one.
func (s *Service) use(raw []byte, origin Origin) error {
	e, err := signed.Open(raw, s.cfg.Keys)
	if err != nil {
		return err
	}
	if err := s.newer(e, origin); err != nil {
		return err
	}
	if origin == Source {
		if err := keep(s.cfg.Keep, raw); err != nil {
			return &failure{"the file cannot be kept in the data directory", err}
		}
	}
	if err := s.book.Use(e); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.status.Origin, s.status.Version, s.status.Day, s.status.Used = origin, e.Version, e.Day, s.cfg.Now()
	return nil
}

// newer refuses an edition that is older than what was used before.
func (s *Service) newer(e table.Edition, origin Origin) error {
	if e.Day < s.builtIn {
		return fmt.Errorf("its day %s is before that of the built-in catalogue, %s", e.Day, s.builtIn)
	}
	if origin == Kept {
		return nil
	}
	last := s.Status().Version
	if raw, err := readFile(s.cfg.Keep); err == nil { // whose day may be before that of the built-in catalogue
		if before, err := signed.Open(raw, s.cfg.Keys); err == nil {
			last = max(last, before.Version)
		}
	}
	if e.Version <= last {
		return fmt.Errorf("its version %d is not higher than %d, which was used before", e.Version, last)
	}
	return nil
}

// keep replaces a file in one step.
func keep(path string, raw []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".catalog-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // is gone once it was renamed
	_, err = f.Write(raw)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}
