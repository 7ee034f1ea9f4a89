package keys

import (
	"context"
	"sort"
	"strings"

	"github.com/oklog/ulid/v2"

	"github.com/sluicegate/sluice/gateway"
)

// NewVirtualKey is what an admin or the server's file asks for.
type NewVirtualKey struct {
	Name       string
	Workspace  string // id or name; "" = the admin's own, in the file "default"
	Provider   string
	Credential gateway.Secret
	BaseURL    string
	Models     []string
	Prices     gateway.Prices
}

// VirtualKeyInfo is a virtual key as admins see it: everything but the credential.
type VirtualKeyInfo struct {
	VirtualKey
	WorkspaceName string
	Broken        bool // the credential does not open
}

// CreateVirtualKey stores a credential. It is never given back.
func (s *Service) CreateVirtualKey(ctx context.Context, by *gateway.Principal, n NewVirtualKey) (VirtualKeyInfo, error) {
	const op = "keys.CreateVirtualKey"
	if err := mayWrite(op, by); err != nil {
		return VirtualKeyInfo{}, err
	}
	k, err := s.checkVirtual(op, "", n)
	if err != nil {
		return VirtualKeyInfo{}, err
	}
	if n.BaseURL != "" {
		if err := s.cfg.CheckAddress(n.BaseURL); err != nil {
			e := *gateway.AsError(err)
			e.Param = "base_url" // the rule is that of a custom host; the field is not
			return VirtualKeyInfo{}, &e
		}
	}
	s.write.Lock()
	defer s.write.Unlock()
	b, err := s.opened(op)
	if err != nil {
		return VirtualKeyInfo{}, err
	}
	w, err := s.reach(op, b, by, n.Workspace)
	if err != nil {
		return VirtualKeyInfo{}, err
	}
	if b.held[w.ID][n.Name] != nil {
		return VirtualKeyInfo{}, conflict(op, "name", "There is already a virtual key '"+n.Name+"' in this workspace.")
	}
	k.Workspace = w.ID
	s.sealVirtual(&k, n.Credential)
	if err := s.store.PutVirtualKey(ctx, k); err != nil {
		return VirtualKeyInfo{}, err
	}
	if err := s.reload(ctx); err != nil {
		return VirtualKeyInfo{}, err
	}
	return s.book.Load().virtualInfo(&k), nil
}

// checkVirtual validates n, naming fields below at ("" or "virtual_keys[0].").
func (s *Service) checkVirtual(op, at string, n NewVirtualKey) (VirtualKey, error) {
	if e := gateway.CheckName(op, at+"name", n.Name); e != nil {
		return VirtualKey{}, e
	}
	provider, ok := s.cfg.Vendor(n.Provider)
	if !ok {
		return VirtualKey{}, gateway.InvalidField(op, at+"provider", "The field '"+at+"provider' names no provider that Sluice knows: '"+n.Provider+"'.")
	}
	if n.Credential.Empty() || strings.ContainsAny(n.Credential.Reveal(), "\r\n\x00") {
		return VirtualKey{}, gateway.InvalidField(op, at+"api_key", "The field '"+at+"api_key' must hold the provider's API key on one line ('none' if the provider wants none).")
	}
	for i, m := range n.Models {
		if strings.TrimSpace(m) == "" {
			return VirtualKey{}, gateway.InvalidField(op, at+"models", "The field '"+at+"models' holds an empty name.")
		}
		for _, other := range n.Models[:i] {
			if m == other {
				return VirtualKey{}, gateway.InvalidField(op, at+"models", "The field '"+at+"models' names '"+m+"' twice.")
			}
		}
	}
	for model, p := range n.Prices {
		if model == "" || badPrice(p) {
			return VirtualKey{}, gateway.InvalidField(op, at+"prices", "The field '"+at+"prices' needs amounts from 0 to 1000000 USD per million tokens for '"+model+"'.")
		}
	}
	now := s.cfg.Now().UTC()
	return VirtualKey{ID: ulid.Make().String(), Name: n.Name, Provider: provider, BaseURL: n.BaseURL, Models: n.Models, Prices: n.Prices,
		CreatedAt: now, UpdatedAt: now}, nil
}

func badPrice(p gateway.Price) bool {
	bad := func(n int64) bool { return n < 0 || n > 1_000_000*gateway.NanoPerUSD }
	return bad(p.Input) || bad(p.Output) || p.CacheRead != nil && bad(*p.CacheRead) || p.CacheWrite != nil && bad(*p.CacheWrite)
}

