// Package sqlstore is the control database: organisation, workspaces, members, keys, the
// ledger of budgets, configs, prompts and kept responses. It implements the store interfaces of
// identity, credential, billing, history, route, prompts and others on a SQLite file ([Open]) or a
// PostgreSQL database ([OpenPostgres]), with one query layer (bun) and one sequence of
// migrations (goose).
//
// # Rooms
//
// Each table belongs to one room, whose package comment names it. [Store] is composed of the rooms and has
// no table of its own; this folder has what concerns all of them: backup, restore, and the copy that
// stands in while PostgreSQL is away.
//
//	db             opens and migrates; what statements are written with
//	accounts       organisation, workspaces, members, teams, API keys, sessions, device grants, client secrets
//	credentials    virtual keys, installation keys, the list of sealed columns
//	documents      configs and prompts, with their versions
//	objects        kept responses, and objects that vendors hold
//	observability  feedback, saved views, exports of logs
//	replicas       the feed of changes, leases, cache removals
//	spending       ledger, budgets, wallets, rate limits, prices, alerts
//
// A room imports db and no other room. Errors name the method as a caller of Store knows it
// (sqlstore.PutAPIKey). What concerns tables of several rooms is a list of names in one of
// them (accounts/deleteworkspace.go, credentials/sealed.go) or here (backup.go).
//
// # A new table
//
// It is a migration in db/migrations, a file in a room, and its name in one of the two lists of backup.go.
// testdata/upgrade has the rows of each released schema that the upgrade test reads back. Every test of the
// stores runs on both databases: db/dbtest opens them.
//
// # Writing
//
// A method that writes control data does so in [db.DB.Change], which records what changed for
// the other replicas and lets writers through one at a time, so that what a transaction reads
// stands until it commits. The ledger and kept responses are not control data: they commit
// beside each other.
//
// Traffic does not reach the database: the services keep in memory what calls need, and
// write through. The exceptions are the ledger of API keys with a budget and kept responses,
// which write in batches.
//
// Every commit is on disk when it returns. Only the owner can read a SQLite file (WAL,
// synchronous=FULL). A Store owns its connections; Close ends them.
package sqlstore
