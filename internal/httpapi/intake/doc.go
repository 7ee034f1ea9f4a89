// Package intake takes what agents and instrumented programs report about themselves over
// OTLP/HTTP (https://opentelemetry.io/docs/specs/otlp/#otlphttp).
//
// Logs and metrics are accepted, counted and dropped: an agent that is told 404 fills its own
// log with errors. A caller must be authenticated; a body is read up to the server's limit.
package intake
