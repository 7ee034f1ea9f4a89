// Package sqlstore is the control database: organisation, workspaces, members, keys, the
// ledger of budgets, configs, prompts and kept responses. It implements the store interfaces of
// identity, credential, billing, history, route and prompts on a SQLite file ([Open]) or a
// PostgreSQL database ([OpenPostgres]), with one query layer (bun) and one sequence of
// migrations (goose), which are in db. The package is not named sql like its folder, because its
// files use database/sql.
//
// # Migrations
//
// A new table is a migration in db/migrations, a file here, and its name in one of the two lists of
// backup.go. testdata/upgrade has the rows of each released schema that the upgrade test reads back.
//
// # Writing
//
// A method that writes control data does so in [db.DB.Change], which records what changed for
// the other replicas and lets writers through one at a time, so that what a transaction reads
// stands until it commits. The ledger and kept responses are not control data: they commit
// beside each other. A query that sorts texts uses [db.DB.ByBytes]. Every test of the stores runs on
// both databases.
//
// Traffic does not reach the database: the services keep in memory what calls need, and
// write through. The exceptions are the ledger of API keys with a budget and kept responses,
// which write in batches.
//
// Every commit is on disk when it returns. Only the owner can read a SQLite file (WAL,
// synchronous=FULL). A Store owns its connections; Close ends them.
package sqlstore
