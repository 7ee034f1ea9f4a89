package litellm

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/identity"
	"github.com/sluicegate/sluice/gateway/identity/access"
	"github.com/sluicegate/sluice/internal/httpapi/admin/action"
	"github.com/sluicegate/sluice/internal/httpapi/admin/apikey"
)

func (a *routes) keyRoutes() []action.Action {
	return []action.Action{
		{Method: "POST", Path: "/key/generate", Name: "api_key.create", Need: gateway.APIKeysCreate, Do: a.generateKey},
		{Method: "POST", Path: "/key/service-account/generate", Name: "api_key.create", Need: gateway.APIKeysCreate, Do: a.generateKey},
		{Method: "POST", Path: "/key/update", Name: "api_key.update", Need: gateway.APIKeysUpdate, Do: a.updateKey},
		{Method: "POST", Path: "/key/delete", Name: "api_key.delete", Need: gateway.APIKeysDelete, Do: a.deleteKeys},
		{Method: "POST", Path: "/key/block", Name: "api_key.disable", Need: gateway.APIKeysUpdate, Do: a.blockKey(true)},
		{Method: "POST", Path: "/key/unblock", Name: "api_key.enable", Need: gateway.APIKeysUpdate, Do: a.blockKey(false)},
		{Method: "POST", Path: "/key/regenerate", Name: "api_key.rotate", Need: gateway.APIKeysUpdate, Do: a.regenerateKey},
		{Method: "POST", Path: "/key/:key/regenerate", Name: "api_key.rotate", Need: gateway.APIKeysUpdate, Do: a.regenerateKey},
		{Method: "GET", Path: "/key/info", Name: "api_key.get", Need: gateway.APIKeysRead, NamesKey: true, Do: a.keyInfo},
		{Method: "GET", Path: "/key/list", Name: "api_key.list", Need: gateway.APIKeysList, Do: a.listKeys},
	}
}

// generateKey makes a key. Without a user_id it is one of a service account.
func (a *routes) generateKey(ctx context.Context, r *action.Request) error {
	f, err := action.ReadForm(ctx, r)
	if err != nil {
		return err
	}
	fields := readKeyFields(f, r.Now())
	alias, member := f.Text("key_alias", false), f.Text("user_id", false)
	n := identity.NewAPIKey{Member: member, Service: member == "", Compat: gateway.CompatLiteLLM, Key: gateway.NewSecret(f.Text("key", false))}
	if !n.Key.Empty() && !strings.HasPrefix(n.Key.Reveal(), "sk-") {
		f.Wrong("key", "must begin with sk-")
	}
	n.Name, n.Access.Title = apikey.NameFor(alias, r.NewID)
	r.Target = n.Name
	if err := f.Done(); err != nil {
		return err
	}
	if err := a.checkAlias(ctx, r, alias, ""); err != nil {
		return err
	}
	if fields.Access != nil {
		fields.Access(&n.Access)
	}
	if fields.ExpiresAt != nil {
		n.ExpiresAt = *fields.ExpiresAt
	}
	if fields.Team != nil {
		n.Team = *fields.Team
	}
	n.Disabled = fields.Disabled != nil && *fields.Disabled
	if err := a.setBudget(identity.APIKeyInfo{}, &fields); err != nil {
		return err
	}
	if fields.BudgetUSD != nil {
		n.BudgetUSD = *fields.BudgetUSD
	}
	fields.Limits = fields.merged(nil)
	k, secret, err := a.Keys.Create(ctx, r.By, n, fields.Change.Change)
	if err != nil {
		return named(err)
	}
	r.Target, r.Workspace = k.ID, k.Workspace
	r.Reply, err = a.newKeyOf(ctx, k, secret)
	return err
}

