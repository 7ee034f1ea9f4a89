package settle

import (
	"context"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/opaque"
	"github.com/sluicegate/sluice/gateway/recurring"
	"github.com/sluicegate/sluice/gateway/vendorobject"
)

// Config configures a Poller. Store, Handler, Principal, Record, NewID and Log are required.
type Config struct {
	Store   vendorobject.Store
	Handler gateway.Handler // asks vendors: it routes, meters and charges, and records nothing
	// Principal is whom the work of an object is charged to.
	Principal func(o *vendorobject.Object) *gateway.Principal
	// Record leaves a row of an exchange that has settled work.
	Record func(ex *gateway.Exchange, err error)
	NewID  func(time.Time) string
	Log    *slog.Logger
	// Every is the shortest time between two questions about an object, but for an eighth by which they are
	// spread. Default: one minute.
	Every time.Duration
	Now   func() time.Time
}

// GiveUp is the age of work after which nobody asks about it: reservations count as spent by then.
const GiveUp = 8 * 24 * time.Hour

const (
	slowest      = 15 * time.Minute // between two questions about an object, while its vendor answers
	askTimeout   = time.Minute      // of a question
	readTimeout  = 20 * time.Minute // of a file of results
	workLease    = readTimeout + 2*askTimeout
	lookInterval = 2 * time.Second        // between two looks for what is due
	atOnce       = 4                      // questions
	pace         = 200 * time.Millisecond // from one question of a process to the next, also where much is due at once
	maxState     = 16 << 20               // bytes of an answer that is read

	anthropicVersion = "2023-06-01" // of the API
)

// Poller asks vendors for the end of work that nobody else asks for. Close ends it.
type Poller struct {
	cfg  Config
	stop context.CancelFunc
	done sync.WaitGroup

	claims, questions *recurring.Work

	mu   sync.Mutex
	turn time.Time // of the next question
}

