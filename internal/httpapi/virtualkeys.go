package httpapi

import (
	"context"
	"net/http"
	"sort"
	"time"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/credential"
)

// VirtualKeys administers provider credentials. ref is a name or an id. A credential goes
// in and never comes out.
type VirtualKeys interface {
	VirtualKeyInfos(ctx context.Context, by *gateway.Principal, workspace string) ([]credential.VirtualKeyInfo, error)
	VirtualKeyWriter
}

// VirtualKeyWriter makes and changes them.
type VirtualKeyWriter interface {
	CreateVirtualKey(ctx context.Context, by *gateway.Principal, n credential.NewVirtualKey) (credential.VirtualKeyInfo, error)
	SetVirtualKeyDisabled(ctx context.Context, by *gateway.Principal, ref string, disabled bool) (credential.VirtualKeyInfo, error)
	DeleteVirtualKey(ctx context.Context, by *gateway.Principal, ref string) (credential.VirtualKeyInfo, error)
}

func (s *Server) virtualKeyRoutes() []adminRoute {
	return []adminRoute{
		{"GET", "/v1/virtual-keys", "virtual_key.list", gateway.VirtualKeysRead, s.listVirtualKeys},
		{"POST", "/v1/virtual-keys", "virtual_key.create", gateway.VirtualKeysWrite, s.createVirtualKey},
		{"GET", "/v1/virtual-keys/:name", "virtual_key.get", gateway.VirtualKeysRead, s.getVirtualKey},
		{"DELETE", "/v1/virtual-keys/:name", "virtual_key.delete", gateway.VirtualKeysWrite, s.deleteVirtualKey},
		{"POST", "/v1/virtual-keys/:name/disable", "virtual_key.disable", gateway.VirtualKeysWrite, s.disableVirtualKey},
		{"POST", "/v1/virtual-keys/:name/enable", "virtual_key.enable", gateway.VirtualKeysWrite, s.enableVirtualKey},
	}
}

type virtualKeyShape struct {
	Object      string                `json:"object"`
	ID          string                `json:"id"`
	Name        string                `json:"name"`
	Workspace   string                `json:"workspace"` // name
	WorkspaceID string                `json:"workspace_id"`
	Provider    string                `json:"provider"`
	BaseURL     string                `json:"base_url"`
	Models      []string              `json:"models"`
	Prices      map[string]priceShape `json:"prices"`
	Disabled    bool                  `json:"disabled"`
	Broken      bool                  `json:"broken,omitempty"` // the credential does not open
	FromFile    bool                  `json:"from_file"`
	CreatedAt   time.Time             `json:"created_at"`
	UpdatedAt   time.Time             `json:"updated_at"`
}

// priceShape is USD per million tokens.
type priceShape struct {
	Input      usd  `json:"input"`
	Output     usd  `json:"output"`
	CacheRead  *usd `json:"cache_read,omitempty"`
	CacheWrite *usd `json:"cache_write,omitempty"`
}

func virtualKeyOf(k credential.VirtualKeyInfo) virtualKeyShape {
	out := virtualKeyShape{Object: "virtual_key", ID: k.ID, Name: k.Name, Workspace: k.WorkspaceName, WorkspaceID: k.Workspace,
		Provider: k.Provider, BaseURL: k.BaseURL, Models: k.Models, Prices: map[string]priceShape{}, Disabled: k.Disabled, Broken: k.Broken,
		FromFile: k.FromFile, CreatedAt: k.CreatedAt, UpdatedAt: k.UpdatedAt}
	if out.Models == nil {
		out.Models = []string{}
	}
	for model, p := range k.Prices {
		out.Prices[model] = priceShape{usd(p.Input), usd(p.Output), (*usd)(p.CacheRead), (*usd)(p.CacheWrite)}
	}
	return out
}

func (s *Server) listVirtualKeys(ctx context.Context, d *deed) error {
	all, err := s.VirtualKeys.VirtualKeyInfos(ctx, d.by, d.query("workspace"))
	if err != nil {
		return err
	}
	out := make([]virtualKeyShape, len(all))
	for i, k := range all {
		out[i] = virtualKeyOf(k)
	}
	d.reply = page{Object: "list", Data: out}
	return nil
}

// getVirtualKey finds a name in the caller's own workspace before one in another.
func (s *Server) getVirtualKey(ctx context.Context, d *deed) error {
	k, err := s.findVirtualKey(ctx, d)
	d.reply = virtualKeyOf(k)
	return err
}

