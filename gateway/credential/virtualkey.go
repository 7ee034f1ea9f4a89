package credential

import (
	"time"

	"github.com/sluicegate/sluice/gateway"
)

// VirtualKey is the stored form of a provider credential.
type VirtualKey struct {
	ID         string
	Workspace  string // id
	Name       string // unique in the workspace
	Provider   string // vendor id
	BaseURL    string // "" = the vendor's
	Credential []byte // sealed
	Models     []string
	Prices     gateway.Prices
	MaxOutput  map[string]int64 // model → most output tokens of one answer; "*" for all others
	Formats    gateway.Formats  // that the server offers; empty = the vendor's
	Disabled   bool
	FromFile   bool // the server's file declares it
	CreatedAt  time.Time
	UpdatedAt  time.Time
}

// The place that credentials are sealed for, beside the row's id.
const (
	tableVirtualKeys = "virtual_keys"
	columnCredential = "credential"
)
