package keys

import (
	"context"
	"time"

	"github.com/sluicegate/sluice/gateway"
)

// The codes are Portkey's: its clients read them.
const (
	codeExpired = "01"
	codeInvalid = "03"
)

// Authenticate is the stage that finds out who asks. It answers before anything else
// that is wrong with the call: who has no key learns nothing.
func (s *Service) Authenticate() gateway.Stage {
	return gateway.Stage{Name: "authenticate", Wrap: func(next gateway.Handler) gateway.Handler {
		return func(ctx context.Context, ex *gateway.Exchange) (gateway.Stream, error) {
			e, err := s.find(ex.Envelope.APIKey)
			if err != nil {
				return nil, err
			}
			return next(ctx, ex.WithPrincipal(e.principal))
		}
	}}
}

// Identify gives the principal behind a key, for calls that are no exchanges.
func (s *Service) Identify(_ context.Context, key gateway.Secret) (*gateway.Principal, error) {
	e, err := s.find(key)
	if err != nil {
		return nil, err
	}
	return e.principal, nil
}

func (s *Service) find(key gateway.Secret) (*entry, error) {
	const op = "keys.Authenticate"
	b := s.book.Load()
	if b == nil {
		return nil, &gateway.Error{Op: op, Kind: gateway.Unavailable, Public: "Sluice is starting."}
	}
	if key.Empty() {
		return nil, refuseKey(op, codeInvalid, "No API key given. Send 'Authorization: Bearer sk-sl-…' or 'x-sluice-api-key: sk-sl-…'.")
	}
	// the map compares keyed hashes: its timing says nothing about any key
	e := b.byHash[s.cipher.Hash(key)]
	switch {
	case e == nil:
		return nil, refuseKey(op, codeInvalid, "Invalid API key.")
	case e.key.Disabled:
		return nil, refuseKey(op, codeInvalid, "This API key is disabled.")
	case !e.expires.IsZero() && !s.cfg.Now().Before(e.expires):
		return nil, refuseKey(op, codeExpired, "This API key expired on "+e.expires.UTC().Format(time.RFC3339)+".")
	}
	return e, nil
}

func refuseKey(op, code, public string) error {
	return &gateway.Error{Op: op, Kind: gateway.Unauthorized, Code: code, Public: public}
}
