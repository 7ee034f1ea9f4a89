// Package sluice starts the built binary with a data directory of its own and a mock
// upstream, calls it, and measures its process. The programs attack and soak use it.
//
// Everything stays on the loopback interface. Whoever starts a [Process] stops it; Stop also
// removes the data directory.
package sluice
