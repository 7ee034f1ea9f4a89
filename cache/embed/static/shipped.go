package static

import (
	_ "embed"
	"sync"
)

// shipped is not compressed: rows of 8 bits hardly shrink, and the pages that are read are the
// binary's own, not a copy.
//
//go:embed table.bin
var shipped string

// Shipped returns the table of this release. It is part of the program, so a mistake in it is a
// panic.
var Shipped = sync.OnceValue(func() *Table {
	t, err := Parse(shipped)
	if err != nil {
		panic(err)
	}
	return t
})
