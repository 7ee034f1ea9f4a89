// Package replicas keeps what the processes on one database tell each other: the feed of changes, leases of
// what one process at a time has, who starts first, and what was removed from the cache. It implements
// replica.Feed.
//
// Its tables are changes and change_counter, which db.DB.Change writes and this room reads, leases, and
// cache_removals. None of them is in a backup.
package replicas
