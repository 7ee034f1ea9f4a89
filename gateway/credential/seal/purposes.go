package seal

import (
	"context"
	"crypto/rand"

	"github.com/sluicegate/sluice/gateway"
)

// Purposes of the keys that are not for sealing.
const (
	purposeAPIKeys    = "api keys"    // hashes of chosen API keys, fingerprints of credentials
	PurposePseudonyms = "pseudonyms"  // of personal data in telemetry
	PurposeCache      = "cache"       // entries of the cache
	PurposeAuditHeads = "audit heads" // signatures of the audit log

	PurposeAuditFingerprints = "audit fingerprints" // of secrets in audit events
	PurposeAuditAnchors      = "audit anchors"      // signatures of exported heads
)

// KeyStore keeps the sealed keys of an installation by purpose.
type KeyStore interface {
	InstallationKeys(ctx context.Context) (map[string][]byte, error)
	// PutInstallationKey stores the first key of a purpose.
	PutInstallationKey(ctx context.Context, purpose string, sealed []byte) error
}

// The place that keys of an installation are sealed for, beside the purpose.
const (
	TableKeys = "installation_keys"
	columnKey = "sealed"
)

// LoadPurposes returns the installation's keys for other purposes than sealing, and begins to hash
// with the one for API keys. Those that are missing are made: at random if the installation is
// fresh, else as the master key gave them before they were stored.
func (c *Cipher) LoadPurposes(ctx context.Context, store KeyStore, fresh bool) (map[string][]byte, error) {
	stored, err := store.InstallationKeys(ctx)
	if err != nil {
		return nil, err
	}
	out := map[string][]byte{}
	for _, purpose := range []string{purposeAPIKeys, PurposePseudonyms, PurposeCache, PurposeAuditHeads, PurposeAuditFingerprints, PurposeAuditAnchors} {
		if sealed, ok := stored[purpose]; ok {
			key, err := c.Open(TableKeys, purpose, columnKey, sealed)
			if err != nil {
				return nil, &gateway.Error{Op: "seal.LoadPurposes", Kind: gateway.Internal, Public: "The installation's key for '" + purpose + "' does not open with this master key.", Err: err}
			}
			out[purpose] = []byte(key.Reveal())
			continue
		}
		key := c.active.Load().master.Derive(purpose)
		if fresh {
			_, _ = rand.Read(key)
		}
		if err := store.PutInstallationKey(ctx, purpose, c.Seal(TableKeys, purpose, columnKey, gateway.NewSecret(string(key)))); err != nil {
			return nil, err
		}
		out[purpose] = key
	}
	c.setHashKey(out[purposeAPIKeys])
	return out, nil
}
