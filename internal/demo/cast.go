package demo

import "github.com/sluicegate/sluice/gateway"

// Workspace is the name of the workspace that the demonstration belongs to.
const Workspace = "demo"

// Person is somebody who calls models in the demonstration.
type Person struct {
	Name   string
	Team   string // the name of one of Teams
	Role   gateway.Role
	APIKey string // the name of the API key
	Coder  bool   // works with coding agents; others ask questions in an application
}

// People are all who call models, and the administrator, whose API key calls none.
func People() []Person {
	return []Person{
		{"dana (demo)", "platform", gateway.RoleAdmin, "demo-admin", false},
		{"ada (demo)", "platform", gateway.RoleMember, "ada-agent", true},
		{"linus (demo)", "platform", gateway.RoleMember, "linus-agent", true},
		{"grace (demo)", "research", gateway.RoleMember, "grace-agent", true},
		{"barbara (demo)", "research", gateway.RoleMember, "summaries", false},
		{"support desk (demo)", "support", gateway.RoleMember, "support-desk", false},
		{"shop search (demo)", "support", gateway.RoleMember, "shop-search", false},
	}
}

// Teams are the names of the teams.
func Teams() []string { return []string{"platform", "research", "support"} }

// WalletKey is the name of the API key whose calls a wallet pays for.
const WalletKey = "summaries"

// VirtualKey is the name of the virtual key that calls of a provider go by.
func VirtualKey(provider string) string { return provider + "-demo" }

// Cast has the ids of what was created for the demonstration.
type Cast struct {
	Workspace string
	Prompt    string   // of PromptSlug
	Callers   []Caller // who calls models
}

// Caller is a person with its ids.
type Caller struct {
	Person
	Member, TeamID, APIKeyID string
}
