// Package realtime reads the events of OpenAI's Realtime API, which Azure OpenAI has too, without
// changing them: a session passes through. It knows the events' names of the beta and of the
// general version.
//
// # Flow
//
// [Dialect] reads one event of the vendor's: what the model says, the calls of tools, and the usage
// in response.done. [Tally] follows a session. It counts what the caller sends and what the vendor
// answers, and reports what a response can use at most when it begins, and what all responses have
// used when one has ended.
//
// The vendor reports the usage of each response, in text, audio, images and what its cache held of
// each, and that of the model that transcribes what the caller says, which has a price of its own.
//
// https://platform.openai.com/docs/api-reference/realtime-client-events
// https://platform.openai.com/docs/api-reference/realtime-server-events
package realtime
