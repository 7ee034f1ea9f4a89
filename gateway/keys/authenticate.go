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
			p, err := s.acting(e.principal, ex.Envelope.Workspace)
			ex.SetPrincipal(p)
			if err != nil {
				return nil, err
			}
			return next(ctx, ex)
		}
	}}
}

// acting is p in the workspace that the call names: an owner may be in any, everybody
// else in the own one.
func (s *Service) acting(p *gateway.Principal, ref string) (*gateway.Principal, error) {
	if ref == "" || ref == p.Workspace || ref == p.WorkspaceRef {
		return p, nil
	}
	b := s.book.Load()
	w := b.workspace[ref]
	if w == nil {
		w = b.workspaceNamed(ref)
	}
	if w == nil || p.Role != gateway.RoleOwner {
		return p, absent("keys.Authenticate", "workspace", "There is no workspace '"+ref+"'.")
	}
	c := *p
	c.Workspace, c.WorkspaceRef, c.Config = w.ID, w.Name, w.Config
	c.KeyConfig = "" // a slug of the key's own workspace
	return &c, nil
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
