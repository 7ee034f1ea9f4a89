package credential

import (
	"cmp"
	"context"
	"sort"

	"github.com/sluicegate/sluice/gateway"
)

// VirtualKeyInfo is a virtual key as the admin API shows it. Held stands in place of Credentials,
// which is nil.
type VirtualKeyInfo struct {
	VirtualKey
	WorkspaceName string
	Broken        bool // no credential can be decrypted
	Status        Status
	Held          []CredentialInfo
}

// CreateVirtualKey stores credentials. No function of the admin API returns them. A reference is
// for those alone who may read the machine's environment, its files and its Vault.
func (s *Service) CreateVirtualKey(ctx context.Context, by *gateway.Principal, n NewVirtualKey) (VirtualKeyInfo, error) {
	const op = "credential.CreateVirtualKey"
	if err := gateway.Require(op, by, gateway.VirtualKeysCreate); err != nil {
		return VirtualKeyInfo{}, err
	}
	k, err := s.checkNew(op, "", n)
	if err != nil {
		return VirtualKeyInfo{}, err
	}
	if err := s.checkMissing(op, n); err != nil {
		return VirtualKeyInfo{}, err
	}
	if err := s.checkExpiry(op, "", n); err != nil {
		return VirtualKeyInfo{}, err
	}
	if err := s.checkAddresses(n); err != nil {
		return VirtualKeyInfo{}, err
	}
	if len(n.references("")) > 0 {
		if err := gateway.Require(op, by, gateway.VirtualKeysReference); err != nil {
			return VirtualKeyInfo{}, err
		}
	}
	if err := s.checkReferences(ctx, op, "", n); err != nil {
		return VirtualKeyInfo{}, err
	}
	s.write.Lock()
	defer s.write.Unlock()
	v, err := s.beginChange(ctx, op)
	if err != nil {
		return VirtualKeyInfo{}, err
	}
	if k.Workspace, err = s.visibleWorkspace(op, by, n.Workspace); err != nil {
		return VirtualKeyInfo{}, err
	}
	if v.named(k.Workspace, n.Name) != nil {
		return VirtualKeyInfo{}, conflict(op, "name", "There is already a virtual key '"+n.Name+"' in this workspace.")
	}
	s.seal(&k, n)
	if err := s.put(ctx, k); err != nil {
		return VirtualKeyInfo{}, err
	}
	return s.info(s.snapshot.Load().entries[k.ID]), nil
}

// checkAddresses checks the base URLs of a key that an admin wants.
func (s *Service) checkAddresses(n NewVirtualKey) error {
	check := func(param, url string) error {
		if url == "" {
			return nil
		}
		if err := s.cfg.CheckAddress(url); err != nil {
			e := *gateway.AsError(err)
			e.Param = param // the rule is shared with custom hosts, whose field has another name
			return &e
		}
		return nil
	}
	err := cmp.Or(check("base_url", n.BaseURL), check("settings.token_url", n.Settings["token_url"]))
	for _, name := range n.Formats.Names() {
		err = cmp.Or(err, check("formats."+name, n.Formats[name]))
	}
	return err
}

