package gateway

import "time"

// VirtualKey is a named key of a provider that Sluice stores, as routing uses it. It is shared and
// must not be modified.
type VirtualKey struct {
	Name       string
	Workspace  string
	Provider   string // vendor id
	BaseURL    string // "" = the vendor's
	Trusted    bool   // BaseURL is set in the server's file: the address rules do not apply
	Credential Secret // the same for all calls; "none" if the provider wants none. Unused with Pool
	Pool       CredentialPool
	Models     []string // empty = all
	Prices     Prices
	MaxOutput  map[string]int64 // largest number of output tokens per answer by model; "*" for all others
	Formats    Formats          // that the server offers; empty = the vendor's. Trusted is about their base URLs, too
	Settings   ProviderSettings
}

// Credential is what one call with a virtual key presents to the provider.
type Credential struct {
	Name        string // unique in its virtual key
	Fingerprint string // tells one value from another, and reveals nothing of it
	Value       Secret
}

// CredentialTest is how a provider took one credential of a virtual key in a test.
type CredentialTest struct {
	Name    string        // of the credential
	Status  int           // of the provider's answer; 0 = there was none
	Latency time.Duration // of the answer
	Err     *Error        // why the credential is not proven; nil = the provider takes it
}

// VendorAccount names the credential of a virtual key by whose account the vendor keeps what a call refers
// to, such as an earlier response.
type VendorAccount struct{ VirtualKey, Credential string }

// CredentialPool chooses among the credentials of a virtual key. It is safe for concurrent use.
type CredentialPool interface {
	// Choose returns the credential for a call. Calls of one session get the same one while the
	// provider takes it; session is asked only where there is a choice, and 0 means none. Those
	// named in tried are left out, and so are then those that the provider refused lately. The
	// error says why there is none: it names the virtual key.
	Choose(session func() uint64, tried []string) (Credential, error)
	// Named returns a credential by its name. ok is false if there is none, or it has no value.
	Named(name string) (c Credential, ok bool)
	// Report tells how a call with a credential went; err is nil if the provider took it. It
	// returns whether the provider refused the credential, and not the call.
	Report(credential Credential, err *Error) (refused bool)
}
