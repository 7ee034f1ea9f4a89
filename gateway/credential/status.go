package credential

import "time"

// Status is what state a virtual key or a credential is in.
type Status string

// The states. Exhausted and failing are what this process saw.
const (
	StatusActive    Status = "active"
	StatusDisabled  Status = "disabled"
	StatusExpired   Status = "expired"
	StatusExhausted Status = "exhausted" // the provider says that quota or money is spent
	StatusFailing   Status = "failing"   // the provider refuses it, or it cannot be read
)

// failingAfter is how many refusals in a row make a credential failing. A single 403 may be about
// a model.
var failingAfter = map[Refusal]int{RefusedUnauthorized: 1, RefusedForbidden: 3}

// CredentialInfo is a credential as the admin API shows it.
type CredentialInfo struct {
	Name        string
	Weight      int
	Reference   string // "" = it is stored
	Fingerprint string // "" = it has no value
	Status      Status
	Problem     string // why it has no value
	Health
}

func (m *member) status(now time.Time) (Status, Health) {
	h := m.health.now()
	switch {
	case m.err != nil:
		return StatusFailing, h
	case h.Refused == RefusedQuota && h.Until.After(now):
		return StatusExhausted, h
	case failingAfter[h.Refused] > 0 && h.InRow >= failingAfter[h.Refused]:
		return StatusFailing, h
	}
	return StatusActive, h
}

// status is the state of the virtual key: the best one that any of its credentials is in.
func (e *entry) status(now time.Time) Status {
	switch {
	case e.stored.Disabled:
		return StatusDisabled
	case !e.stored.ExpiresAt.IsZero() && !now.Before(e.stored.ExpiresAt):
		return StatusExpired
	}
	best := StatusFailing
	for i := range e.pool.members {
		switch s, _ := e.pool.members[i].status(now); s {
		case StatusActive:
			return StatusActive
		case StatusExhausted:
			best = StatusExhausted
		}
	}
	return best
}
