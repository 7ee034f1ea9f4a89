package gateway

import (
	"slices"
	"strings"
)

// Permission allows one kind of action: "resource.action". Where Portkey's API keys have a scope
// for the action, the permission has the scope's name
// (https://portkey.ai/docs/product/enterprise-offering/org-management/api-keys-authn-and-authz).
type Permission string

// Permissions to call models.
const (
	CompletionsWrite Permission = "completions.write"
	PromptsRender    Permission = "prompts.render"
	LogsWrite        Permission = "logs.write" // send telemetry
)

// SignIn marks a route whose caller is not known yet: it signs in there.
const SignIn Permission = "sign_in"

// Permissions to administer. They hold in the caller's own workspace; with AnyWorkspace in all
// workspaces of the organisation.
const (
	SessionsOwn Permission = "sessions.own" // list and end one's own sessions, set one's own password

	WorkspacesList   Permission = "workspaces.list"
	WorkspacesCreate Permission = "workspaces.create"
	WorkspacesUpdate Permission = "workspaces.update"
	WorkspacesDelete Permission = "workspaces.delete"

	MembersList   Permission = "workspace_users.list"
	MembersRead   Permission = "workspace_users.read"
	MembersCreate Permission = "workspace_users.create"
	MembersUpdate Permission = "workspace_users.update"
	MembersDelete Permission = "workspace_users.delete"

	TeamsList   Permission = "teams.list"
	TeamsRead   Permission = "teams.read"
	TeamsCreate Permission = "teams.create"
	TeamsUpdate Permission = "teams.update"
	TeamsDelete Permission = "teams.delete"

	APIKeysList   Permission = "api_keys.list"
	APIKeysRead   Permission = "api_keys.read"
	APIKeysCreate Permission = "api_keys.create"
	APIKeysUpdate Permission = "api_keys.update"
	APIKeysDelete Permission = "api_keys.delete"

	VirtualKeysList   Permission = "virtual_keys.list"
	VirtualKeysRead   Permission = "virtual_keys.read"
	VirtualKeysCreate Permission = "virtual_keys.create"
	VirtualKeysUpdate Permission = "virtual_keys.update"
	VirtualKeysDelete Permission = "virtual_keys.delete"
	VirtualKeysTest   Permission = "virtual_keys.test" // call the provider with its credentials
	// VirtualKeysReference names credentials in the environment, the files and the Vault of the
	// server: who may do so can read them, by a virtual key that sends them to a host of one's own.
	VirtualKeysReference Permission = "virtual_keys.reference"

	ConfigsList   Permission = "configs.list"
	ConfigsRead   Permission = "configs.read"
	ConfigsCreate Permission = "configs.create"
	ConfigsUpdate Permission = "configs.update"
	ConfigsDelete Permission = "configs.delete"

	PoliciesList   Permission = "policies.list"
	PoliciesRead   Permission = "policies.read"
	PoliciesCreate Permission = "policies.create"
	PoliciesUpdate Permission = "policies.update"
	PoliciesDelete Permission = "policies.delete"

	PricesList   Permission = "price_rules.list"
	PricesRead   Permission = "price_rules.read"
	PricesCreate Permission = "price_rules.create"
	PricesUpdate Permission = "price_rules.update"
	PricesDelete Permission = "price_rules.delete"

	WalletsList   Permission = "wallets.list"
	WalletsRead   Permission = "wallets.read"
	WalletsCreate Permission = "wallets.create"
	WalletsDelete Permission = "wallets.delete"
	WalletsCredit Permission = "wallets.credit"
	LedgerVerify  Permission = "ledger.verify" // the ledger is that of all workspaces

	AlertsList   Permission = "alert_targets.list"
	AlertsRead   Permission = "alert_targets.read"
	AlertsCreate Permission = "alert_targets.create"
	AlertsUpdate Permission = "alert_targets.update" // send a test
	AlertsDelete Permission = "alert_targets.delete"

	PromptsList    Permission = "prompts.list"
	PromptsRead    Permission = "prompts.read"
	PromptsCreate  Permission = "prompts.create"
	PromptsUpdate  Permission = "prompts.update"
	PromptsDelete  Permission = "prompts.delete"
	PromptsPublish Permission = "prompts.publish"

	LogsList Permission = "logs.list" // rows without bodies
	LogsView Permission = "logs.view" // one exchange with bodies and spans

	LogsExport Permission = "logs.export" // files of rows; bodies need LogsView, too

	AnalyticsView Permission = "analytics.view" // what calls used

	ServerRead Permission = "server.read" // version, health and settings, without secrets
	CacheRead  Permission = "cache.read"  // what the cache did for all workspaces
	CachePurge Permission = "cache.purge"

	CacheReport  Permission = "cache.report"  // what the cache did for a workspace
	CacheExplain Permission = "cache.explain" // shows stored questions, whoever asked them

	ViewsList   Permission = "views.list" // one's own, and those that others share
	ViewsCreate Permission = "views.create"
	ViewsUpdate Permission = "views.update"
	ViewsDelete Permission = "views.delete"

	MasterKeyRead   Permission = "master_key.read"
	MasterKeyRotate Permission = "master_key.rotate"

	AuditList   Permission = "audit_logs.list"
	AuditVerify Permission = "audit_logs.verify" // needs AnyWorkspace too: a chain holds the events of all workspaces
)

