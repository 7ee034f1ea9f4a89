package listing

import "github.com/sluicegate/sluice/gateway"

// Scope limits a question to the rows of one workspace, or to none. The zero value permits no
// row at all.
type Scope struct {
	workspace string
	all       bool
}

// Workspace returns the scope of one workspace, given by id.
func Workspace(id string) Scope { return Scope{workspace: id} }

// AllWorkspaces returns the scope of an owner: every workspace, and the rows of callers that
// nobody recognised.
func AllWorkspaces() Scope { return Scope{all: true} }

// ScopeOf returns what p may see: with gateway.AnyWorkspace everything, else their own workspace, nobody
// (nil) nothing.
func ScopeOf(p *gateway.Principal) Scope {
	switch {
	case p == nil:
		return Scope{}
	case p.May(gateway.AnyWorkspace):
		return AllWorkspaces()
	default:
		return Workspace(p.Workspace)
	}
}

// All reports whether the scope is AllWorkspaces.
func (s Scope) All() bool { return s.all }

// Workspace returns the id of the workspace in scope, "" if none or all are.
func (s Scope) Workspace() string { return s.workspace }

// Empty reports whether no row is in scope.
func (s Scope) Empty() bool { return !s.all && s.workspace == "" }

// Contains reports whether the rows of the workspace with this id are in scope.
func (s Scope) Contains(workspace string) bool {
	return s.all || s.workspace != "" && s.workspace == workspace
}

// Check returns a Forbidden error for an empty scope.
func (s Scope) Check(op string) error {
	if s.Empty() {
		return &gateway.Error{Op: op, Kind: gateway.Forbidden, Public: "No workspace is in scope."}
	}
	return nil
}
