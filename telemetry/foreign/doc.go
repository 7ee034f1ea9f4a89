// Package foreign takes spans that other programs report over OTLP, in protobuf or JSON
// (https://opentelemetry.io/docs/specs/otlp/), and stores them.
//
// # Flow
//
//	request body ─► wire: cut into resources, scopes and spans ─► span: decoded one by one, within
//	bounds, every text cleansed ─► queue ─► one goroutine ─► telemetry.Batch ─► Writer
//
// [Recorder.Take] returns once the spans are written, so that a request that was answered 200
// survives kill -9. If they cannot be written, it returns an error and keeps nothing: the
// exporter sends the request again.
//
// # Invariants
//
//   - A body is counted and measured before it is decoded: no short message becomes a large tree in
//     memory. See limits.go.
//   - What is left out is told. A refused span is counted in [Result.Rejected] with its reason and
//     the path of the first one. Attributes, events and links that are dropped are counted on their
//     span, and named in the message.
//   - Every text passes Config.Cleanse, whatever the attribute is called, and every number that is long enough to
//     identify a person. Without Config.Contents only numbers and the texts of named attributes stay.
//   - Memory is bounded: each API key has a [Share] of what may be in flight.
//
// # Ownership
//
// New starts the goroutine, Close writes what waits and waits for it. Writer and Cleanse belong to
// the caller and outlive the Recorder.
package foreign