// Start starts a Poller.
func Start(cfg Config) *Poller {
	if cfg.Every <= 0 {
		cfg.Every = time.Minute
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	life, stop := context.WithCancel(context.Background())
	p := &Poller{cfg: cfg, stop: stop,
		claims:    recurring.New(cfg.Log, "the work of vendors that is due cannot be read", "the work of vendors that is due is read again", cfg.Now),
		questions: recurring.New(cfg.Log, "a vendor does not tell how its work stands, and is asked again", "", cfg.Now)}
	for range atOnce {
		p.done.Go(func() { p.run(life) })
	}
	return p
}

// Close ends questions that are being asked, and waits for the goroutines.
func (p *Poller) Close(context.Context) error {
	p.stop()
	p.done.Wait()
	return nil
}

// SinceSuccess is how long ago the store last told what is due.
func (p *Poller) SinceSuccess() time.Duration { return p.claims.SinceSuccess() }

// Failures counts questions that a vendor did not answer.
func (p *Poller) Failures() uint64 { return p.questions.Failures() }

// run asks about what is due until life ends.
func (p *Poller) run(life context.Context) {
	for p.wait(life) {
		o, ok, err := p.cfg.Store.ClaimWork(life, workLease)
		if life.Err() == nil {
			p.claims.Done(err)
		}
		if err == nil && ok {
			p.look(life, &o)
			continue
		}
		select {
		case <-life.Done():
		case <-time.After(min(lookInterval, p.cfg.Every)):
		}
	}
}

// wait waits for a turn to ask: all work may be due at once, after an upgrade or a long stop. It is false if
// life has ended.
func (p *Poller) wait(life context.Context) bool {
	p.mu.Lock()
	now := time.Now()
	if p.turn.Before(now) {
		p.turn = now
	}
	mine := p.turn
	p.turn = mine.Add(min(pace, p.cfg.Every/4))
	p.mu.Unlock()
	select {
	case <-life.Done():
		return false
	case <-time.After(mine.Sub(now)):
		return life.Err() == nil
	}
}

// spread is a time near d, so that what was asked about together is not asked about together again.
func spread(d time.Duration) time.Duration { return d - d/8 + rand.N(d/4+1) }

// look asks about one object, and says when it is asked about again.
func (p *Poller) look(life context.Context, o *vendorobject.Object) {
	age := p.cfg.Now().Sub(o.Created)
	settled, err := p.ask(life, o)
	if err != nil && life.Err() == nil { // the success of another vendor ends nothing
		p.questions.Done(err, "object", o.ID, "workspace", o.Workspace, "virtual_key", o.VirtualKey, "kind", o.Work.Kind)
	}
	after := spread(min(max(age/8, p.cfg.Every), slowest))
	switch {
	case settled:
		return
	case life.Err() != nil:
		after = 0 // of another process, or of the next start
	case age > GiveUp:
		after = -1
		p.cfg.Log.Warn("a vendor did not tell what its work cost, and is not asked again", "object", o.ID, "workspace", o.Workspace, "virtual_key", o.VirtualKey, "kind", o.Work.Kind, "error", err)
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(life), askTimeout)
	defer cancel()
	if err := p.cfg.Store.PostponeWork(ctx, o.Workspace, o.ID, after); err != nil {
		p.cfg.Log.Warn("cannot note when a vendor is asked again", "object", o.ID, "error", err) // the lease ends
	}
}

// ask asks the vendor how the work of an object stands, and for its results once it has ended. settled
// means that nobody need ask again.
func (p *Poller) ask(life context.Context, o *vendorobject.Object) (settled bool, err error) {
	by := Settler{Store: p.cfg.Store, Now: p.cfg.Now}
	answer, settled, err := p.get(life, askTimeout, o, vendorQuery{path: o.Work.Path, body: o.Work.Body}, func(pass *gateway.PassThrough) {
		pass.Settles = by.Answer(life, o.Workspace, o.ID, o.Work)
	})
	if settled || err != nil {
		return settled, err
	}
	is := stateOf(o.Work, answer)
	switch {
	case is.usageKnown: // by now, somebody else has settled it
		return true, nil
	case is.stored != "":
		return p.stored(life, o, &is)
	case is.results == "":
		return false, nil
	}
	_, settled, err = p.get(life, readTimeout, o, vendorQuery{path: is.results}, func(pass *gateway.PassThrough) {
		pass.Results = by.Results(life, o.Workspace, o.ID)
	})
	return settled, err
}

// vendorQuery is what a vendor is asked.
type vendorQuery struct {
	path   string // with its query
	body   []byte // of a POST; nil: it is a GET
	stored string // in a bucket, in place of the path
}

// get makes one call of the vendor's API. It returns the answer, if that is JSON.
func (p *Poller) get(life context.Context, timeout time.Duration, o *vendorobject.Object, what vendorQuery, with func(*gateway.PassThrough)) (answer []byte, settled bool, err error) {
	ctx, cancel := context.WithTimeout(life, timeout)
	defer cancel()
	ex, err := p.exchange(o, what)
	if err != nil {
		return nil, false, err
	}
	pass := ex.Request.Pass
	with(pass)
	answer, err = p.read(ctx, ex)
	if pass.Settled == nil {
		return answer, false, err
	}
	ex.Facts.Status = http.StatusOK
	p.cfg.Record(ex, err)
	return answer, true, nil
}

// read reads an answer to its end.
func (p *Poller) read(ctx context.Context, ex *gateway.Exchange) (answer []byte, err error) {
	stream, err := p.cfg.Handler(ctx, ex)
	if err != nil {
		return nil, err
	}
	defer stream.Close()
	for {
		c, err := stream.Next()
		switch {
		case err == io.EOF:
			return answer, nil
		case err != nil:
			return nil, err
		case c.Form == gateway.FormBody && len(c.Raw) <= maxState:
			answer = append([]byte(nil), c.Raw...) // valid until the next one
		}
	}
}

// exchange is one of the gateway's own, at the virtual key that made the object.
func (p *Poller) exchange(o *vendorobject.Object, what vendorQuery) (*gateway.Exchange, error) {
	method, raw := http.MethodGet, []byte("{}")
	if what.body != nil {
		method, raw = http.MethodPost, what.body
	}
	req, err := gateway.NewRequest(opaque.Dialect{Free: true}, gateway.OpPassThrough, raw)
	if err != nil {
		return nil, err
	}
	path, query, _ := strings.Cut(what.path, "?")
	req.Pass = &gateway.PassThrough{Method: method, Path: path, Query: query, Stored: what.stored, Header: http.Header{}, Free: true, Owed: true}
	if o.Work.Kind == MessageBatch {
		req.Pass.Header.Set("Anthropic-Version", anthropicVersion)
	}
	now := p.cfg.Now()
	ex := &gateway.Exchange{ID: p.cfg.NewID(now), Start: now, Trace: gateway.NewTrace(), Request: req, Facts: &gateway.Facts{},
		Envelope: &gateway.Envelope{Method: method, Route: "settle/" + o.Work.Kind, Path: path, KeepBodies: true, VirtualKey: o.VirtualKey, Config: "{}",
			KeptBy: gateway.VendorAccount{VirtualKey: o.VirtualKey, Credential: o.Credential}, Metadata: map[string]string{"_purpose": "settle_work"}}}
	who := p.cfg.Principal(o)
	ex.Envelope.Metadata = who.WithMetadata(ex.Envelope.Metadata)
	ex.SetPrincipal(who)
	return ex, nil
}
