package identity

import (
	"cmp"
	"context"
	"time"

	"github.com/sluicegate/sluice/gateway"
)

// The codes are Portkey's: its clients read them.
const (
	codeExpired = "01"
	codeInvalid = "03"
)

// Authenticate is the stage that identifies the caller. It answers before anything else
// that is wrong with the call, so that a caller without a key learns nothing.
func (s *Service) Authenticate() gateway.Stage {
	return gateway.Stage{Name: "authenticate", Wrap: func(next gateway.Handler) gateway.Handler {
		return func(ctx context.Context, ex *gateway.Exchange) (gateway.Stream, error) {
			p, err := ex.Principal, error(nil)
			if p == nil {
				p, err = s.Identify(ctx, ex.Envelope.APIKey)
			}
			if err != nil {
				return nil, err
			}
			err = s.enterWorkspace(p, ex.Envelope.Workspace)
			ex.SetPrincipal(p)
			if err != nil {
				return nil, err
			}
			return next(ctx, ex)
		}
	}}
}

// enterWorkspace moves p to the workspace that the call names, by id or name. Only a
// principal that sees it may; for every other it does not exist, and p stays as it is.
func (s *Service) enterWorkspace(p *gateway.Principal, ref string) error {
	const op = "identity.Authenticate"
	if ref == "" || ref == p.Workspace || ref == p.WorkspaceRef {
		return nil
	}
	x, err := s.loaded(op)
	if err != nil {
		return err
	}
	w, err := visibleWorkspace(op, x, p, ref)
	if err != nil {
		return err
	}
	p.HomeWorkspace, p.HomeConfig = p.Workspace, p.KeyConfig // a slug of the key's own workspace
	p.Workspace, p.WorkspaceRef, p.Config, p.KeyConfig = w.ID, w.Name, w.Config, ""
	return nil
}

// Identify returns a new principal for an API key. A missing, unknown, disabled or expired
// key is gateway.Unauthorized.
func (s *Service) Identify(_ context.Context, key gateway.Secret) (*gateway.Principal, error) {
	const op = "identity.Authenticate"
	x, err := s.loaded(op)
	if err != nil {
		return nil, err
	}
	if key.Empty() {
		return nil, refuseKey(op, codeInvalid, "No API key given. Send 'Authorization: Bearer sk-sl-…' or 'x-sluice-api-key: sk-sl-…'.")
	}
	// The map compares keyed hashes, so its timing tells nothing about any key.
	k, w, m := x.caller(s.cipher.Hash(key))
	switch {
	case k == nil:
		return nil, refuseKey(op, codeInvalid, "Invalid API key.")
	case k.Disabled:
		return nil, refuseKey(op, codeInvalid, "This API key is disabled.")
	case !k.ExpiresAt.IsZero() && !s.cfg.Now().Before(k.ExpiresAt):
		return nil, refuseKey(op, codeExpired, "This API key expired on "+k.ExpiresAt.UTC().Format(time.RFC3339)+".")
	}
	p := &gateway.Principal{
		Organisation: x.organisation.ID, Workspace: w.ID, WorkspaceRef: w.Name, Member: m.ID, MemberRef: m.Name, Role: m.role(w.ID),
		APIKey: k.ID, APIKeyName: k.Name, KeyConfig: k.Config, Config: w.Config, Compat: cmp.Or(k.Compat, w.Compat), Redact: s.cfg.Redact, Budgeted: k.Budget != nil,
	}
	if s.cfg.OrganisationConfig != "" {
		first := x.workspaceNamed(gateway.DefaultWorkspace)
		if first == nil { // what the organisation pins is not known
			return nil, &gateway.Error{Op: op, Kind: gateway.Unavailable, Public: "Sluice is starting."}
		}
		p.OrganisationWorkspace, p.OrganisationConfig = first.ID, s.cfg.OrganisationConfig
	}
	return p, nil
}

func refuseKey(op, code, public string) error {
	return &gateway.Error{Op: op, Kind: gateway.Unauthorized, Code: code, Public: public}
}