// setBudget makes max_budget and budget_duration a change of the key, which is zero for a new one.
func (a *routes) setBudget(k identity.APIKeyInfo, fields *keyFields) error {
	if a.Keys.Alone(k, fields.budget) {
		return gateway.InvalidField("litellm.setBudget", "budget_duration", "The field 'budget_duration' needs 'max_budget'.")
	}
	a.Keys.SetBudget(k, fields.budget, &fields.Change)
	return nil
}

// checkAlias refuses an alias that another key of the workspace has, as LiteLLM does.
func (a *routes) checkAlias(ctx context.Context, r *action.Request, alias, except string) error {
	if alias == "" {
		return nil
	}
	all, err := a.Keys.APIKeys(ctx, r.By, r.By.Workspace)
	for _, k := range all {
		if has := aliasOf(k); has != nil && *has == alias && k.ID != except {
			return &gateway.Error{Op: "litellm.checkAlias", Kind: gateway.Invalid, Param: "key_alias",
				Public: "There is already an API key with the alias '" + gateway.Clip(alias, 100) + "' in this workspace."}
		}
	}
	return err
}

// find finds the key that a client names: by its value, by its hash, or by its id here.
func (a *routes) find(ctx context.Context, r *action.Request, presented gateway.Secret) (identity.APIKeyInfo, error) {
	k, err := a.Finder.APIKeyOf(ctx, r.By, presented)
	if err != nil && len(presented.Reveal()) == 26 {
		if byID, other := a.Keys.APIKey(ctx, r.By, presented.Reveal()); other == nil && byID.ID == presented.Reveal() {
			return byID, nil
		}
	}
	if err == nil && r.Named && k.Workspace != r.By.Workspace {
		err = &gateway.Error{Op: "litellm.find", Kind: gateway.NotFound, Param: "key", Public: "There is no such API key."}
	}
	return k, err
}

func (a *routes) updateKey(ctx context.Context, r *action.Request) error {
	f, err := action.ReadForm(ctx, r)
	if err != nil {
		return err
	}
	fields := readKeyFields(f, r.Now())
	key := gateway.NewSecret(f.Text("key", true))
	alias := f.Text("key_alias", false)
	f.Idle(": a key stays with its member", "user_id")
	if err := f.Done(); err != nil {
		return err
	}
	k, err := a.find(ctx, r, key)
	if err != nil {
		return err
	}
	r.ActsOn(ctx, k.ID, k.Workspace)
	if err := a.checkAlias(ctx, r, alias, k.ID); err != nil {
		return err
	}
	if k, err = a.change(ctx, r, k, fields, alias); err != nil {
		return err
	}
	row, err := a.row(ctx, k)
	r.Reply = newKey{hashOf(k), row}
	return err
}

// change applies the fields of a body to a key.
func (a *routes) change(ctx context.Context, r *action.Request, k identity.APIKeyInfo, fields keyFields, alias string) (identity.APIKeyInfo, error) {
	edit := fields.Access
	if alias != "" {
		fields.Access = func(rules *access.Rules) {
			if edit != nil {
				edit(rules)
			}
			rules.Title = alias
		}
	}
	if err := a.setBudget(k, &fields); err != nil {
		return k, err
	}
	fields.Limits = fields.merged(a.Keys.LimitsOf(k))
	k, err := a.Keys.Change(ctx, r.By, k.ID, fields.Change)
	return k, named(err)
}

// deletedKeys names the keys by their hashes.
type deletedKeys struct {
	Deleted []string `json:"deleted_keys"`
}

