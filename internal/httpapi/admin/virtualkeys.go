package admin

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"sort"
	"strconv"
	"time"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/credential"
	"github.com/sluicegate/sluice/internal/httpapi/admin/action"
)

// VirtualKeys administers virtual keys. ref is a name or an id. A credential can be written and
// never read.
type VirtualKeys interface {
	VirtualKeyInfos(ctx context.Context, by *gateway.Principal, workspace string) ([]credential.VirtualKeyInfo, error)
	TestVirtualKey(ctx context.Context, by *gateway.Principal, ref string) (credential.VirtualKeyInfo, []gateway.CredentialTest, error)
	VirtualKeyWriter
}

// VirtualKeyWriter creates and changes virtual keys.
type VirtualKeyWriter interface {
	CreateVirtualKey(ctx context.Context, by *gateway.Principal, n credential.NewVirtualKey) (credential.VirtualKeyInfo, error)
	UpdateVirtualKey(ctx context.Context, by *gateway.Principal, ref string, to credential.VirtualKeyChange) (credential.VirtualKeyInfo, error)
	SetVirtualKeyDisabled(ctx context.Context, by *gateway.Principal, ref string, disabled bool) (credential.VirtualKeyInfo, error)
	DeleteVirtualKey(ctx context.Context, by *gateway.Principal, ref string) (credential.VirtualKeyInfo, error)
}

func (a *resources) virtualKeyRoutes() []operation {
	return []operation{
		{"GET", "/v1/virtual-keys", "virtual_key.list", gateway.VirtualKeysList, a.listVirtualKeys},
		{"POST", "/v1/virtual-keys", "virtual_key.create", gateway.VirtualKeysCreate, a.createVirtualKey},
		{"GET", "/v1/virtual-keys/:name", "virtual_key.get", gateway.VirtualKeysRead, a.getVirtualKey},
		{"PUT", "/v1/virtual-keys/:name", "virtual_key.update", gateway.VirtualKeysUpdate, a.updateVirtualKey},
		{"DELETE", "/v1/virtual-keys/:name", "virtual_key.delete", gateway.VirtualKeysDelete, a.deleteVirtualKey},
		{"POST", "/v1/virtual-keys/:name/disable", "virtual_key.disable", gateway.VirtualKeysUpdate, a.disableVirtualKey},
		{"POST", "/v1/virtual-keys/:name/enable", "virtual_key.enable", gateway.VirtualKeysUpdate, a.enableVirtualKey},
		{"POST", "/v1/virtual-keys/:name/test", "virtual_key.test", gateway.VirtualKeysTest, a.testVirtualKey},
	}
}

type virtualKeyResponse struct {
	Object      string                   `json:"object"`
	ID          string                   `json:"id"`
	Name        string                   `json:"name"`
	Slug        string                   `json:"slug"`      // the name, as Portkey's clients read it
	Workspace   string                   `json:"workspace"` // name
	WorkspaceID string                   `json:"workspace_id"`
	Provider    string                   `json:"provider"`
	BaseURL     string                   `json:"base_url"`
	Models      []string                 `json:"models"`
	Prices      map[string]action.Price  `json:"prices"`
	MaxOutput   map[string]int64         `json:"max_output"` // model → tokens
	Formats     gateway.Formats          `json:"formats"`    // names, or base URLs by name; empty: the vendor's
	Settings    gateway.ProviderSettings `json:"settings"`   // region, project … of the account
	Disabled    bool                     `json:"disabled"`
	Status      credential.Status        `json:"status"`
	Credentials []credentialResponse     `json:"credentials"`
	ExpiresAt   *time.Time               `json:"expires_at"`
	Broken      bool                     `json:"broken,omitempty"` // no credential opens
	FromFile    bool                     `json:"from_file"`
	CreatedAt   time.Time                `json:"created_at"`
	UpdatedAt   time.Time                `json:"updated_at"`
	Note        string                   `json:"note"`
	RateLimits  []keyLimit               `json:"rate_limits"`  // of the virtual key alone
	Budgets     []keyBudget              `json:"budgets"`      // of the virtual key alone
	UsageLimits *usageLimits             `json:"usage_limits"` // the first of them in Portkey's form
}

// credentialResponse tells about a credential, without its value.
type credentialResponse struct {
	Name        string            `json:"name"`
	Weight      int               `json:"weight"`
	Reference   string            `json:"reference,omitempty"`   // where it stands, if not here
	Fingerprint string            `json:"fingerprint,omitempty"` // as in logs
	Status      credential.Status `json:"status"`
	Problem     string            `json:"problem,omitempty"` // why it has no value
	LastRefusal *refusalResponse  `json:"last_refusal,omitempty"`
}

// refusalResponse is the last refusal of a credential that the provider has not taken since.
type refusalResponse struct {
	Class  credential.Refusal `json:"class"`
	Status int                `json:"status"`
	At     time.Time          `json:"at"`
	InRow  int                `json:"in_a_row"`
	Until  time.Time          `json:"set_aside_until"`
}

