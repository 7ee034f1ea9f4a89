// Package intake takes what agents and instrumented programs report about themselves over
// OTLP/HTTP (https://opentelemetry.io/docs/specs/otlp/#otlphttp), in JSON and in binary protobuf.
//
// Traces are stored, beside the exchanges of the same trace: package foreign. A request is answered
// once its spans are on disk. What of it was refused stands in partial_success. A request that
// fails as a whole is answered with google.rpc.Status in its own encoding; one that may be sent
// again is 429 or 503 with Retry-After.
//
// Logs and metrics are accepted, counted and dropped: an agent that is told 404 fills its own
// log with errors. A caller must be authenticated; a body is read up to the server's limit.
package intake
