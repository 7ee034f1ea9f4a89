package admin

import (
	"context"
	"encoding/json"
	"net/http"
	"sort"
	"time"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/credential"
	"github.com/sluicegate/sluice/internal/httpapi"
)

// VirtualKeys administers virtual keys. ref is a name or an id. A credential can be written and
// never read.
type VirtualKeys interface {
	VirtualKeyInfos(ctx context.Context, by *gateway.Principal, workspace string) ([]credential.VirtualKeyInfo, error)
	VirtualKeyWriter
}

// VirtualKeyWriter creates and changes virtual keys.
type VirtualKeyWriter interface {
	CreateVirtualKey(ctx context.Context, by *gateway.Principal, n credential.NewVirtualKey) (credential.VirtualKeyInfo, error)
	SetVirtualKeyDisabled(ctx context.Context, by *gateway.Principal, ref string, disabled bool) (credential.VirtualKeyInfo, error)
	DeleteVirtualKey(ctx context.Context, by *gateway.Principal, ref string) (credential.VirtualKeyInfo, error)
}

func (a *resources) virtualKeyRoutes() []operation {
	return []operation{
		{"GET", "/v1/virtual-keys", "virtual_key.list", gateway.VirtualKeysList, a.listVirtualKeys},
		{"POST", "/v1/virtual-keys", "virtual_key.create", gateway.VirtualKeysCreate, a.createVirtualKey},
		{"GET", "/v1/virtual-keys/:name", "virtual_key.get", gateway.VirtualKeysRead, a.getVirtualKey},
		{"DELETE", "/v1/virtual-keys/:name", "virtual_key.delete", gateway.VirtualKeysDelete, a.deleteVirtualKey},
		{"POST", "/v1/virtual-keys/:name/disable", "virtual_key.disable", gateway.VirtualKeysUpdate, a.disableVirtualKey},
		{"POST", "/v1/virtual-keys/:name/enable", "virtual_key.enable", gateway.VirtualKeysUpdate, a.enableVirtualKey},
	}
}

type virtualKeyResponse struct {
	Object      string                   `json:"object"`
	ID          string                   `json:"id"`
	Name        string                   `json:"name"`
	Workspace   string                   `json:"workspace"` // name
	WorkspaceID string                   `json:"workspace_id"`
	Provider    string                   `json:"provider"`
	BaseURL     string                   `json:"base_url"`
	Models      []string                 `json:"models"`
	Prices      map[string]priceResponse `json:"prices"`
	MaxOutput   map[string]int64         `json:"max_output"` // model → tokens
	Formats     gateway.Formats          `json:"formats"`    // names, or base URLs by name; empty: the vendor's
	Disabled    bool                     `json:"disabled"`
	Broken      bool                     `json:"broken,omitempty"` // the credential does not open
	FromFile    bool                     `json:"from_file"`
	CreatedAt   time.Time                `json:"created_at"`
	UpdatedAt   time.Time                `json:"updated_at"`
}

// priceResponse has prices in USD per million tokens.
type priceResponse struct {
	Input      usd  `json:"input"`
	Output     usd  `json:"output"`
	CacheRead  *usd `json:"cache_read,omitempty"`
	CacheWrite *usd `json:"cache_write,omitempty"`
}

func virtualKeyOf(k credential.VirtualKeyInfo) virtualKeyResponse {
	out := virtualKeyResponse{Object: "virtual_key", ID: k.ID, Name: k.Name, Workspace: k.WorkspaceName, WorkspaceID: k.Workspace,
		Provider: k.Provider, BaseURL: k.BaseURL, Models: k.Models, Prices: map[string]priceResponse{}, MaxOutput: k.MaxOutput, Formats: k.Formats, Disabled: k.Disabled, Broken: k.Broken,
		FromFile: k.FromFile, CreatedAt: k.CreatedAt, UpdatedAt: k.UpdatedAt}
	if out.Models == nil {
		out.Models = []string{}
	}
	if out.Formats == nil {
		out.Formats = gateway.Formats{}
	}
	if out.MaxOutput == nil {
		out.MaxOutput = map[string]int64{}
	}
	for model, p := range k.Prices {
		out.Prices[model] = priceResponse{usd(p.Input), usd(p.Output), (*usd)(p.CacheRead), (*usd)(p.CacheWrite)}
	}
	return out
}

func (a *resources) listVirtualKeys(ctx context.Context, r *request) error {
	all, err := a.VirtualKeys.VirtualKeyInfos(ctx, r.by, r.Query("workspace"))
	if err != nil {
		return err
	}
	out := make([]virtualKeyResponse, len(all))
	for i, k := range all {
		out[i] = virtualKeyOf(k)
	}
	r.reply = page{Object: "list", Data: out}
	return nil
}

