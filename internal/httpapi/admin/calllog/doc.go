// Package calllog has what surrounds the list of recorded exchanges: sessions, which are the
// exchanges that belong together; a live tail of new rows; feedback on traces; and rows that
// applications report of calls they made elsewhere.
//
// # Invariants
//
//   - Who may not see the rows of others gets its own only, by every route.
//   - Feedback and reported rows belong to the workspace of the API key that sends them.
//   - A tail holds a bounded queue and a bounded number of listeners, and ends with the server, and
//     with the API key or session that it was begun with.
package calllog
