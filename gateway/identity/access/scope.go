package access

import (
	"slices"
	"strings"

	"github.com/sluicegate/sluice/gateway"
)

// scopeResources are the resources of Portkey's scopes that have another name here, or are one
// with another resource.
var scopeResources = map[string]string{
	"workspace_service_api_keys":    "api_keys",
	"workspace_user_api_keys":       "api_keys",
	"organisation_service_api_keys": "api_keys",
	"organisation_users":            "workspace_users",
	"providers":                     "virtual_keys",
}

// scopeActions are the actions of Portkey's scopes that need another permission here.
var scopeActions = map[string]string{
	"virtual_keys.copy":      "virtual_keys.create",
	"virtual_keys.duplicate": "virtual_keys.create",
	"workspaces.read":        "workspaces.list",
	"logs.export":            "logs.list",
}

// ScopeNamed finds the permission that a scope grants.
func ScopeNamed(scope gateway.Permission) (gateway.Permission, bool) {
	resource, action, _ := strings.Cut(string(scope), ".")
	if other := scopeResources[resource]; other != "" {
		resource = other
	}
	name := resource + "." + action
	if other := scopeActions[name]; other != "" {
		name = other
	}
	p := gateway.Permission(name)
	return p, slices.Contains(gateway.Permissions(), p)
}

// CheckScopes keeps a key with scopes from making one that may do more than itself.
func CheckScopes(op string, by *gateway.Principal, scopes []gateway.Permission) error {
	if by.Scopes == nil {
		return nil
	}
	beyond := &gateway.Error{Op: op, Kind: gateway.Forbidden, Code: gateway.CodeScope, Param: "scopes",
		Public: "This API key has scopes: a key that it makes must have some of them and no other."}
	if len(scopes) == 0 {
		return beyond
	}
	for _, s := range scopes {
		if !slices.Contains(by.Scopes, s) {
			return beyond
		}
	}
	return nil
}
