package oidc

import (
	"crypto/rand"
	"crypto/subtle"
	"time"

	"github.com/sluicegate/sluice/gateway"
)

// AttemptLifetime is how long a person may take at the provider.
const AttemptLifetime = 10 * time.Minute

// Attempt is a sign-in that has begun. It is secret: only the browser that signs in may have it,
// sealed.
type Attempt struct {
	State    string    `json:"state"`
	Nonce    string    `json:"nonce"`
	Verifier string    `json:"verifier"`
	Return   string    `json:"return"` // path of ours to go to afterwards
	Expires  time.Time `json:"expires"`
}

func newAttempt(back string, now time.Time) Attempt {
	return Attempt{State: rand.Text(), Nonce: rand.Text(), Verifier: rand.Text() + rand.Text(), Return: back, Expires: now.Add(AttemptLifetime)}
}

// check refuses an answer that does not belong to the attempt. issuer is the parameter "iss" of
// RFC 9207, "" if the provider sends none.
func (a *Attempt) check(op, state, issuer, want string, now time.Time) error {
	switch {
	case a.State == "" || subtle.ConstantTimeCompare([]byte(a.State), []byte(state)) != 1:
		return refuse(op, "state", "The sign-in was not begun in this browser. Begin again.")
	case !now.Before(a.Expires):
		return refuse(op, "expired", "The sign-in took too long. Begin again.")
	case issuer != "" && issuer != want:
		return refuse(op, "iss", "The answer is of another identity provider.")
	}
	return nil
}

// refuse is the error about an answer that proves nobody. reason is its code behind "oidc_".
func refuse(op, reason, public string) *gateway.Error {
	return &gateway.Error{Op: op, Kind: gateway.Unauthorized, Code: "oidc_" + reason, Public: public}
}
