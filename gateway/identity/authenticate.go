package identity

import (
	"cmp"
	"context"
	"net/netip"
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
				p, err = s.Identify(ctx, ex.Envelope.APIKey, ex.Envelope.ClientIP)
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

// Identify returns a new principal for an API key that came from an address. A missing, unknown,
// disabled or expired key is gateway.Unauthorized, a key that may not be used from the address
// gateway.Forbidden. An address that presents many unknown keys is gateway.RateLimited for a
// while, except with a known key that nobody can guess: a generated one, or a long one. Callers
// often share an address, that of a proxy, and one of them must not lock out the others.
func (s *Service) Identify(ctx context.Context, key gateway.Secret, from string) (*gateway.Principal, error) {
	const op = "identity.Authenticate"
	x, err := s.loaded(op)
	if err != nil {
		return nil, err
	}
	if key.Empty() {
		return nil, refuseKey(op, codeInvalid, "No API key given. Send 'Authorization: Bearer sk-sl-…' or 'x-sluice-api-key: sk-sl-…'.")
	}
	address, _ := netip.ParseAddr(from) // what is no address is admitted nowhere
	// The map compares hashes, so its timing tells nothing about any key.
	hash := generatedHash(key)
	k, w, m := x.caller(hash)
	if k == nil {
		if who, ok := s.cfg.Session(ctx, key); ok {
			return s.identifySession(op, x, who, address)
		}
		if who, mine, err := s.cfg.Bearer(ctx, key); mine {
			if err != nil {
				return nil, err
			}
			return s.identifyBearer(ctx, op, x, who)
		}
		if len(key.Reveal()) < longKey {
			if err := s.checkWait(op, address); err != nil {
				return nil, err
			}
		}
		hash = s.cipher.Hash(key)
		k, w, m = x.caller(hash)
	}
	switch {
	case k == nil:
		if err := s.checkWait(op, address); err != nil {
			return nil, err
		}
		s.unknown.add(address, s.cfg.Now())
		return nil, refuseKey(op, codeInvalid, "Invalid API key.")
	case hash == k.Previous.Hash && hash != k.Hash && !s.cfg.Now().Before(k.Previous.Until):
		return nil, refuseKey(op, codeExpired, "This API key was replaced, and its old value expired on "+k.Previous.Until.UTC().Format(time.RFC3339)+".")
	}
	return s.identifyKey(op, x, k, w, m, address)
}

// IdentifyKey returns the principal of an API key by its id, for what stands for the key, used from an
// address. The errors are those of Identify.
func (s *Service) IdentifyKey(_ context.Context, id, from string) (*gateway.Principal, error) {
	const op = "identity.IdentifyKey"
	x, err := s.loaded(op)
	if err != nil {
		return nil, err
	}
	address, _ := netip.ParseAddr(from) // what is no address is admitted nowhere
	if k := x.apiKey(id); k != nil {
		if k, w, m := x.caller(k.Hash); k != nil {
			return s.identifyKey(op, x, k, w, m, address)
		}
	}
	return nil, refuseKey(op, codeInvalid, "The API key that issued this is gone.")
}

// identifyKey returns the principal of an API key with its workspace and member.
func (s *Service) identifyKey(op string, x *index, k *APIKey, w *Workspace, m *Member, address netip.Addr) (*gateway.Principal, error) {
	switch {
	case m.Disabled:
		return nil, refuseKey(op, codeInvalid, "The member of this API key is disabled.")
	case k.Disabled:
		return nil, refuseKey(op, codeInvalid, "This API key is disabled.")
	case !k.ExpiresAt.IsZero() && !s.cfg.Now().Before(k.ExpiresAt):
		return nil, refuseKey(op, codeExpired, "This API key expired on "+k.ExpiresAt.UTC().Format(time.RFC3339)+".")
	}
	team := x.team(k.Team)
	if k.Team != "" && (team == nil || !team.has(m.ID)) {
		return nil, refuseKey(op, codeInvalid, "This API key belongs to a team that its member has left.")
	}
	if !k.Access.Admits(address) {
		return nil, &gateway.Error{Op: op, Kind: gateway.Forbidden, Code: "ip_not_allowed", Public: "This API key may not be used from your address."}
	}
	p := s.principal(x, w, m)
	p.APIKey, p.APIKeyName, p.KeyConfig, p.Budgeted, p.Compat = k.ID, k.Name, k.Config, k.Budget != nil, cmp.Or(k.Compat, w.Compat)
	if team != nil {
		p.Team, p.TeamRef = team.ID, team.Name
	}
	a := &k.Access
	p.Scopes, p.VirtualKeys, p.ModelAliases, p.Metadata, p.LockConfig = a.Scopes, a.VirtualKeys, a.ModelAliases, a.Metadata, a.LockConfig
	p.Models, p.AddressBound = w.modelRules(a.Models), len(a.Addresses) > 0
	return p, s.addOrganisation(op, x, p)
}

// PrincipalOf returns the principal of an API key by its id, for what is charged to the key after its
// calls, whether or not it may still make any. Of a key that is gone, it has the id and the workspace.
func (s *Service) PrincipalOf(workspace, apiKey string) *gateway.Principal {
	unknown := &gateway.Principal{Workspace: workspace, APIKey: apiKey}
	x, err := s.loaded("identity.PrincipalOf")
	if err != nil {
		return unknown
	}
	w, k := x.workspace(workspace), x.apiKey(apiKey)
	if w == nil {
		return unknown
	}
	unknown.Organisation, unknown.WorkspaceRef = x.organisation.ID, w.Name
	if k == nil {
		return unknown
	}
	m := x.member(k.Member)
	if m == nil {
		return unknown
	}
	p := s.principal(x, w, m)
	p.APIKey, p.APIKeyName, p.Metadata = k.ID, k.Name, k.Access.Metadata
	if team := x.team(k.Team); team != nil {
		p.Team, p.TeamRef = team.ID, team.Name
	}
	return p
}

func refuseKey(op, code, public string) error {
	return &gateway.Error{Op: op, Kind: gateway.Unauthorized, Code: code, Public: public}
}
