// Package db is the engine of the control database: it opens a SQLite file ([Open]) or a
// PostgreSQL database ([OpenPostgres]), brings it up to date, and is what the rooms beside it write
// their statements with. It knows no table but that of the changes; every other table belongs to one
// room, which internal/store/sql lists.
//
// # Migrations
//
// A migration is one file in migrations/, the next free number at the time it lands, in SQL that
// both databases take: TEXT, BIGINT, INTEGER and BOOLEAN columns, times as nanoseconds, bytes as
// base64, JSON as text (column.go has the conversions). It only adds, so that a replica of the
// previous version goes on beside it.
//
// # What a room uses
//
// Statements go through bun: [DB.NewSelect], [DB.NewInsert], [DB.NewUpdate], [DB.NewDelete],
// [DB.NewRaw], and [DB.RunInTx] for several in one transaction. A write of control data is done in
// [DB.Change]; reads that must agree with each other in [DB.RunInSnapshot]. A query that sorts texts
// uses [DB.ByBytes]; one that compares leases with the time, [DB.Clock]. Texts of callers are checked by
// [RefuseUnlessStorable] before a write and [AbsentUnlessStorable] before a lookup. Errors of the
// database become a gateway.Error in [Error] and [ErrorUnlessFound].
//
// A DB owns its connections; Close ends them. While PostgreSQL is away, a copy may stand in for it
// (copy.go): statements then go to the copy, and rooms notice nothing unless they ask [DB.Copied].
package db
