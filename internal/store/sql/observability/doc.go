// Package observability keeps what members do with what was recorded: feedback on traces, saved views, and
// exports of logs. It implements the stores of feedback, view and export. What was recorded itself is in
// telemetry's own store.
//
// Its tables are feedback, saved_views and log_exports. No process keeps their rows in memory, so that no
// replica is told of a change. Processes share the exports by leases (exportleases.go).
package observability
