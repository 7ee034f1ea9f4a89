// Package document reads configs: JSON becomes a Document, which is valid and has its short forms
// expanded, or a list of every problem with its path and offset.
//
// A Document does not depend on a request or a workspace; package route merges it with both. A
// key of the schema is one row of the table in schema.go, with the function that reads it. Keys
// of Portkey's schema that Sluice does not act on are refused, or accepted where that changes
// nothing.
package document
