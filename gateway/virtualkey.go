package gateway

// VirtualKey is a named provider credential held by Sluice, as routing sees it.
// Shared and read-only.
type VirtualKey struct {
	Name       string
	Workspace  string
	Provider   string // vendor id
	BaseURL    string // "" = the vendor's
	Trusted    bool   // BaseURL stands in the server's own file: no address rules
	Credential Secret
	Models     []string // empty = all
	Prices     Prices
	MaxOutput  map[string]int64 // model → most output tokens of one answer; "*" for all others
}
