package credential

import (
	"crypto/sha256"
	"encoding/binary"
	"math"
	"slices"
	"sync"
	"time"

	"github.com/sluicegate/sluice/gateway"
)

// pool chooses among the credentials of one virtual key; it implements gateway.CredentialPool. Its
// members never change: a change of the key makes another pool.
//
// Calls without a session take turns by weight. A session always gets the member that weighted
// rendezvous hashing gives it, in every process alike, until that one is set aside.
type pool struct {
	name    string // of the virtual key
	expires time.Time
	members []member
	clock   func() time.Time

	mu    sync.Mutex
	turns []int // smooth weighted round robin: who is due; by member
}

// member is a credential of a pool.
type member struct {
	gateway.Credential
	weight int
	err    error // it has no value, because of this; nil: it has one
	health *health
}

// Choose implements gateway.CredentialPool.
func (p *pool) Choose(session func() uint64, tried []string) (gateway.Credential, error) {
	now := p.clock()
	if p.expired(now) {
		return gateway.Credential{}, p.unusable(gateway.Unavailable, CodeExpired, "expired at "+p.expires.UTC().Format(time.RFC3339)+". Renew it, or set another expires_at.")
	}
	var free []int
	next := -1 // set aside, and to be tried again first
	var soonest Health
	exhausted := true
	var without error
	for i := range p.members {
		m := &p.members[i]
		if m.err != nil {
			without = m.err
			continue
		}
		if slices.Contains(tried, m.Name) {
			continue
		}
		h := m.health.now()
		if !h.Until.After(now) {
			free = append(free, i)
			continue
		}
		exhausted = exhausted && h.Refused == RefusedQuota
		if next < 0 || h.Until.Before(soonest.Until) {
			next, soonest = i, h
		}
	}
	switch {
	case len(free) == 1:
		return p.members[free[0]].Credential, nil
	case len(free) > 1:
		if id := session(); id != 0 {
			return p.members[p.ofSession(id, free)].Credential, nil
		}
		return p.members[p.inTurn(free)].Credential, nil
	case next < 0 && without != nil && tried == nil:
		return gateway.Credential{}, p.unreadable(without)
	case next < 0 || tried != nil:
		return gateway.Credential{}, p.unusable(gateway.Unavailable, "", "has no other credential.")
	case exhausted:
		e := p.unusable(gateway.RateLimited, CodeExhausted, "is exhausted: its provider says that the quota or money of each of its credentials is spent.")
		e.RetryAfter = soonest.Until.Sub(now)
		return gateway.Credential{}, e
	}
	return p.members[next].Credential, nil
}

// Named implements gateway.CredentialPool.
func (p *pool) Named(name string) (gateway.Credential, bool) {
	for i := range p.members {
		if m := &p.members[i]; m.Name == name && m.err == nil && !p.expired(p.clock()) {
			return m.Credential, true
		}
	}
	return gateway.Credential{}, false
}

// Report implements gateway.CredentialPool.
func (p *pool) Report(c gateway.Credential, err *gateway.Error) bool {
	for i := range p.members {
		m := &p.members[i]
		if m.Name != c.Name || m.Fingerprint != c.Fingerprint {
			continue
		}
		if err == nil {
			m.health.taken()
			return false
		}
		why := refusalOf(err)
		if why != "" {
			m.health.refused(why, err, p.clock())
		}
		return why != ""
	}
	return false
}

func (p *pool) expired(now time.Time) bool { return !p.expires.IsZero() && !now.Before(p.expires) }

// Codes of the errors of a virtual key that cannot be used now.
const (
	CodeExpired     = "virtual_key_expired"
	CodeExhausted   = "virtual_key_exhausted"
	CodeUnavailable = "credential_unavailable"
)

func (p *pool) unusable(kind gateway.Kind, code, what string) *gateway.Error {
	return &gateway.Error{Op: "credential.Choose", Kind: kind, Code: code, Param: "virtual_key", Public: "The virtual key '" + p.name + "' " + what}
}

func (p *pool) unreadable(err error) *gateway.Error {
	e := p.unusable(gateway.Unavailable, CodeUnavailable, "has no credential that can be read: "+gateway.AsError(err).Public)
	e.Err = err
	return e
}

// ofSession returns the member with the highest score of weighted rendezvous hashing: if it is not
// among the free ones, only its sessions move.
func (p *pool) ofSession(session uint64, free []int) int {
	best, most := free[0], math.Inf(-1)
	for _, i := range free {
		m := &p.members[i]
		sum := sha256.Sum256(append(binary.BigEndian.AppendUint64(nil, session), m.Name...))
		u := (float64(binary.BigEndian.Uint64(sum[:])>>11) + 0.5) / (1 << 53) // in (0, 1)
		if score := -float64(m.weight) / math.Log(u); score > most {
			best, most = i, score
		}
	}
	return best
}

// inTurn returns the member whose turn it is.
func (p *pool) inTurn(free []int) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	best, sum := free[0], 0
	for _, i := range free {
		p.turns[i] += p.members[i].weight
		sum += p.members[i].weight
		if p.turns[i] > p.turns[best] {
			best = i
		}
	}
	p.turns[best] -= sum
	return best
}
