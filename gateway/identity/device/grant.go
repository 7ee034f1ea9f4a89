package device

import (
	"context"
	"crypto/rand"
	"math/big"
	"strings"
	"time"

	"github.com/sluicegate/sluice/gateway"
)

// Scope is what a program may do once a person has let it in.
type Scope string

// The scopes.
const (
	Inference Scope = "inference" // call models, as an API key of the person
	Admin     Scope = "admin"     // administer, as a session of the person
)

// State is how far a grant has come.
type State string

// The states.
const (
	Pending  State = "pending"
	Approved State = "approved"
	Denied   State = "denied"
)

// Hash is that of a code.
type Hash = [32]byte

// Grant is a program that asks to be let in.
type Grant struct {
	ID        string
	Device    Hash // SHA-256 of the device code
	User      Hash // HMAC of the user code
	Scope     Scope
	Client    string // what the program says that it is
	Address   string // of the program
	State     State
	CreatedAt time.Time
	ExpiresAt time.Time

	// Who has let it in. Set if it is approved.
	Member, Workspace string // ids
	APIKey            string // id of the API key as which it calls models
}

// Prefix begins every device code.
const Prefix = "sk-sl-device-"

// letters are those of user codes: no vowels, so that no words appear, and none that look alike
// (RFC 8628, section 6.1).
const letters = "BCDFGHJKLMNPQRSTVWXZ"

// userCodeLength is in letters: 20⁸ codes, of which maxPending are good at a time.
const userCodeLength = 8

// newUserCode makes a code in the form in which people read it, XXXX-XXXX.
func newUserCode() (string, error) {
	var b strings.Builder
	for i := range userCodeLength {
		if i == userCodeLength/2 {
			b.WriteByte('-')
		}
		n, err := rand.Int(rand.Reader, big.NewInt(int64(len(letters))))
		if err != nil {
			return "", err
		}
		b.WriteByte(letters[n.Int64()])
	}
	return b.String(), nil
}

// normalised is a user code as it is hashed, whatever case and separators were typed; "" if it
// cannot be one.
func normalised(code string) string {
	if len(code) > 40 {
		return ""
	}
	var b strings.Builder
	for _, r := range strings.ToUpper(code) {
		switch {
		case strings.ContainsRune(letters, r):
			b.WriteRune(r)
		case r != '-' && r != ' ':
			return ""
		}
	}
	if b.Len() != userCodeLength {
		return ""
	}
	return b.String()
}

// Store keeps grants. The conformance suite is devicetest.Store. What does not exist is
// gateway.NotFound.
type Store interface {
	// StartDevice inserts a pending grant, deletes those that ended before the time gone, and
	// counts those that had not ended at the grant's creation. It is gateway.RateLimited where
	// as many as one of the limits wait already, and gateway.Conflict for a hash in use.
	StartDevice(ctx context.Context, g Grant, gone time.Time, ofAddress, inAll int) error
	DeviceByCode(ctx context.Context, device Hash) (Grant, error)
	DeviceByUserCode(ctx context.Context, user Hash) (Grant, error)
	// DecideDevice replaces a grant with the same ID that is pending, else it is NotFound.
	DecideDevice(ctx context.Context, g Grant) error
	// TakeDevice deletes a grant. Of several callers one gets no error.
	TakeDevice(ctx context.Context, id string) error
}

func absent(op string) *gateway.Error {
	return &gateway.Error{Op: op, Kind: gateway.NotFound, Code: "unknown_code", Param: "user_code", Public: "The code is wrong, or it has ended. Begin again on the device."}
}