func (s *Service) sealVirtual(k *VirtualKey, credential gateway.Secret) {
	k.Credential = s.cipher.Seal(tableVirtualKeys, k.ID, columnCredential, credential)
}

// VirtualKeyInfos lists all virtual keys that by may see, disabled ones too: of every
// workspace for an owner, or of the one given (id or name).
func (s *Service) VirtualKeyInfos(_ context.Context, by *gateway.Principal, workspace string) ([]VirtualKeyInfo, error) {
	const op = "keys.VirtualKeyInfos"
	b, err := s.opened(op)
	if err != nil {
		return nil, err
	}
	only := ""
	if workspace != "" {
		if only, err = s.Workspace(context.Background(), b.organisation.ID, workspace); err != nil || !sees(by, only) {
			return nil, absent(op, "workspace", "There is no workspace '"+workspace+"'.")
		}
	}
	out := []VirtualKeyInfo{}
	for i := range b.virtual {
		k := &b.virtual[i]
		if sees(by, k.Workspace) && (only == "" || k.Workspace == only) {
			out = append(out, b.virtualInfo(k))
		}
	}
	sort.Slice(out, func(i, j int) bool {
		if out[i].WorkspaceName != out[j].WorkspaceName {
			return out[i].WorkspaceName < out[j].WorkspaceName
		}
		return out[i].Name < out[j].Name
	})
	return out, nil
}

// SetVirtualKeyDisabled switches a virtual key off or on.
func (s *Service) SetVirtualKeyDisabled(ctx context.Context, by *gateway.Principal, ref string, disabled bool) (VirtualKeyInfo, error) {
	return s.changeVirtualKey(ctx, "keys.SetVirtualKeyDisabled", by, ref, func(k *VirtualKey) error {
		k.Disabled, k.UpdatedAt = disabled, s.cfg.Now().UTC()
		return s.store.PutVirtualKey(ctx, *k)
	})
}

// DeleteVirtualKey removes a virtual key and its credential.
func (s *Service) DeleteVirtualKey(ctx context.Context, by *gateway.Principal, ref string) (VirtualKeyInfo, error) {
	return s.changeVirtualKey(ctx, "keys.DeleteVirtualKey", by, ref, func(k *VirtualKey) error { return s.store.DeleteVirtualKey(ctx, k.ID) })
}

func (s *Service) changeVirtualKey(ctx context.Context, op string, by *gateway.Principal, ref string, change func(*VirtualKey) error) (VirtualKeyInfo, error) {
	if err := mayWrite(op, by); err != nil {
		return VirtualKeyInfo{}, err
	}
	s.write.Lock()
	defer s.write.Unlock()
	b, err := s.opened(op)
	if err != nil {
		return VirtualKeyInfo{}, err
	}
	known, err := b.virtualKey(op, by, ref)
	if err != nil {
		return VirtualKeyInfo{}, err
	}
	if known.FromFile {
		return VirtualKeyInfo{}, fromFile(op, "virtual key", known.Name)
	}
	k := *known
	if err := change(&k); err != nil {
		return VirtualKeyInfo{}, err
	}
	return b.virtualInfo(&k), s.reload(ctx)
}

// virtualKey resolves a reference in the manner of apiKey.
func (b *book) virtualKey(op string, by *gateway.Principal, ref string) (*VirtualKey, error) {
	var found []*VirtualKey
	for i := range b.virtual {
		k := &b.virtual[i]
		if !sees(by, k.Workspace) {
			continue
		}
		if k.ID == ref || k.Name == ref && k.Workspace == by.Workspace {
			return k, nil
		}
		if k.Name == ref {
			found = append(found, k)
		}
	}
	switch len(found) {
	case 0:
		return nil, absent(op, "id", "There is no virtual key '"+ref+"'.")
	case 1:
		return found[0], nil
	}
	return nil, conflict(op, "id", "Several workspaces have a virtual key '"+ref+"'. Name it by its id.")
}

func (b *book) virtualInfo(k *VirtualKey) VirtualKeyInfo {
	i := VirtualKeyInfo{VirtualKey: *k}
	i.Credential = nil
	if w := b.workspace[k.Workspace]; w != nil {
		i.WorkspaceName = w.Name
	}
	if h := b.held[k.Workspace][k.Name]; h != nil {
		i.Broken = !h.open
	}
	return i
}
