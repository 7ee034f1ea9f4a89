package device

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"net/netip"
	"sync"
	"time"

	"github.com/oklog/ulid/v2"

	"github.com/sluicegate/sluice/gateway"
)

// Limits of grants.
const (
	Lifetime   = 10 * time.Minute
	Interval   = 5 * time.Second // between two polls
	ofAddress  = 50              // that wait
	maxPending = 10_000          // that wait, in all
	remembered = 10 * time.Minute
)

// Hasher makes the HMAC of a code. It is credential's cipher.
type Hasher interface {
	Hash(code gateway.Secret) [32]byte
}

// Guesses bounds the wrong user codes of an address. It is identity's service.
type Guesses interface {
	MayGuess(from string) error
	GuessedWrong(from string)
}

// Service keeps the programs that ask to be let in. Safe for concurrent use.
type Service struct {
	store   Store
	hasher  Hasher
	guesses Guesses
	now     func() time.Time

	mu    sync.Mutex
	polls map[Hash]poll // by device code, of this process
}

// poll is when a program may ask again.
type poll struct {
	interval time.Duration
	next     time.Time
	expires  time.Time // of the grant
}

// New makes a service. now may be nil.
func New(store Store, hasher Hasher, guesses Guesses, now func() time.Time) *Service {
	if now == nil {
		now = time.Now
	}
	return &Service{store: store, hasher: hasher, guesses: guesses, now: now, polls: map[Hash]poll{}}
}

// Started is what a program gets. The codes are told here and never again.
type Started struct {
	Device gateway.Secret
	User   string // XXXX-XXXX
	Grant  Grant
}

// Start lets a program ask. An address that waits for too many answers is gateway.RateLimited.
func (s *Service) Start(ctx context.Context, scope Scope, client, address string) (Started, error) {
	const op = "device.Start"
	var random [32]byte
	_, _ = rand.Read(random[:]) // crypto/rand.Read does not fail
	code := gateway.NewSecret(Prefix + base64.RawURLEncoding.EncodeToString(random[:]))
	user, err := newUserCode()
	if err != nil {
		return Started{}, &gateway.Error{Op: op, Kind: gateway.Internal, Err: err}
	}
	now := s.now().UTC()
	g := Grant{ID: ulid.Make().String(), Device: deviceHash(code), User: s.hasher.Hash(gateway.NewSecret(normalised(user))), Scope: scope, Client: client,
		Address: networkOf(address), State: Pending, CreatedAt: now, ExpiresAt: now.Add(Lifetime)}
	if err := s.store.StartDevice(ctx, g, now.Add(-remembered), ofAddress, maxPending); err != nil {
		if gateway.AsError(err).Kind == gateway.RateLimited {
			return Started{}, &gateway.Error{Op: op, Kind: gateway.RateLimited, Code: "slow_down", RetryAfter: time.Minute, Public: "Too many programs wait to be let in. Try again later."}
		}
		return Started{}, err
	}
	return Started{Device: code, User: user, Grant: g}, nil
}

func deviceHash(code gateway.Secret) Hash { return sha256.Sum256([]byte(code.Reveal())) }

// networkOf is the address as it is counted: an IPv6 network of 64 bits is one subscriber's.
func networkOf(address string) string {
	a, err := netip.ParseAddr(address)
	if err != nil {
		return ""
	}
	if a = a.Unmap(); a.Is6() {
		p, err := a.WithZone("").Prefix(64)
		if err == nil {
			return p.String()
		}
	}
	return a.String()
}

// The codes of RFC 8628, section 3.5.
const (
	CodePending = "authorization_pending"
	CodeSlow    = "slow_down"
	CodeExpired = "expired_token"
	CodeDenied  = "access_denied"
)

// Poll tells a program whether it was let in. A grant is returned once. Until then it is an error
// with one of the codes above; "invalid_grant" for a device code that nobody has.
func (s *Service) Poll(ctx context.Context, code gateway.Secret) (Grant, error) {
	const op = "device.Poll"
	no := func(kind gateway.Kind, code, public string) (Grant, error) {
		return Grant{}, &gateway.Error{Op: op, Kind: kind, Code: code, Public: public}
	}
	g, err := s.store.DeviceByCode(ctx, deviceHash(code))
	switch {
	case err != nil && gateway.AsError(err).Kind == gateway.NotFound:
		return no(gateway.Invalid, "invalid_grant", "The device code is unknown, or was used.")
	case err != nil:
		return Grant{}, err
	case !s.now().Before(g.ExpiresAt):
		return no(gateway.Invalid, CodeExpired, "The device code has ended. Begin again.")
	case s.tooFast(&g):
		return no(gateway.Invalid, CodeSlow, "Asked too often: wait five seconds longer between two requests.")
	case g.State == Denied:
		return no(gateway.Invalid, CodeDenied, "The request was refused.")
	case g.State != Approved:
		return no(gateway.Invalid, CodePending, "Nobody has decided yet.")
	}
	if err := s.store.TakeDevice(ctx, g.ID); err != nil {
		if gateway.AsError(err).Kind == gateway.NotFound {
			return no(gateway.Invalid, "invalid_grant", "The device code is unknown, or was used.")
		}
		return Grant{}, err
	}
	s.forget(g.Device)
	return g, nil
}

// tooFast notes a poll, and reports whether it came too early. Each one that does makes the
// interval longer by five seconds. A second of it is left to the network.
func (s *Service) tooFast(g *Grant) bool {
	now := s.now()
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.polls) > maxPending {
		for hash, p := range s.polls {
			if !now.Before(p.expires) {
				delete(s.polls, hash)
			}
		}
	}
	p, known := s.polls[g.Device]
	if !known {
		p = poll{interval: Interval, expires: g.ExpiresAt}
	}
	early := known && now.Before(p.next.Add(-time.Second))
	if early {
		p.interval += Interval
	}
	p.next = now.Add(p.interval)
	s.polls[g.Device] = p
	return early
}

func (s *Service) forget(code Hash) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.polls, code)
}

// Find finds the grant that waits with a user code. A wrong code counts against the address, which
// has to wait after too many: gateway.RateLimited.
func (s *Service) Find(ctx context.Context, userCode, from string) (Grant, error) {
	const op = "device.Find"
	if err := s.guesses.MayGuess(from); err != nil {
		return Grant{}, err
	}
	code := normalised(userCode)
	if code == "" {
		s.guesses.GuessedWrong(from)
		return Grant{}, absent(op)
	}
	g, err := s.store.DeviceByUserCode(ctx, s.hasher.Hash(gateway.NewSecret(code)))
	switch {
	case err != nil && gateway.AsError(err).Kind != gateway.NotFound:
		return Grant{}, err
	case err != nil || g.State != Pending || !s.now().Before(g.ExpiresAt):
		s.guesses.GuessedWrong(from)
		return Grant{}, absent(op)
	}
	return g, nil
}

// Decision is what a person answers.
type Decision struct {
	Approve           bool
	Member, Workspace string // ids: as whom the program is let in
	APIKey            string // id of the API key as which it calls models; "" with the scope Admin
}

// Decide answers a grant that Find has found. It is gateway.NotFound if somebody else was faster.
func (s *Service) Decide(ctx context.Context, g Grant, d Decision) error {
	g.State = Denied
	if d.Approve {
		g.State, g.Member, g.Workspace, g.APIKey = Approved, d.Member, d.Workspace, d.APIKey
	}
	err := s.store.DecideDevice(ctx, g)
	var e *gateway.Error
	if errors.As(err, &e) && e.Kind == gateway.NotFound {
		return absent("device.Decide")
	}
	return err
}
