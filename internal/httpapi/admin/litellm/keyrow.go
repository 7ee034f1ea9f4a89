package litellm

import (
	"context"
	"encoding/hex"
	"strings"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/identity"
	"github.com/sluicegate/sluice/gateway/limit"
	"github.com/sluicegate/sluice/internal/httpapi/admin/action"
	"github.com/sluicegate/sluice/internal/httpapi/admin/own"
)

// keyRow is a key in LiteLLM's form (LiteLLM_VerificationToken). Fields that mean nothing here have
// the value that they have on a key which does not use them.
type keyRow struct {
	Token     string            `json:"token"` // hash
	TokenID   string            `json:"token_id"`
	KeyName   string            `json:"key_name"` // masked
	KeyAlias  *string           `json:"key_alias"`
	Spend     action.USD        `json:"spend"` // of the budget, in its present period
	MaxBudget *action.USD       `json:"max_budget"`
	Expires   *time.Time        `json:"expires"`
	Models    []string          `json:"models"`
	Aliases   map[string]string `json:"aliases"`
	UserID    *string           `json:"user_id"`
	TeamID    *string           `json:"team_id"`
	TeamAlias *string           `json:"team_alias"`
	Metadata  map[string]string `json:"metadata"`
	Tags      []string          `json:"tags"`
	Blocked   *bool             `json:"blocked"` // null: never blocked

	MaxParallel   *int64           `json:"max_parallel_requests"`
	TPM           *int64           `json:"tpm_limit"`
	RPM           *int64           `json:"rpm_limit"`
	ModelTPM      map[string]int64 `json:"model_tpm_limit"`
	ModelRPM      map[string]int64 `json:"model_rpm_limit"`
	AllowedRoutes []string         `json:"allowed_routes"` // scopes

	Config          struct{}   `json:"config"`
	Permissions     struct{}   `json:"permissions"`
	ModelMaxBudget  struct{}   `json:"model_max_budget"`
	ModelSpend      struct{}   `json:"model_spend"`
	CacheControls   []string   `json:"allowed_cache_controls"`
	Guardrails      []string   `json:"guardrails"`
	EnforcedParams  []string   `json:"enforced_params"`
	BudgetDuration  *string    `json:"budget_duration"`
	BudgetResetAt   *time.Time `json:"budget_reset_at"`
	BudgetID        *string    `json:"budget_id"`
	BudgetTable     *struct{}  `json:"litellm_budget_table"`
	OrganizationID  *string    `json:"organization_id"`
	ObjectPermitted *string    `json:"object_permission_id"`
	RotationCount   *int       `json:"rotation_count"`

	CreatedAt time.Time `json:"created_at"`
	CreatedBy *string   `json:"created_by"`
	UpdatedAt time.Time `json:"updated_at"`
	UpdatedBy *string   `json:"updated_by"`

	ID          string `json:"sluice_id"` // the id in Sluice's own admin API
	WorkspaceID string `json:"workspace_id"`
}

// unnamed begins the names of keys that were made without an alias.
const unnamed = "key-"

// aliasOf is the alias of a key; nil if nobody gave it one.
func aliasOf(k identity.APIKeyInfo) *string {
	switch rest, made := strings.CutPrefix(k.Name, unnamed); {
	case k.Access.Title != "":
		return &k.Access.Title
	case made && len(rest) == 26: // an id
		return nil
	}
	return &k.Name
}

func hashOf(k identity.APIKeyInfo) string { return hex.EncodeToString(k.Hash[:]) }

// rows are keys with their limits and budgets.
func (a *routes) rows(ctx context.Context, keys ...identity.APIKeyInfo) ([]keyRow, error) {
	budgets, err := a.Keys.Budgets(ctx, keys...)
	if err != nil {
		return nil, err
	}
	out := make([]keyRow, len(keys))
	for i, k := range keys {
		out[i] = a.rowOf(k, budgets[i])
	}
	return out, nil
}

// row is one of rows.
func (a *routes) row(ctx context.Context, k identity.APIKeyInfo) (keyRow, error) {
	rows, err := a.rows(ctx, k)
	if err != nil {
		return keyRow{}, err
	}
	return rows[0], nil
}

func (a *routes) rowOf(k identity.APIKeyInfo, budgets []own.Budget) keyRow {
	hash := hashOf(k)
	out := keyRow{Token: hash, TokenID: hash, KeyName: k.Masked, KeyAlias: aliasOf(k),
		Models: list(k.Access.Models), Aliases: object(k.Access.ModelAliases), Metadata: object(k.Access.Metadata), Tags: list(k.Access.Tags),
		CacheControls: []string{}, Guardrails: []string{}, EnforcedParams: []string{}, AllowedRoutes: []string{},
		CreatedAt: k.CreatedAt, UpdatedAt: k.UpdatedAt, ID: k.ID, WorkspaceID: k.Workspace}
	if !k.ExpiresAt.IsZero() {
		out.Expires = &k.ExpiresAt
	}
	if !k.Service {
		out.UserID = &k.MemberName
	}
	if k.Team != "" {
		out.TeamID, out.TeamAlias = &k.Team, &k.TeamName
	}
	if k.Disabled {
		out.Blocked = &k.Disabled
	}
	for _, s := range k.Access.Scopes {
		out.AllowedRoutes = append(out.AllowedRoutes, string(s))
	}
	if len(budgets) > 0 {
		out.setBudget(budgets[0])
	}
	out.setLimits(a.Keys.LimitsOf(k))
	return out
}

func (r *keyRow) setBudget(b own.Budget) {
	limit := action.USD(b.Limit)
	r.MaxBudget, r.Spend = &limit, action.USD(b.Spent)
	if words, resets := durations[b.Period]; resets {
		at := b.Resets.UTC()
		r.BudgetDuration, r.BudgetResetAt = &words, &at
	}
}

func (r *keyRow) setLimits(rules []limit.Rule) {
	for _, rule := range rules {
		for _, l := range limitFields {
			if !l.holds(rule) {
				continue
			}
			switch l.name {
			case "max_parallel_requests":
				r.MaxParallel = &rule.Value
			case "rpm_limit":
				r.RPM = &rule.Value
			case "tpm_limit":
				r.TPM = &rule.Value
			case "model_rpm_limit":
				r.ModelRPM = with(r.ModelRPM, rule.Conditions[0].Values[0], rule.Value)
			case "model_tpm_limit":
				r.ModelTPM = with(r.ModelTPM, rule.Conditions[0].Values[0], rule.Value)
			}
		}
	}
}

func with(m map[string]int64, key string, n int64) map[string]int64 {
	if m == nil {
		m = map[string]int64{}
	}
	m[key] = n
	return m
}

// list is never null in JSON.
func list(of []string) []string {
	if of == nil {
		return []string{}
	}
	return of
}

// object is never null in JSON.
func object(of map[string]string) map[string]string {
	if of == nil {
		return map[string]string{}
	}
	return of
}

// newKey is the answer to a call that made the value of a key.
type newKey struct {
	Key string `json:"key"`
	keyRow
}

func (a *routes) newKeyOf(ctx context.Context, k identity.APIKeyInfo, secret gateway.Secret) (newKey, error) {
	row, err := a.row(ctx, k)
	return newKey{secret.Reveal(), row}, err
}
