package billing

import (
	"sync"
	"time"
)

// accounts are those of the API keys that have, or had, a budget, by the key's id.
type accounts struct {
	mu     sync.Mutex
	byKey  map[string]*account
	asking sync.Mutex // held while all balances of a shared ledger are read; guards asked
	asked  time.Time  // when they were read last, with or without an answer
}

func (x *accounts) get(apiKey string) *account {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.byKey[apiKey]
}

// waiting returns the accounts with waiting calls.
func (x *accounts) waiting() map[string]*account {
	x.mu.Lock()
	defer x.mu.Unlock()
	out := map[string]*account{}
	for key, a := range x.byKey {
		if a.hasWaiters() {
			out[key] = a
		}
	}
	return out
}

// tell notes the balances of all keys. A key without one has never reserved.
func (x *accounts) tell(balances map[string]Balance, at time.Time) {
	x.mu.Lock()
	defer x.mu.Unlock()
	for key, a := range x.byKey {
		a.tell(balances[key], at)
	}
}
