// Package inference has the surfaces that answer with a model: chat, messages, embeddings, prompts
// and the operations of each vendor. A surface reads the request into a [gateway.Exchange] (package
// input), runs the pipeline and writes what comes back (package output).
//
// # Flow
//
//	open (headers) → input.Read (body) → output.Server.Serve: Pipeline → caller
//
// What is wrong with a request travels as Exchange.Refused through the pipeline, so that a
// refused call is authenticated first and leaves its trace and row like any other. The body of a
// caller who is not authenticated is not read.
package inference
