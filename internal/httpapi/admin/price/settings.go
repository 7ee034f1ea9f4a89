package price

import (
	"context"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/httpapi/admin/action"
)

// number is a decimal number in its exact spelling; "" is none.
type number string

func (n number) MarshalJSON() ([]byte, error) { return []byte(n), nil }

func priceOf(p *gateway.Price) *action.Price {
	if p == nil {
		return nil
	}
	out := action.PriceOf(*p)
	return &out
}

type settingsResponse struct {
	Object    string `json:"object"`
	Workspace string `json:"workspace_id"`
	// Unpriced is "allow", "deny" or a ceiling; null: what the server's file sets for all.
	Unpriced any  `json:"unpriced_models"`
	FromFile bool `json:"from_file"`
}

func (a resource) settingsOf(workspace string) settingsResponse {
	out := settingsResponse{Object: "price_settings", Workspace: workspace}
	u, fromFile := a.Setting(workspace)
	out.FromFile = fromFile
	switch {
	case u == nil:
	case u.Ceiling != nil:
		out.Unpriced = priceOf(u.Ceiling)
	case u.Deny:
		out.Unpriced = "deny"
	default:
		out.Unpriced = "allow"
	}
	return out
}

func (a resource) getSettings(ctx context.Context, r *action.Request) error {
	workspace, err := r.In(ctx, r.Query("workspace"))
	if err != nil {
		return err
	}
	r.Reply = a.settingsOf(workspace)
	return nil
}

// putSettings takes {workspace, unpriced_models}: "allow", "deny", a price, or null for what the
// server's file sets for all workspaces.
func (a resource) putSettings(ctx context.Context, r *action.Request) error {
	f, err := action.ReadForm(ctx, r)
	if err != nil {
		return err
	}
	ref := f.Text("workspace", false)
	f.OneGiven("unpriced_models")
	var to *gateway.UnpricedModels
	if v, ok := f.Take("unpriced_models", false); ok {
		to = &gateway.UnpricedModels{}
		switch {
		case v.IsObject():
			to.Ceiling = action.ReadPrice(f, "unpriced_models", v)
		case v.Type == gjson.String && (v.Str == "allow" || v.Str == "deny"):
			to.Deny = v.Str == "deny"
		default:
			f.Wrong("unpriced_models", "must be 'allow', 'deny' or a ceiling such as {\"input\": 10, \"output\": 30}")
		}
	}
	if err := f.Done(); err != nil {
		return err
	}
	workspace, err := r.In(ctx, ref)
	if err != nil {
		return err
	}
	r.Target = workspace
	r.ActsOn(ctx, workspace, workspace)
	if err := a.SetUnpricedModels(ctx, workspace, to); err != nil {
		return err
	}
	r.Reply = a.settingsOf(workspace)
	return nil
}