func (s *Server) findVirtualKey(ctx context.Context, d *deed) (credential.VirtualKeyInfo, error) {
	d.target = d.param("name")
	all, err := s.VirtualKeys.VirtualKeyInfos(ctx, d.by, d.query("workspace"))
	if err != nil {
		return credential.VirtualKeyInfo{}, err
	}
	sort.SliceStable(all, func(i, j int) bool { return all[i].Workspace == d.by.Workspace && all[j].Workspace != d.by.Workspace })
	for _, k := range all {
		if k.Name == d.target || k.ID == d.target {
			return k, nil
		}
	}
	return credential.VirtualKeyInfo{}, &gateway.Error{Op: "httpapi.findVirtualKey", Kind: gateway.NotFound, Param: "name",
		Public: "There is no virtual key '" + clip(d.target, 100) + "'."}
}

// virtualKeyRef is the key that the path names. Names are unique in a workspace only:
// where the call says in which, it becomes an id.
func (s *Server) virtualKeyRef(ctx context.Context, d *deed) (string, error) {
	if d.query("workspace") != "" {
		k, err := s.findVirtualKey(ctx, d)
		return k.ID, err
	}
	d.target = d.param("name")
	return d.target, nil
}

// createVirtualKey takes {name, provider, api_key, base_url, models, prices, workspace}.
func (s *Server) createVirtualKey(ctx context.Context, d *deed) error {
	f, err := d.form()
	if err != nil {
		return err
	}
	n := credential.NewVirtualKey{Name: f.text("name", true), Provider: f.text("provider", true), Credential: gateway.NewSecret(f.text("api_key", true)),
		BaseURL: f.text("base_url", false), Models: f.texts("models"), Prices: f.prices("prices"), Workspace: f.text("workspace", false)}
	d.target = n.Name
	if err := f.done(); err != nil {
		return err
	}
	k, err := s.VirtualKeys.CreateVirtualKey(ctx, d.by, n)
	if err != nil {
		return err
	}
	d.target, d.workspace, d.status, d.reply = k.Name, k.Workspace, http.StatusCreated, virtualKeyOf(k)
	return nil
}

func (s *Server) deleteVirtualKey(ctx context.Context, d *deed) error {
	ref, err := s.virtualKeyRef(ctx, d)
	if err != nil {
		return err
	}
	k, err := s.VirtualKeys.DeleteVirtualKey(ctx, d.by, ref)
	if err != nil {
		return err
	}
	d.target, d.workspace, d.reply = k.Name, k.Workspace, deleted{k.ID, true}
	return nil
}

func (s *Server) disableVirtualKey(ctx context.Context, d *deed) error {
	return s.switchVirtualKey(ctx, d, true)
}

func (s *Server) enableVirtualKey(ctx context.Context, d *deed) error {
	return s.switchVirtualKey(ctx, d, false)
}

func (s *Server) switchVirtualKey(ctx context.Context, d *deed, disabled bool) error {
	ref, err := s.virtualKeyRef(ctx, d)
	if err != nil {
		return err
	}
	k, err := s.VirtualKeys.SetVirtualKeyDisabled(ctx, d.by, ref, disabled)
	if err != nil {
		return err
	}
	d.target, d.workspace, d.reply = k.Name, k.Workspace, virtualKeyOf(k)
	return nil
}

// prices reads {model: {input, output, cache_read, cache_write}}, in USD per million tokens.
func (f *form) prices(name string) gateway.Prices {
	v, ok := f.take(name, false)
	if !ok {
		return nil
	}
	if !v.IsObject() {
		f.wrong(name, "must be an object of prices by model")
		return nil
	}
	out := gateway.Prices{}
	v.ForEach(func(model, price gjson.Result) bool {
		at := name + "." + clip(model.String(), 100)
		if !price.IsObject() {
			f.wrong(at, "must be an object with input and output")
			return true
		}
		in := &form{fields: map[string]gjson.Result{}}
		price.ForEach(func(k, v gjson.Result) bool {
			in.names, in.fields[k.String()] = append(in.names, k.String()), v
			return true
		})
		p := gateway.Price{CacheRead: in.nano("cache_read", false), CacheWrite: in.nano("cache_write", false)}
		if input, output := in.nano("input", true), in.nano("output", true); input != nil && output != nil {
			p.Input, p.Output = *input, *output
		}
		_ = in.done() // collects; the problems are reported by f
		for _, bad := range in.problems {
			f.wrong(at+"."+bad.field, bad.text)
		}
		out[model.String()] = p
		return true
	})
	return out
}

// nano is an amount of USD in nano-USD, nil if absent.
func (f *form) nano(name string, required bool) *int64 {
	v, ok := f.take(name, required)
	if !ok {
		return nil
	}
	n, err := gateway.ParseUSD(name, v.Raw)
	if err != nil || v.Type != gjson.Number {
		f.wrong(name, "must be an amount of USD per million tokens")
		return nil
	}
	return &n
}
