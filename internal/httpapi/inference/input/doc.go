// Package input reads the body of a call to a model into its exchange.
//
// A body is read once, after the caller is known, and becomes a [gateway.Request]: JSON as it is, a
// form as a JSON object of its fields with the files beside it. Fields that are for Sluice and not
// for the vendor go to the envelope: config, usage, cache, tags, metadata and the user.
//
// What is wrong is noted as Exchange.Refused, the first fault alone and headers before body: the
// pipeline refuses such a call, so that it leaves its trace and row like any other.
package input
