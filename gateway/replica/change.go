package replica

// Kind says what a change is about.
type Kind string

// The kinds of control data.
const (
	Organisation Kind = "organisation"
	Workspace    Kind = "workspace"
	Member       Kind = "member"
	Team         Kind = "team"
	APIKey       Kind = "api_key"
	VirtualKey   Kind = "virtual_key"
	Config       Kind = "config"
	Prompt       Kind = "prompt"
	RateLimits   Kind = "rate_limits" // of all workspaces
	Budgets      Kind = "budgets"     // and wallets, of all workspaces
	Prices       Kind = "prices"      // price rules and settings of all workspaces
	AlertTargets Kind = "alert_targets"
	CacheRemoval Kind = "cache_removal" // answers that were purged or asked for anew
)

// Change names a record that was put or deleted.
type Change struct {
	Kind      Kind
	Workspace string // id; "" if the record belongs to none
	ID        string // of the record; the slug of a config
}
