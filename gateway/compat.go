package gateway

import (
	"slices"
	"strings"
)

// Compat names the gateway that Sluice stands in for. It decides bodies, codes and statuses of
// errors where the gateways differ. The zero value is Portkey's manner for chat, and each
// vendor's own on its surface.
type Compat string

// The gateways.
const (
	CompatPortkey    Compat = "portkey"
	CompatLiteLLM    Compat = "litellm"
	CompatOpenRouter Compat = "openrouter"
	CompatOneAPI     Compat = "one-api"
)

// Compats lists the gateways by name.
func Compats() []string {
	return []string{string(CompatPortkey), string(CompatLiteLLM), string(CompatOpenRouter), string(CompatOneAPI)}
}

// CheckCompat returns an error that names param, unless c is a gateway or empty.
func CheckCompat(op, param string, c Compat) *Error {
	if c == "" || slices.Contains(Compats(), string(c)) {
		return nil
	}
	return InvalidField(op, param, "The field '"+param+"' must be one of "+strings.Join(Compats(), ", ")+".")
}
