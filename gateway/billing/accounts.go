package billing

import (
	"slices"
	"sync"
	"time"

	"github.com/sluicegate/sluice/gateway/billing/budget"
	"github.com/sluicegate/sluice/gateway/billing/ledger"
)

// accounts are those that the process knows: of all API keys that have, or had, a lifetime budget,
// and of budgets and wallets that calls have met.
type accounts struct {
	mu     sync.Mutex
	byKey  map[string]*account // by the API key's id
	others map[string]*account // by the account's name

	asking sync.Mutex // held while all balances of API keys are read; guards asked
	asked  time.Time  // when they were read last, with or without an answer
}

// maxOthers bounds the accounts that are kept though no call of this process needs them.
const maxOthers = 10_000

func newAccounts() accounts {
	return accounts{byKey: map[string]*account{}, others: map[string]*account{}}
}

func (x *accounts) ofKey(apiKey string) *account {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.byKey[apiKey]
}

// of is the account of a budget or a wallet, with the limit that it has now.
func (x *accounts) of(s budget.Source, limit int64) *account {
	x.mu.Lock()
	defer x.mu.Unlock()
	a := x.others[s.Account]
	if a == nil {
		if len(x.others) >= maxOthers {
			x.forget()
		}
		a = newAccount(s, limit)
		x.others[s.Account] = a
		return a
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.limit = limit
	return a
}

// forget drops the accounts that no call needs. The caller holds mu.
func (x *accounts) forget() {
	for name, a := range x.others {
		if a.idle() {
			delete(x.others, name)
		}
	}
}

// named is the account with a name in the ledger, nil if the process does not know it.
func (x *accounts) named(name string) *account {
	x.mu.Lock()
	defer x.mu.Unlock()
	if a := x.byKey[name]; a != nil {
		return a
	}
	return x.others[name]
}

// awaited are the names of the accounts with waiting calls.
func (x *accounts) awaited() []string {
	x.mu.Lock()
	defer x.mu.Unlock()
	var out []string
	for _, all := range []map[string]*account{x.byKey, x.others} {
		for name, a := range all {
			if a.hasWaiters() {
				out = append(out, name)
			}
		}
	}
	return out
}

// keys are the names of the accounts of API keys.
func (x *accounts) keys() []string {
	x.mu.Lock()
	defer x.mu.Unlock()
	out := make([]string, 0, len(x.byKey))
	for name := range x.byKey {
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}

// setBalances notes the balances of accounts. One without a balance has never reserved.
func (x *accounts) setBalances(names []string, balances map[string]ledger.Balance, at time.Time) {
	for _, name := range names {
		if a := x.named(name); a != nil {
			a.setBalance(balances[name], at)
		}
	}
}
