// Package demo makes up the traffic of a demonstration: some days of calls that applications and
// coding agents could have made. It writes nothing; package workspace keeps what it makes.
//
// # Flow
//
// The caller creates the members, teams and API keys of [People], puts their ids into a [Cast], and
// asks a [Traffic] for one hour after the other. [Traffic.Hour] draws how many events an hour has by
// the time of day: each is a question with one answer, or a session of an agent with several turns.
// A question may fail, be tried again, come from the cache or be judged by a guardrail, and somebody
// may give feedback on it.
//
// # Invariants
//
//   - The same settings make the same rows. Each hour has a random source of its own, seeded by
//     Settings.Seed and the hour's number, so that hours may be made in any order.
//   - Every row has the metadata [Mark], and the session and feedback of a row belong to its workspace.
//   - No row is later than Settings.Until.
//   - Costs follow Settings.Price, as those of real calls do.
package demo