func credentialOf(c *credential.CredentialInfo) credentialResponse {
	out := credentialResponse{Name: c.Name, Weight: c.Weight, Reference: c.Reference, Fingerprint: c.Fingerprint, Status: c.Status, Problem: c.Problem}
	if c.Refused != "" {
		out.LastRefusal = &refusalResponse{c.Refused, c.HTTPStatus, c.At.UTC(), c.InRow, c.Until.UTC()}
	}
	return out
}

func virtualKeyOf(k credential.VirtualKeyInfo) virtualKeyResponse {
	out := virtualKeyResponse{Object: "virtual_key", ID: k.ID, Name: k.Name, Slug: k.Name, Workspace: k.WorkspaceName, WorkspaceID: k.Workspace,
		Provider: k.Provider, Note: k.Note, BaseURL: k.BaseURL, Models: k.Models, Prices: map[string]action.Price{}, MaxOutput: k.MaxOutput, Formats: k.Formats, Settings: k.Settings, Disabled: k.Disabled, Broken: k.Broken,
		Status: k.Status, Credentials: []credentialResponse{}, FromFile: k.FromFile, CreatedAt: k.CreatedAt, UpdatedAt: k.UpdatedAt}
	for i := range k.Held {
		out.Credentials = append(out.Credentials, credentialOf(&k.Held[i]))
	}
	if !k.ExpiresAt.IsZero() {
		out.ExpiresAt = &k.ExpiresAt
	}
	if out.Models == nil {
		out.Models = []string{}
	}
	if out.Formats == nil {
		out.Formats = gateway.Formats{}
	}
	if out.Settings == nil {
		out.Settings = gateway.ProviderSettings{}
	}
	if out.MaxOutput == nil {
		out.MaxOutput = map[string]int64{}
	}
	for model, p := range k.Prices {
		out.Prices[model] = action.PriceOf(p)
	}
	return out
}

func (a *resources) listVirtualKeys(ctx context.Context, r *request) error {
	all, err := a.VirtualKeys.VirtualKeyInfos(ctx, r.By, r.Query("workspace"))
	if err != nil {
		return err
	}
	rows, err := paged(r, all)
	if err != nil {
		return err
	}
	out, err := a.virtualKeysOf(ctx, rows...)
	r.Reply = page{Object: "list", Data: out, Total: len(all)}
	return err
}

// getVirtualKey looks in the caller's own workspace before others.
func (a *resources) getVirtualKey(ctx context.Context, r *request) error {
	k, err := a.findVirtualKey(ctx, r)
	if err != nil {
		return err
	}
	rows, err := a.virtualKeysOf(ctx, k)
	if err == nil {
		r.Reply = rows[0]
	}
	return err
}

func (a *resources) findVirtualKey(ctx context.Context, r *request) (credential.VirtualKeyInfo, error) {
	r.Target = r.Param("name")
	all, err := a.VirtualKeys.VirtualKeyInfos(ctx, r.By, r.Query("workspace"))
	if err != nil {
		return credential.VirtualKeyInfo{}, err
	}
	sort.SliceStable(all, func(i, j int) bool { return all[i].Workspace == r.By.Workspace && all[j].Workspace != r.By.Workspace })
	for _, k := range all {
		if k.Name == r.Target || k.ID == r.Target {
			return k, nil
		}
	}
	return credential.VirtualKeyInfo{}, &gateway.Error{Op: "admin.findVirtualKey", Kind: gateway.NotFound, Param: "name",
		Public: "There is no virtual key '" + gateway.Clip(r.Target, 100) + "'."}
}

// virtualKeyRef is the key that the path names. A name is unique within a workspace only: where
// the query names the workspace, the name is resolved to an id.
func (a *resources) virtualKeyRef(ctx context.Context, r *request) (string, error) {
	if r.Query("workspace") != "" {
		k, err := a.findVirtualKey(ctx, r)
		return k.ID, err
	}
	r.Target = r.Param("name")
	return r.Target, nil
}

// createVirtualKey takes {name, provider, note, api_key, credentials, base_url, models, prices,
// max_output, formats, settings, expires_at, rate_limits, budgets, usage_limits, workspace}.
func (a *resources) createVirtualKey(ctx context.Context, r *request) error {
	f, err := action.ReadForm(ctx, r)
	if err != nil {
		return err
	}
	portkeys := f.Text("key", false) // Portkey's name of api_key
	value := f.Text("api_key", portkeys == "" && !f.Given("credentials"))
	if value != "" && portkeys != "" {
		f.Wrong("key", "must be left out where api_key is given")
	}
	n := credential.NewVirtualKey{Name: f.Text("name", true), Provider: f.Text("provider", true), Credential: gateway.NewSecret(value + portkeys),
		Credentials: credentials(f, "credentials", true), Note: f.Text("note", false), ExpiresAt: f.Time("expires_at"), BaseURL: f.Text("base_url", false), Models: modelNames(f, "models"),
		Prices: prices(f, "prices"), MaxOutput: tokens(f, "max_output"), Formats: formats(f, "formats"), Settings: settings(f, "settings"), Workspace: f.Text("workspace", false)}
	rules := readOwnRules(f)
	f.Idle("", "deploymentConfig", "secret_mappings")
	r.Target = n.Name
	if err := f.Done(); err != nil {
		return err
	}
	if err := a.Own.Check(rules, r.Now()); err != nil {
		return err
	}
	k, err := a.VirtualKeys.CreateVirtualKey(ctx, r.By, n)
	if err != nil {
		return err
	}
	if err := a.Own.Set(ctx, ownerOf(k), rules); err != nil {
		_, undone := a.VirtualKeys.DeleteVirtualKey(ctx, r.By, k.ID)
		return errors.Join(err, undone)
	}
	r.Status = http.StatusCreated
	return a.answerVirtualKey(ctx, r, k)
}

