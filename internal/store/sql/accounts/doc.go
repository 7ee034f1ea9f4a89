// Package accounts keeps who calls: the organisation, its workspaces, members, teams and API keys, and
// what is given out in their name: sessions, grants to devices, client secrets. It implements the stores
// of identity, session, device and clientsecret.
//
// Its tables are organisations, workspaces, members, memberships, teams, team_members, api_keys, sessions,
// device_grants and client_secrets; a file has one record and what belongs to it. Other rooms refer to a
// workspace or an API key by its id and do not read these tables.
//
// Of the tables of other rooms this one knows the names, in one place: deleteworkspace.go lists those
// whose rows keep a workspace from being deleted, or go with it. A new table with a workspace_id is
// decided on there.
package accounts
