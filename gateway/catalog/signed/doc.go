// Package signed is the file in which a catalogue is published, so that prices can be renewed without
// a new release.
//
//	sluice-catalog-signature ed25519 <base64 of the signature of all bytes behind this line>
//	sluice-catalog 1
//	{"version":20261130,"day":"2026-11-30"}
//	<the text of a table.Edition, compressed with gzip>
//
// Without its first line it is an unsigned file, which [Pack] makes and [Sign] signs. [Open] verifies
// the signature before it reads anything else: what is decompressed comes from who has the key. Sizes
// are bounded all the same.
//
// A publisher raises the version with each file. Who reads the files refuses one whose version is not
// higher than that of the last one, so that nobody can bring earlier prices back.
package signed
