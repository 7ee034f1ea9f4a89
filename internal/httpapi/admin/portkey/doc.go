// Package portkey answers those paths of Portkey's admin API
// (https://portkey.ai/docs/api-reference/admin-api) that are not paths of Sluice's own: workspaces,
// their users, and the users of the organisation. Where Sluice has the same path, as for API keys,
// package admin takes Portkey's fields and answers with them, too. A file holds one resource.
//
// # Mapping
//
//	workspace          workspace; its slug is its name
//	user               member; email is the name
//	role in a workspace    role: Portkey's admin, manager and member, or one of ours
//	role of a user         owner, admin (a role of admin in all workspaces) or member
//
// The services are those of Sluice's own admin API: nothing is stored or decided here. Invitations
// do not exist: whoever is named becomes a member at once.
package portkey
