package credential

import (
	"time"

	"github.com/sluicegate/sluice/gateway"
)

// VirtualKey is the stored form of a virtual key.
type VirtualKey struct {
	ID          string
	Workspace   string // id
	Name        string // unique in the workspace
	Provider    string // vendor id
	Note        string
	BaseURL     string // "" = the vendor's
	Credentials []StoredCredential
	Models      []string
	Prices      gateway.Prices
	MaxOutput   map[string]int64 // model → most output tokens of one answer; "*" for all others
	Formats     gateway.Formats  // that the server offers; empty = the vendor's
	Settings    gateway.ProviderSettings
	Disabled    bool
	FromFile    bool      // the server's file declares it
	ExpiresAt   time.Time // zero = never
	CreatedAt   time.Time
	UpdatedAt   time.Time
}

// StoredCredential is one of a virtual key's credentials: a sealed value, or a reference to the
// place outside of the database where the value is.
type StoredCredential struct {
	Name      string // unique in the virtual key
	Weight    int    // share of the calls, 1 to 1000
	Reference string // "vault:secret/data/openai#key"; "" = Sealed is the value
	Sealed    []byte
}

// DefaultCredential is the name of the credential that is given as api_key.
const DefaultCredential = "default"

// The places that credentials are sealed for: table, row and column.
const (
	tableVirtualKeys = "virtual_keys"
	tableCredentials = "virtual_key_credentials"
	columnCredential = "credential"
)

// place returns where a credential is sealed for. The default one stands in the row of its key.
func place(virtualKey, name string) (table, row, column string) {
	if name == DefaultCredential {
		return tableVirtualKeys, virtualKey, columnCredential
	}
	return tableCredentials, virtualKey + "/" + name, columnCredential
}
