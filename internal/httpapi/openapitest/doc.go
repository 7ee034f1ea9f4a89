// Package openapitest makes the OpenAPI document from the table of routes, and holds the running
// server to it. It exists for tests: the server embeds the document that was made.
//
// # Flow
//
//	routes → Document (paths, input, answers; schemas from Go types, texts from their comments)
//	       → openapi.json, embedded in the server → Reference (docs/reference.md)
//	answers of the server under test → Checker
//
// # Where things are said
//
// A route's permission, input and answer stand where the server itself uses them: in the table of
// routes, in the code that reads the body, and in the type that is encoded. Only the sentence that
// says what a route does is written for the document; see httpapi.Description.
package openapitest
