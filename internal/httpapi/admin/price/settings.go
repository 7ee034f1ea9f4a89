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

// priceJSON is a price in USD per million tokens.
type priceJSON struct {
	Input      number `json:"input"`
	Output     number `json:"output"`
	CacheRead  number `json:"cache_read,omitempty"`
	CacheWrite number `json:"cache_write,omitempty"`
}

func priceOf(p *gateway.Price) *priceJSON {
	if p == nil {
		return nil
	}
	out := &priceJSON{Input: number(gateway.FormatUSD(p.Input)), Output: number(gateway.FormatUSD(p.Output))}
	if p.CacheRead != nil {
		out.CacheRead = number(gateway.FormatUSD(*p.CacheRead))
	}
	if p.CacheWrite != nil {
		out.CacheWrite = number(gateway.FormatUSD(*p.CacheWrite))
	}
	return out
}

// readPrice reads {input, output, cache_read, cache_write} in USD per million tokens.
func readPrice(f *action.Form, name string, v gjson.Result) *gateway.Price {
	if !v.IsObject() {
		f.Wrong(name, "must be an object with input and output")
		return nil
	}
	in := action.Inside(v)
	p := &gateway.Price{CacheRead: in.Nano("cache_read", false), CacheWrite: in.Nano("cache_write", false)}
	if input, output := in.Nano("input", true), in.Nano("output", true); input != nil && output != nil {
		p.Input, p.Output = *input, *output
	}
	f.Close(name, in)
	return p
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
			to.Ceiling = readPrice(f, "unpriced_models", v)
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
