// Package sqlstore is the control database: organisation, workspaces, members, keys, the
// ledger of budgets, configs, prompts and kept responses. It implements the store interfaces of
// identity, credential, billing, history, route and prompts on a SQLite file ([Open]) or a
// PostgreSQL database ([OpenPostgres]), with one query layer (bun) and one sequence of
// migrations (goose). The package is not named sql like its folder, because its files use
// database/sql.
//
// # Migrations
//
// A migration is one file in migrations/, the next free number at the time it lands, in SQL that
// both databases take: TEXT, BIGINT, INTEGER and BOOLEAN columns, times as nanoseconds, bytes as
// base64, JSON as text. It only adds, so that a replica of the previous version goes on beside
// it; testdata/upgrade has the rows of each released schema that the upgrade test reads back.
//
// # Writing
//
// A method that writes control data does so in [Store.change], which records what changed for
// the other replicas and lets writers through one at a time, so that what a transaction reads
// stands until it commits. The ledger and kept responses are not control data: they commit
// beside each other. A query that sorts texts uses byBytes. Every test of the stores runs on
// both databases.
//
// Traffic does not reach the database: the services keep in memory what calls need, and
// write through. The exceptions are the ledger of API keys with a budget and kept responses,
// which write in batches.
//
// Every commit is on disk when it returns. Only the owner can read a SQLite file (WAL,
// synchronous=FULL). A Store owns its connections; Close ends them.
package sqlstore
