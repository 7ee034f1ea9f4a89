package openrouter

import (
	"context"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/identity"
	"github.com/sluicegate/sluice/internal/httpapi/admin/action"
)

// currentKey is the caller's own key in OpenRouter's form. Quotas that do not exist here are the
// values by which OpenRouter says so.
type currentKey struct {
	Label       string      `json:"label"`
	Limit       *action.USD `json:"limit"`
	Remaining   *action.USD `json:"limit_remaining"`
	LimitReset  *string     `json:"limit_reset"`
	IncludeBYOK bool        `json:"include_byok_in_limit"`
	usage
	FreeTier     bool       `json:"is_free_tier"`
	Management   bool       `json:"is_management_key"` // it may make keys
	Provisioning bool       `json:"is_provisioning_key"`
	ExpiresAt    *time.Time `json:"expires_at"`
	Creator      *string    `json:"creator_user_id"`
	Organisation *string    `json:"organization_id"`
	WorkspaceID  *string    `json:"workspace_id"`
	Regions      []string   `json:"allowed_data_regions"`
	RateLimit    struct {
		Requests int    `json:"requests"`
		Interval string `json:"interval"`
		Note     string `json:"note"`
	} `json:"rate_limit"`
	FreeModels struct {
		Limit     int `json:"limit"`
		Remaining int `json:"remaining"`
		Used      int `json:"used"`
	} `json:"free_model_daily_requests"`
}

// own finds the caller's own key.
func (a *routes) own(ctx context.Context, r *action.Request) (identity.APIKeyInfo, error) {
	q := action.ReadQuery(r)
	if err := q.Done(); err != nil {
		return identity.APIKeyInfo{}, err
	}
	return a.Keys.APIKey(ctx, r.By, r.By.APIKey)
}

func (a *routes) currentKey(ctx context.Context, r *action.Request) error {
	k, err := a.own(ctx, r)
	if err != nil {
		return err
	}
	used, err := a.usageOf(ctx, r.By, r.Now(), k.ID)
	if err != nil {
		return err
	}
	rows, err := a.rows(ctx, used, k)
	if err != nil {
		return err
	}
	row := rows[0]
	makesKeys := r.By.May(gateway.APIKeysCreate)
	out := currentKey{Label: row.Label, Limit: row.Limit, Remaining: row.Remaining, LimitReset: row.LimitReset, IncludeBYOK: row.IncludeBYOK, usage: row.usage,
		Management: makesKeys, Provisioning: makesKeys, ExpiresAt: row.ExpiresAt, Creator: row.Creator, Organisation: &r.By.Organisation, WorkspaceID: &k.Workspace, Regions: []string{"global"}}
	out.RateLimit.Requests, out.RateLimit.Interval, out.RateLimit.Note = -1, "10s", "The limits of the key are in the x-ratelimit headers of its answers."
	r.Target, r.Reply = k.ID, struct {
		Data currentKey `json:"data"`
	}{out}
	return nil
}
