package main

import (
	"archive/zip"
	"fmt"
	"io"
	"strings"
)

// readMember returns the file of a wheel whose name ends so.
func readMember(wheel, ending string) ([]byte, error) {
	z, err := zip.OpenReader(wheel)
	if err != nil {
		return nil, err
	}
	defer z.Close()
	for _, f := range z.File {
		if !strings.HasSuffix(f.Name, ending) {
			continue
		}
		r, err := f.Open()
		if err != nil {
			return nil, err
		}
		defer r.Close()
		return io.ReadAll(r)
	}
	return nil, fmt.Errorf("%s holds no file …%s", wheel, ending)
}