func (a *resources) deleteVirtualKey(ctx context.Context, r *request) error {
	ref, err := a.virtualKeyRef(ctx, r)
	if err != nil {
		return err
	}
	k, err := a.VirtualKeys.DeleteVirtualKey(ctx, r.By, ref)
	if err == nil {
		err = a.Own.Remove(ctx, ownerOf(k))
	}
	if err != nil {
		return err
	}
	r.Target, r.Workspace, r.Reply = k.Name, k.Workspace, deleted{ID: k.ID, Deleted: true}
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
	k, err := a.VirtualKeys.SetVirtualKeyDisabled(ctx, r.By, ref, disabled)
	if err != nil {
		return err
	}
	return a.answerVirtualKey(ctx, r, k)
}

// prices reads prices by model; see action.ReadPrice.
func prices(f *form, name string) gateway.Prices {
	v, ok := f.Take(name, false, map[string]action.Price{})
	if !ok {
		return nil
	}
	if !v.IsObject() {
		f.Wrong(name, "must be an object of prices by model")
		return nil
	}
	out := gateway.Prices{}
	v.ForEach(func(model, price gjson.Result) bool {
		at := name + "." + gateway.Clip(model.String(), 100)
		if p := action.ReadPrice(f, at, price); p != nil {
			out[model.String()] = *p
		}
		return true
	})
	return out
}

// credentials reads [{name, api_key, weight}]; a new one has an api_key.
func credentials(f *form, name string, isNew bool) []credential.NewCredential {
	v, ok := f.Take(name, false)
	if !ok {
		return nil
	}
	if !v.IsArray() || len(v.Array()) == 0 {
		f.Wrong(name, "must be a list of credentials: name, api_key and weight")
		return nil
	}
	var out []credential.NewCredential
	for i, e := range v.Array() {
		at := name + "[" + strconv.Itoa(i) + "]"
		if !e.IsObject() {
			f.Wrong(at, "must be an object with name, api_key and weight")
			continue
		}
		in := action.Inside(e)
		c := credential.NewCredential{Name: in.Text("name", true), Credential: gateway.NewSecret(in.Text("api_key", isNew))}
		if in.Given("weight") {
			c.Weight = in.Count("weight", true, 1)
		}
		f.Close(at, in)
		out = append(out, c)
	}
	return out
}

// modelNames reads a list of models. An empty one would allow none.
func modelNames(f *form, name string) []string {
	v, ok := f.Take(name, false)
	if !ok {
		return nil
	}
	var out []string
	good := v.IsArray()
	for _, m := range v.Array() {
		good = good && m.Type == gjson.String && m.Str != ""
		out = append(out, m.String())
	}
	switch {
	case !good:
		f.Wrong(name, "must be a list of strings")
	case len(out) == 0:
		f.Wrong(name, "is an empty list, which would allow no model; leave it out to allow all")
	}
	return out
}

// tokens reads {model: most output tokens of one answer}.
func tokens(f *form, name string) map[string]int64 {
	v, ok := f.Take(name, false, map[string]int64{})
	if !ok {
		return nil
	}
	if !v.IsObject() {
		f.Wrong(name, "must be an object of token counts by model")
		return nil
	}
	out := map[string]int64{}
	v.ForEach(func(model, count gjson.Result) bool {
		n, ok := gateway.ReadCount([]byte(count.Raw))
		if !ok {
			f.Wrong(name+"."+gateway.Clip(model.String(), 100), "must be a positive number of tokens")
		}
		out[model.String()] = n
		return true
	})
	return out
}

// settings reads an object of texts.
func settings(f *form, name string) gateway.ProviderSettings {
	v, ok := f.Take(name, false, map[string]string{})
	if !ok {
		return nil
	}
	var out gateway.ProviderSettings
	if err := json.Unmarshal([]byte(v.Raw), &out); err != nil {
		f.Wrong(name, "must be an object of texts")
	}
	return out
}

// formats reads a list of names, or an object of base URLs by name.
func formats(f *form, name string) gateway.Formats {
	v, ok := f.Take(name, false, gateway.Formats{})
	if !ok {
		return nil
	}
	var out gateway.Formats
	if err := json.Unmarshal([]byte(v.Raw), &out); err != nil {
		f.Wrong(name, "must be a list of formats without doubles, or an object of base URLs by format")
	}
	return out
}
