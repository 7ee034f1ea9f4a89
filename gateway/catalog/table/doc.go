// Package table is the file format of the catalogue's models: one line per model, its columns
// separated by tabs, compressed with gzip. The generator writes it, package catalog reads it.
//
//	provider  id  mode  context  max_output  capabilities  deprecated  successor  agreement  prices
//
// An empty column is one that nobody knows. Prices are separated by ";". A price is a list of
// words: the days from which and until which it is valid (UTC, "2026-10-17..", the second one
// excluded), the conditions under which it is asked, and the amounts:
//
//	2026-08-16.. hours=1-5@01:00-04:00 input=300000000 output=1200000000
//
// A price of images or videos may be for one size, and one quality:
//
//	size=1024x1792 quality=hd image=132000000
//
// Amounts are whole nano-USD: per million for the units of [PerMillion], per piece for all others.
package table
