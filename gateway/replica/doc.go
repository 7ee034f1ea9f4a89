// Package replica keeps what several processes on one control database remember in step.
//
// Each process answers calls from memory: keys, configs and prompts are read once. A [Feed] tells
// what other processes have changed, in the order of the commits. A [Follower] reads it twice a
// second, and at once when the database says that there is something new, and has the services
// read again what changed. If it was away for so long that changes are no longer kept, they read
// everything again. What one process has changed, all others therefore serve within a second.
//
// The package knows no service: internal/app says what to read again.
package replica
