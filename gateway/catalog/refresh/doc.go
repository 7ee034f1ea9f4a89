// Package refresh renews the catalogue from a signed file that somebody publishes.
//
//	source (https or a local file) → bounded read → signature → version → check of each line → kept on disk → Catalog.Use
//
// It does nothing unless a source and the public keys of its publisher are configured. A file is used
// if one of the keys has signed it, if its version is higher than that of the last one that was used,
// and if its day is not before that of the built-in catalogue. Whatever fails leaves the catalogue as
// it is. The last file that was used is kept in the data directory; a start reads it, and verifies it
// again, before the source is asked.
package refresh