// VirtualKeyInfos lists the virtual keys that the principal sees, disabled ones too: those
// of every workspace for an owner, or of the one given by id or name.
func (s *Service) VirtualKeyInfos(_ context.Context, by *gateway.Principal, workspace string) ([]VirtualKeyInfo, error) {
	const op = "credential.VirtualKeyInfos"
	v, err := s.loaded(op)
	if err != nil {
		return nil, err
	}
	only := ""
	if workspace != "" {
		if only, err = s.visibleWorkspace(op, by, workspace); err != nil {
			return nil, err
		}
	}
	out := []VirtualKeyInfo{}
	for _, e := range v.entries {
		if by.Sees(e.stored.Workspace) && (only == "" || e.stored.Workspace == only) {
			out = append(out, s.info(e))
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

// SetVirtualKeyDisabled disables a virtual key, or enables it again.
func (s *Service) SetVirtualKeyDisabled(ctx context.Context, by *gateway.Principal, ref string, disabled bool) (VirtualKeyInfo, error) {
	s.write.Lock()
	defer s.write.Unlock()
	e, err := s.changeable(ctx, "credential.SetVirtualKeyDisabled", by, ref, gateway.VirtualKeysUpdate)
	if err != nil {
		return VirtualKeyInfo{}, err
	}
	k := e.stored
	k.Disabled, k.UpdatedAt = disabled, s.cfg.Now().UTC()
	if err := s.put(ctx, k); err != nil {
		return VirtualKeyInfo{}, err
	}
	return s.info(s.snapshot.Load().entries[k.ID]), nil
}

// DeleteVirtualKey removes a virtual key and its credential. What it returns is the key as
// it was.
func (s *Service) DeleteVirtualKey(ctx context.Context, by *gateway.Principal, ref string) (VirtualKeyInfo, error) {
	s.write.Lock()
	defer s.write.Unlock()
	e, err := s.changeable(ctx, "credential.DeleteVirtualKey", by, ref, gateway.VirtualKeysDelete)
	if err != nil {
		return VirtualKeyInfo{}, err
	}
	return s.info(e), s.remove(ctx, e.stored.ID)
}

// changeable finds a virtual key for which the principal has the permission. The caller holds write.
func (s *Service) changeable(ctx context.Context, op string, by *gateway.Principal, ref string, need gateway.Permission) (*entry, error) {
	if err := gateway.Require(op, by, need); err != nil {
		return nil, err
	}
	v, err := s.beginChange(ctx, op)
	if err != nil {
		return nil, err
	}
	e, err := v.visible(op, by, ref)
	if err != nil {
		return nil, err
	}
	if e.stored.FromFile {
		return nil, conflict(op, "name", "The virtual key '"+e.stored.Name+"' is declared in the server's file. Change it there.")
	}
	return e, nil
}

// visible resolves an id, a name in the principal's own workspace, or a name that only one
// of the virtual keys it sees has.
func (v *snapshot) visible(op string, by *gateway.Principal, ref string) (*entry, error) {
	if e := v.entries[ref]; e != nil && by.Sees(e.stored.Workspace) {
		return e, nil
	}
	if e := v.named(by.Workspace, ref); e != nil {
		return e, nil
	}
	var found []*entry
	for _, e := range v.entries {
		if e.stored.Name == ref && by.Sees(e.stored.Workspace) {
			found = append(found, e)
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

func (s *Service) info(e *entry) VirtualKeyInfo {
	now := s.cfg.Now()
	i := VirtualKeyInfo{VirtualKey: e.stored, Broken: !e.opens, Status: e.status(now)}
	i.Credentials = nil
	for n := range e.pool.members {
		m := &e.pool.members[n]
		c := CredentialInfo{Name: m.Name, Weight: m.weight, Reference: e.stored.Credentials[n].Reference, Fingerprint: m.Fingerprint}
		if c.Status, c.Health = m.status(now); m.err != nil {
			c.Problem = gateway.AsError(m.err).Public
		}
		i.Held = append(i.Held, c)
	}
	_, i.WorkspaceName, _ = s.workspaces.FindWorkspace(e.stored.Workspace)
	return i
}

// visibleWorkspace returns the id of a workspace, given by id or name, that the principal
// sees; "" is its own.
func (s *Service) visibleWorkspace(op string, by *gateway.Principal, ref string) (string, error) {
	if ref == "" {
		ref = by.Workspace
	}
	if id, _, ok := s.workspaces.FindWorkspace(ref); ok && by.Sees(id) {
		return id, nil
	}
	return "", absent(op, "workspace", "There is no workspace '"+ref+"'.")
}

func absent(op, param, public string) error {
	return &gateway.Error{Op: op, Kind: gateway.NotFound, Param: param, Public: public}
}

func conflict(op, param, public string) error {
	return &gateway.Error{Op: op, Kind: gateway.Conflict, Param: param, Public: public}
}
