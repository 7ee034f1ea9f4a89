package budget

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/policy"
)

// LimitsConfig holds what a Limits is made of. NewID is required with a Store.
type LimitsConfig struct {
	Store  Store // nil: nothing is kept
	NewID  func(time.Time) string
	Now    func() time.Time
	Exists policy.Exists // nil: conditions may name what is not there
}

// Limits are the budgets and wallets that concern calls, except for the lifetime budgets of API
// keys. A nil *Limits has none. Safe for concurrent use.
type Limits struct {
	cfg   LimitsConfig
	asked atomic.Pointer[askedLimits]

	mu       sync.Mutex // held while they change
	stored   map[string]Budget
	declared []Budget // in the server's file
	wallets  map[string]Wallet
}

// askedLimits are what calls ask. It is immutable.
type askedLimits struct {
	budgets     *policy.Set[*activeBudget]
	ofKey       map[string]*Wallet // by API key
	ofWorkspace map[string]*Wallet
}

// maxBudgets bounds the budgets of one workspace, and those of all workspaces: what is asked for
// each call has to stay short.
const maxBudgets = 500

// NewLimits makes an empty set. Load reads what is stored.
func NewLimits(cfg LimitsConfig) *Limits {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	l := &Limits{cfg: cfg, stored: map[string]Budget{}, wallets: map[string]Wallet{}}
	l.publish()
	return l
}

// Load reads all budgets and wallets from the store.
func (l *Limits) Load(ctx context.Context) error {
	if l.cfg.Store == nil {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	budgets, err := l.cfg.Store.Budgets(ctx)
	if err != nil {
		return err
	}
	wallets, err := l.cfg.Store.Wallets(ctx)
	if err != nil {
		return err
	}
	l.stored, l.wallets = make(map[string]Budget, len(budgets)), make(map[string]Wallet, len(wallets))
	for _, b := range budgets {
		l.stored[b.ID] = b
	}
	for _, w := range wallets {
		l.wallets[w.ID] = w
	}
	l.publish()
	return nil
}

// Declare replaces the budgets of the server's file. They have ids already, so that replicas with
// the same file count together.
func (l *Limits) Declare(budgets []Budget) error {
	for i := range budgets {
		// One that has ended in a file is no reason not to start.
		if err := budgets[i].Validate(time.Time{}); err != nil {
			return err
		}
		budgets[i].Declared = true
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.declared = budgets
	l.publish()
	return nil
}

// Every lists all budgets and wallets, in no order.
func (l *Limits) Every() (budgets []Budget, wallets []Wallet) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append(slices.Clone(l.declared), slices.Collect(maps.Values(l.stored))...), slices.Collect(maps.Values(l.wallets))
}

// publish makes what is asked. The caller holds mu.
func (l *Limits) publish() {
	var all []*activeBudget
	for _, b := range l.declared {
		all = append(all, activate(b))
	}
	for _, b := range l.stored {
		all = append(all, activate(b))
	}
	a := &askedLimits{budgets: policy.NewSet(all, func(b *activeBudget) policy.Scope { return b.Scope() }), ofKey: map[string]*Wallet{}, ofWorkspace: map[string]*Wallet{}}
	for _, w := range l.wallets {
		if w.APIKey != "" {
			a.ofKey[w.APIKey] = &w
		} else {
			a.ofWorkspace[w.Workspace] = &w
		}
	}
	l.asked.Store(a)
}

// Concerning calls yield with the account and the limit of everything that concerns a call; of a
// call without a target, what is known to concern it.
func (l *Limits) Concerning(ex *gateway.Exchange, now time.Time, yield func(Source, int64)) {
	if l == nil || ex.Principal == nil {
		return
	}
	asked := l.asked.Load()
	asked.budgets.Matching(ex, func(b *activeBudget) bool { return b.Active(now) && (ex.Target != nil || b.known < policy.AtAttempt) }, func(b *activeBudget) {
		scope := b.Scope()
		yield(b.source(scope.Values(ex), now), b.Limit)
	})
	if w := asked.wallet(ex.Principal); w != nil {
		yield(w.Source(), w.Credited)
	}
}

// wallet is the one that pays for the calls of an API key, nil if there is none.
func (a *askedLimits) wallet(p *gateway.Principal) *Wallet {
	if w := a.ofKey[p.APIKey]; w != nil {
		return w
	}
	return a.ofWorkspace[p.Workspace]
}

// WalletOf is the wallet that pays for the calls of an API key, nil if there is none.
func (l *Limits) WalletOf(p *gateway.Principal) *Wallet {
	if l == nil {
		return nil
	}
	return l.asked.Load().wallet(p)
}

// Budgets lists the budgets of a workspace, and those of all workspaces, by name. Those of keys are
// not among them.
func (l *Limits) Budgets(workspace string) []Budget {
	return slices.DeleteFunc(l.Of(workspace), func(b Budget) bool { return b.Owner.Attribute != "" })
}

// Of are the budgets that concern calls in a workspace, by name, those of keys among them.
func (l *Limits) Of(workspace string) []Budget {
	if l == nil {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	out := slices.Clone(l.declared)
	for _, b := range l.stored {
		out = append(out, b)
	}
	out = slices.DeleteFunc(out, func(b Budget) bool { return b.Workspace != "" && b.Workspace != workspace })
	slices.SortFunc(out, func(a, b Budget) int { return strings.Compare(a.Name+"\x00"+a.ID, b.Name+"\x00"+b.ID) })
	return out
}

// Budget is one of Budgets, by id.
func (l *Limits) Budget(workspace, id string) (Budget, error) {
	for _, b := range l.Budgets(workspace) {
		if b.ID == id {
			return b, nil
		}
	}
	return Budget{}, &gateway.Error{Op: "billing.Budget", Kind: gateway.NotFound, Param: "id", Public: "There is no budget '" + id + "'."}
}

// PutBudget stores a budget, under a new id if it has none. What was spent stays spent.
func (l *Limits) PutBudget(ctx context.Context, b Budget) (Budget, error) {
	const op = "billing.PutBudget"
	now := l.cfg.Now().UTC()
	if err := b.Validate(now); err != nil {
		return Budget{}, err
	}
	scope := b.Scope()
	if err := scope.CheckExists(ctx, l.cfg.Exists); err != nil {
		return Budget{}, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	b.UpdatedAt = now
	if b.ID == "" {
		if l.count(b.Workspace) >= maxBudgets {
			return Budget{}, &gateway.Error{Op: op, Kind: gateway.Conflict, Public: "The workspace has " + strconv.Itoa(maxBudgets) + " budgets, which is the most. One budget with group_by may take the place of many."}
		}
		b.ID, b.CreatedAt = l.cfg.NewID(now), now
	}
	if err := l.cfg.Store.ChangeBudgets(ctx, []Budget{b}, nil); err != nil {
		return Budget{}, err
	}
	l.stored[b.ID] = b
	l.publish()
	return b, nil
}

// DeleteBudget deletes a budget. What was spent stays in the ledger.
func (l *Limits) DeleteBudget(ctx context.Context, id string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.cfg.Store.ChangeBudgets(ctx, nil, []string{id}); err != nil {
		return err
	}
	delete(l.stored, id)
	l.publish()
	return nil
}

// count is how many stored budgets of their own a workspace has. The caller holds mu.
func (l *Limits) count(workspace string) int {
	n := 0
	for _, b := range l.stored {
		if b.Workspace == workspace && b.Owner.Attribute == "" {
			n++
		}
	}
	return n
}