// getVirtualKey looks in the caller's own workspace before others.
func (a *resources) getVirtualKey(ctx context.Context, r *request) error {
	k, err := a.findVirtualKey(ctx, r)
	r.reply = virtualKeyOf(k)
	return err
}

func (a *resources) findVirtualKey(ctx context.Context, r *request) (credential.VirtualKeyInfo, error) {
	r.target = r.Param("name")
	all, err := a.VirtualKeys.VirtualKeyInfos(ctx, r.by, r.Query("workspace"))
	if err != nil {
		return credential.VirtualKeyInfo{}, err
	}
	sort.SliceStable(all, func(i, j int) bool { return all[i].Workspace == r.by.Workspace && all[j].Workspace != r.by.Workspace })
	for _, k := range all {
		if k.Name == r.target || k.ID == r.target {
			return k, nil
		}
	}
	return credential.VirtualKeyInfo{}, &gateway.Error{Op: "admin.findVirtualKey", Kind: gateway.NotFound, Param: "name",
		Public: "There is no virtual key '" + httpapi.Clip(r.target, 100) + "'."}
}

// virtualKeyRef is the key that the path names. A name is unique within a workspace only: where
// the query names the workspace, the name is resolved to an id.
func (a *resources) virtualKeyRef(ctx context.Context, r *request) (string, error) {
	if r.Query("workspace") != "" {
		k, err := a.findVirtualKey(ctx, r)
		return k.ID, err
	}
	r.target = r.Param("name")
	return r.target, nil
}

// createVirtualKey takes {name, provider, api_key, base_url, models, prices, max_output, formats, workspace}.
func (a *resources) createVirtualKey(ctx context.Context, r *request) error {
	f, err := readForm(ctx, r)
	if err != nil {
		return err
	}
	n := credential.NewVirtualKey{Name: f.text("name", true), Provider: f.text("provider", true), Credential: gateway.NewSecret(f.text("api_key", true)),
		BaseURL: f.text("base_url", false), Models: f.texts("models"), Prices: f.prices("prices"), MaxOutput: f.tokens("max_output"), Formats: f.formats("formats"), Workspace: f.text("workspace", false)}
	r.target = n.Name
	if err := f.done(); err != nil {
		return err
	}
	k, err := a.VirtualKeys.CreateVirtualKey(ctx, r.by, n)
	if err != nil {
		return err
	}
	r.target, r.workspace, r.status, r.reply = k.Name, k.Workspace, http.StatusCreated, virtualKeyOf(k)
	return nil
}

func (a *resources) deleteVirtualKey(ctx context.Context, r *request) error {
	ref, err := a.virtualKeyRef(ctx, r)
	if err != nil {
		return err
	}
	k, err := a.VirtualKeys.DeleteVirtualKey(ctx, r.by, ref)
	if err != nil {
		return err
	}
	r.target, r.workspace, r.reply = k.Name, k.Workspace, deleted{k.ID, true}
	return nil
}

func (a *resources) disableVirtualKey(ctx context.Context, r *request) error {
	return a.switchVirtualKey(ctx, r, true)
}

func (a *resources) enableVirtualKey(ctx context.Context, r *request) error {
	return a.switchVirtualKey(ctx, r, false)
}

func (a *resources) switchVirtualKey(ctx context.Context, r *request, disabled bool) error {
	ref, err := a.virtualKeyRef(ctx, r)
	if err != nil {
		return err
	}
	k, err := a.VirtualKeys.SetVirtualKeyDisabled(ctx, r.by, ref, disabled)
	if err != nil {
		return err
	}
	r.target, r.workspace, r.reply = k.Name, k.Workspace, virtualKeyOf(k)
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
		at := name + "." + httpapi.Clip(model.String(), 100)
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

// tokens reads {model: most output tokens of one answer}.
func (f *form) tokens(name string) map[string]int64 {
	v, ok := f.take(name, false)
	if !ok {
		return nil
	}
	if !v.IsObject() {
		f.wrong(name, "must be an object of token counts by model")
		return nil
	}
	out := map[string]int64{}
	v.ForEach(func(model, count gjson.Result) bool {
		n, ok := gateway.ReadCount([]byte(count.Raw))
		if !ok {
			f.wrong(name+"."+httpapi.Clip(model.String(), 100), "must be a positive number of tokens")
		}
		out[model.String()] = n
		return true
	})
	return out
}

// formats reads a list of names, or an object of base URLs by name.
func (f *form) formats(name string) gateway.Formats {
	v, ok := f.take(name, false)
	if !ok {
		return nil
	}
	var out gateway.Formats
	if err := json.Unmarshal([]byte(v.Raw), &out); err != nil {
		f.wrong(name, "must be a list of formats without doubles, or an object of base URLs by format")
	}
	return out
}

// nano reads an amount of USD and gives it in nano-USD, nil if it is absent.
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
