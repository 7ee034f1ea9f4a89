// Package export writes recorded exchanges to files: JSON lines, CSV or Parquet, kept in the data
// directory or in an S3-compatible bucket.
//
// # Flow
//
//	Create ─► draft ─► Start ─► queued ─► a runner claims the job ─► in_progress ─► success
//	                      ▲                     ▲                        │    ├───► failed
//	                      │                     └── its server stopped ──┘    │
//	                      └────────────────── stopped ◄── Cancel ─────────────┘
//
// A runner reads the store in keyset pages, newest first, and encodes row by row into a file with
// the ending .part, which gets its name, or goes to the bucket, when it is whole.
//
// # Invariants
//
//   - A job belongs to one workspace, and has no rows of another one.
//   - Who sees only its own exchanges exports only these. Bodies are exported only for who may see
//     them; rights are asked when a job is made, changed, started and downloaded.
//   - One runner has a job at a time: it holds a lease in the store, and gives up when it cannot
//     extend the lease or the job was cancelled.
//   - Memory is that of one page and one row group. Rows, bytes, jobs and tries are bounded.
//   - A cell of a CSV file never begins a formula.
package export
