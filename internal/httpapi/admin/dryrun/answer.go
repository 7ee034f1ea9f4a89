package dryrun

import "github.com/sluicegate/sluice/gateway"

type dryRun struct {
	Object  string          `json:"object"`
	Config  chosenConfig    `json:"config"`
	Targets []plannedTarget `json:"targets"` // in the order in which they are asked

	Redact     []string `json:"redact"`  // entities that are replaced
	Restore    bool     `json:"restore"` // and put back in the answer
	Cache      string   `json:"cache"`   // "", "exact" or "semantic"
	Guardrails []string `json:"guardrails"`
	Output     []string `json:"output_guardrails"`
	Dropped    []string `json:"dropped"` // fields of the request that have no effect
}

// chosenConfig says which config applies.
type chosenConfig struct {
	Source  string `json:"source"` // "header", "body", "prompt", "api_key", "workspace", "model"; "request": none
	Slug    string `json:"slug,omitempty"`
	Version int    `json:"version,omitempty"`
}

// plannedTarget is one target with the conditions under which it is asked; without any it is asked first.
type plannedTarget struct {
	Order      int          `json:"order"` // from 1
	Path       string       `json:"path"`  // in the config
	Name       string       `json:"name,omitempty"`
	Provider   string       `json:"provider"`
	VirtualKey string       `json:"virtual_key,omitempty"`
	Model      string       `json:"model"` // as it is sent
	When       []askedWhen  `json:"when"`
	Excluded   bool         `json:"excluded"` // the virtual key does not allow the model: it is passed over
	Retries    int          `json:"retries"`
	TimeoutMS  int64        `json:"timeout_ms"` // to the first chunk; 0: the server's
	Guardrails []string     `json:"guardrails"` // its own
	Price      *targetPrice `json:"price"`      // null: unknown
	PriceRule  string       `json:"price_rule,omitempty"`
}

// The kinds of conditions.
const (
	drawn        = "draw"          // the node draws among its targets
	kept         = "sticky"        // the node keeps the call to this target
	ranked       = "ranked"        // the node orders its targets for each call
	afterFailure = "after_failure" // the node before it failed
)

type askedWhen struct {
	Kind              string   `json:"kind"` // "draw", "sticky", "ranked" or "after_failure"
	Node              string   `json:"node"` // path of the node that draws, keeps or orders, or that failed
	Share             float64  `json:"share,omitempty"`
	AgainAfterFailure bool     `json:"again_after_failure,omitempty"` // the node draws among the rest
	OnStatus          []int    `json:"on_status,omitempty"`           // absent: any failure
	OnErrors          []string `json:"on_errors,omitempty"`

	// Of a node that orders: its mode, and by what the target has its place now.
	Mode    gateway.Mode       `json:"mode,omitempty"`
	Cost    *float64           `json:"estimated_cost,omitempty"` // US dollars; absent: unknown
	Time    *float64           `json:"time_ms,omitempty"`        // until the first chunk; absent: not measured
	Because gateway.RankReason `json:"because,omitempty"`        // absent: it has its place by its figure
}

// targetPrice is in US dollars for a million tokens.
type targetPrice struct {
	Input      float64  `json:"input"`
	Output     float64  `json:"output"`
	CacheRead  *float64 `json:"cache_read,omitempty"`
	CacheWrite *float64 `json:"cache_write,omitempty"`
	Version    string   `json:"version,omitempty"`
}

const nano = 1e9

func priceOf(p gateway.Price) *targetPrice {
	usd := func(n *int64) *float64 {
		if n == nil {
			return nil
		}
		x := float64(*n) / nano
		return &x
	}
	return &targetPrice{Input: *usd(&p.Input), Output: *usd(&p.Output), CacheRead: usd(p.CacheRead), CacheWrite: usd(p.CacheWrite), Version: p.Version}
}

func responseOf(ex *gateway.Exchange) dryRun {
	p := ex.Plan
	return dryRun{Object: "dry_run", Config: chosenConfig{p.Source, p.Slug, p.Version}, Targets: []plannedTarget{},
		Redact: orEmpty(p.Redact.Input), Restore: p.Redact.Restore, Cache: string(p.Cache.Mode),
		Guardrails: idsOf(p.Input), Output: idsOf(p.Output), Dropped: orEmpty(ex.Facts.Dropped)}
}

func idsOf(specs []gateway.GuardrailSpec) []string {
	out := make([]string, len(specs))
	for i, s := range specs {
		out[i] = s.ID
	}
	return out
}

func orEmpty(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}
