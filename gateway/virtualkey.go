package gateway

// VirtualKey is a named provider credential stored by Sluice, as routing uses it. It is
// shared and must not be modified.
type VirtualKey struct {
	Name       string
	Workspace  string
	Provider   string // vendor id
	BaseURL    string // "" = the vendor's
	Trusted    bool   // BaseURL is set in the server's file: the address rules do not apply
	Credential Secret
	Models     []string // empty = all
	Prices     Prices
	MaxOutput  map[string]int64 // largest number of output tokens per answer by model; "*" for all others
}