// deleteKeys takes {keys} or {key_aliases}. All of them are found before one is deleted.
func (a *routes) deleteKeys(ctx context.Context, r *action.Request) error {
	f, err := action.ReadForm(ctx, r)
	if err != nil {
		return err
	}
	f.OneGiven("keys", "key_aliases")
	keys, aliases := f.Texts("keys"), f.Texts("key_aliases")
	if err := f.Done(); err != nil {
		return err
	}
	found := make([]identity.APIKeyInfo, 0, len(keys)+len(aliases))
	for i, key := range keys {
		k, err := a.find(ctx, r, gateway.NewSecret(key))
		if err != nil {
			return at(err, "keys["+strconv.Itoa(i)+"]")
		}
		found = append(found, k)
	}
	for i, alias := range aliases {
		k, err := a.aliased(ctx, r, alias)
		if err != nil {
			return at(err, "key_aliases["+strconv.Itoa(i)+"]")
		}
		found = append(found, k)
	}
	out := deletedKeys{[]string{}}
	for _, k := range found {
		r.ActsOn(ctx, k.ID, k.Workspace)
		if _, err := a.Keys.Delete(ctx, r.By, k.ID); err != nil {
			return named(err)
		}
		out.Deleted = append(out.Deleted, hashOf(k))
	}
	r.Reply = out
	return nil
}

// aliased finds the key with an alias in the caller's workspace.
func (a *routes) aliased(ctx context.Context, r *action.Request, alias string) (identity.APIKeyInfo, error) {
	all, err := a.Keys.APIKeys(ctx, r.By, r.By.Workspace)
	for _, k := range all {
		if has := aliasOf(k); has != nil && *has == alias {
			return k, nil
		}
	}
	if err == nil {
		err = &gateway.Error{Op: "litellm.aliased", Kind: gateway.NotFound, Public: "There is no API key with the alias '" + gateway.Clip(alias, 100) + "'."}
	}
	return identity.APIKeyInfo{}, err
}

// at names the field of an error.
func at(err error, field string) error {
	e := *gateway.AsError(err)
	e.Param = field
	return &e
}

// blockKey takes {key}.
func (a *routes) blockKey(block bool) func(context.Context, *action.Request) error {
	return func(ctx context.Context, r *action.Request) error {
		f, err := action.ReadForm(ctx, r)
		if err != nil {
			return err
		}
		key := gateway.NewSecret(f.Text("key", true))
		if err := f.Done(); err != nil {
			return err
		}
		k, err := a.find(ctx, r, key)
		if err != nil {
			return err
		}
		r.ActsOn(ctx, k.ID, k.Workspace)
		if k, err = a.Keys.SetAPIKeyDisabled(ctx, r.By, k.ID, block); err != nil {
			return named(err)
		}
		row, err := a.row(ctx, k)
		row.Blocked = &k.Disabled
		r.Reply = row
		return err
	}
}

// regenerateKey gives a key a new value, and takes the fields of updateKey and grace_period, for
// which the old value stays good.
func (a *routes) regenerateKey(ctx context.Context, r *action.Request) error {
	f, err := action.ReadForm(ctx, r)
	if err != nil {
		return err
	}
	fields := readKeyFields(f, r.Now())
	inPath := r.Param("key")
	key := gateway.NewSecret(f.Text("key", inPath == ""))
	if key.Empty() {
		key = gateway.NewSecret(inPath)
	}
	alias := f.Text("key_alias", false)
	overlap := readGrace(f, r.Now())
	f.Idle(": a new value is generated", "new_key", "new_master_key")
	if err := f.Done(); err != nil {
		return err
	}
	k, err := a.find(ctx, r, key)
	if err != nil {
		return err
	}
	r.ActsOn(ctx, k.ID, k.Workspace)
	if err := a.checkAlias(ctx, r, alias, k.ID); err != nil {
		return err
	}
	if k, err = a.change(ctx, r, k, fields, alias); err != nil {
		return err
	}
	k, secret, err := a.Keys.RotateAPIKey(ctx, r.By, k.ID, overlap)
	if err != nil {
		return named(err)
	}
	r.Reply, err = a.newKeyOf(ctx, k, secret)
	return err
}

// readGrace reads for how long the old value of a key stays good.
func readGrace(f *action.Form, now time.Time) time.Duration {
	end := readDuration(f, "grace_period", now)
	if end.IsZero() {
		return 0
	}
	if end.Sub(now) > identity.MaxOverlap {
		f.Wrong("grace_period", "must be at most 90d")
	}
	return end.Sub(now)
}