// Permissions that widen others. They come with the role alone: no scope of an API key grants or
// withholds them.
const (
	AnyWorkspace   Permission = "workspaces.any"
	APIKeysReadAll Permission = "api_keys.read_all" // keys of other members too
	LogsReadAll    Permission = "logs.read_all"     // exchanges of other members too
	TeamsReadAll   Permission = "teams.read_all"    // teams that one does not belong to, too

	AnalyticsReadAll Permission = "analytics.read_all" // what calls of other members used, too
	ViewsManage      Permission = "views.manage"       // change the views that others share
	ExportsManage    Permission = "exports.manage"     // change, begin and stop the exports of others
)

var widening = []Permission{AnyWorkspace, APIKeysReadAll, LogsReadAll, TeamsReadAll, AnalyticsReadAll, ViewsManage, ExportsManage}

// Sets of roles that have the same permissions.
var (
	everybody = []Role{RoleOwner, RoleAdmin, RoleManager, RoleMember, RoleViewer, RoleAuditor, RoleBilling}
	owners    = []Role{RoleOwner}
	admins    = []Role{RoleOwner, RoleAdmin}
	managers  = []Role{RoleOwner, RoleAdmin, RoleManager}
	callers   = []Role{RoleOwner, RoleAdmin, RoleManager, RoleMember}
	readers   = []Role{RoleOwner, RoleAdmin, RoleManager, RoleMember, RoleViewer}
	reviewers = []Role{RoleOwner, RoleAdmin, RoleManager, RoleMember, RoleViewer, RoleAuditor}
	overseers = []Role{RoleOwner, RoleAdmin, RoleManager, RoleViewer, RoleAuditor}
	trackers  = []Role{RoleOwner, RoleAdmin, RoleManager, RoleViewer, RoleAuditor, RoleBilling}
)

