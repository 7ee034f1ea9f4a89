package static

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"sync"
)

//go:embed table.bin.gz
var packed []byte

// Shipped returns the table of this release. It is part of the program, so a mistake in it is a
// panic.
var Shipped = sync.OnceValue(func() *Table {
	r, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		panic(err)
	}
	t, err := Read(r)
	if err != nil {
		panic(err)
	}
	return t
})