// grants is the table of permissions: which roles have each of them.
var grants = map[Permission][]Role{
	CompletionsWrite: callers,
	PromptsRender:    callers,
	LogsWrite:        callers,

	SessionsOwn: everybody,

	WorkspacesList:   everybody,
	WorkspacesCreate: owners,
	WorkspacesUpdate: admins,
	WorkspacesDelete: owners,
	AnyWorkspace:     owners,

	MembersList:   trackers,
	MembersRead:   trackers,
	MembersCreate: managers,
	MembersUpdate: managers,
	MembersDelete: managers,

	TeamsList:    everybody,
	TeamsRead:    everybody,
	TeamsReadAll: trackers,
	TeamsCreate:  managers,
	TeamsUpdate:  managers,
	TeamsDelete:  managers,

	APIKeysList:    everybody,
	APIKeysRead:    everybody,
	APIKeysReadAll: trackers,
	APIKeysCreate:  managers,
	APIKeysUpdate:  managers,
	APIKeysDelete:  managers,

	VirtualKeysList:   reviewers,
	VirtualKeysRead:   reviewers,
	VirtualKeysCreate: admins,
	VirtualKeysUpdate: admins,
	VirtualKeysDelete: admins,
	VirtualKeysTest:   admins,

	VirtualKeysReference: owners,

	ServerRead: admins,
	CacheRead:  owners,
	CachePurge: admins,

	CacheReport:  trackers,
	CacheExplain: admins,

	MasterKeyRead:   owners,
	MasterKeyRotate: owners,

	ConfigsList:   reviewers,
	ConfigsRead:   reviewers,
	ConfigsCreate: managers,
	ConfigsUpdate: managers,
	ConfigsDelete: managers,

	PoliciesList:   everybody,
	PoliciesRead:   everybody,
	PoliciesCreate: managers,
	PoliciesUpdate: managers,
	PoliciesDelete: managers,

	// A price rule changes what budgets count: who keeps within a budget does not set it.
	PricesList:   trackers,
	PricesRead:   trackers,
	PricesCreate: owners,
	PricesUpdate: owners,
	PricesDelete: owners,

	WalletsList:   trackers,
	WalletsRead:   trackers,
	WalletsCreate: owners,
	WalletsDelete: owners,
	WalletsCredit: owners,
	LedgerVerify:  owners,

	AlertsList:   trackers,
	AlertsRead:   trackers,
	AlertsCreate: admins,
	AlertsUpdate: admins,
	AlertsDelete: admins,

	PromptsList:    readers,
	PromptsRead:    readers,
	PromptsCreate:  managers,
	PromptsUpdate:  managers,
	PromptsDelete:  managers,
	PromptsPublish: managers,

	LogsList:    reviewers,
	LogsView:    reviewers,
	LogsExport:  reviewers,
	LogsReadAll: overseers,

	AnalyticsView:    everybody,
	AnalyticsReadAll: trackers,

	ViewsList:   everybody,
	ViewsCreate: everybody,
	ViewsUpdate: everybody,
	ViewsDelete: everybody,
	ViewsManage: managers,

	ExportsManage: managers,

	AuditList:   {RoleOwner, RoleAdmin, RoleAuditor},
	AuditVerify: {RoleOwner, RoleAdmin, RoleAuditor},
}

// Codes of the refusals of a caller that is known.
const (
	CodeRole  = "role_required"  // the role lacks the permission
	CodeScope = "scope_required" // the role has it, the API key's scopes do not
)

// Require is nil if the principal has the permission, else the Forbidden error that says what it
// lacks.
func Require(op string, by *Principal, p Permission) error {
	switch {
	case by.May(p):
		return nil
	case by != nil && by.Role.May(p) && by.Session != "":
		return &Error{Op: op, Kind: Forbidden, Code: CodeScope, Public: "A session calls no models: its budgets and limits are those of an API key. Use one."}
	case by != nil && by.Role.May(p):
		return &Error{Op: op, Kind: Forbidden, Code: CodeScope, Public: "The scopes of this API key lack '" + string(p) + "'."}
	}
	text := "This needs the permission '" + string(p) + "'"
	if roles := grants[p]; len(roles) > 0 {
		text += ", which these roles have: " + strings.Join(roleNames(roles), ", ")
	}
	if by != nil {
		text += ". Yours is " + string(by.Role)
	}
	return &Error{Op: op, Kind: Forbidden, Code: CodeRole, Public: text + "."}
}

// calls reports whether the permission is one to call models.
func (p Permission) calls() bool {
	return p == CompletionsWrite || p == PromptsRender || p == LogsWrite
}

// ReadsRecords reports whether the permission is one to read logs or audit events.
func (p Permission) ReadsRecords() bool {
	return p == LogsList || p == LogsView || p == LogsExport || p == AuditList || p == AuditVerify
}

// Roles are the roles with the permission, the most powerful first.
func (p Permission) Roles() []Role { return slices.Clone(grants[p]) }

// Permissions are all permissions that an API key's scopes can grant, sorted.
func Permissions() []Permission {
	var out []Permission
	for p := range grants {
		if !slices.Contains(widening, p) {
			out = append(out, p)
		}
	}
	slices.Sort(out)
	return out
}
