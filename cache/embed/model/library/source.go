package library

import (
	"archive/tar"
	"archive/zip"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"strings"
)

// source is where a model comes from. visit calls use with each file in it, by its path with
// slashes; use need not read it. A source may be visited more than once.
type source interface {
	visit(use func(path string, content io.Reader) error) error
}

// maxEntries is how many files a source may have.
const maxEntries = 1 << 14

var errEntries = fmt.Errorf("it has more than %d files", maxEntries)

// openSource recognises a folder, a zip (as a wheel is one) or a tar, compressed or not, by its
// content.
func openSource(name string) (source, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, err
	}
	if info.IsDir() {
		return folder(name), nil
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	head := make([]byte, 512)
	n, err := io.ReadFull(f, head)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, fmt.Errorf("it cannot be read: %w", err)
	}
	switch head = head[:n]; {
	case strings.HasPrefix(string(head), "PK\x03\x04"):
		return zipped(name), nil
	case strings.HasPrefix(string(head), "\x1f\x8b"):
		return tarred{name, true}, nil
	case n > 262 && string(head[257:262]) == "ustar":
		return tarred{name, false}, nil
	}
	return nil, errors.New("it is neither a folder nor a wheel, zip, tar or tar.gz")
}

// folder is a folder on disk. Links that lead out of it are not followed.
type folder string

func (name folder) visit(use func(string, io.Reader) error) error {
	root, err := os.OpenRoot(string(name))
	if err != nil {
		return err
	}
	defer root.Close()
	entries := 0
	return fs.WalkDir(root.FS(), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		if entries++; entries > maxEntries {
			return errEntries
		}
		info, err := root.Stat(path)
		if err != nil || !info.Mode().IsRegular() {
			return nil // a link that leads nowhere or out, a socket: nothing of a model
		}
		f, err := root.Open(path)
		if err != nil {
			return err
		}
		defer f.Close()
		return use(path, f)
	})
}

type zipped string

func (name zipped) visit(use func(string, io.Reader) error) error {
	z, err := zip.OpenReader(string(name))
	if err != nil {
		return err
	}
	defer z.Close()
	if len(z.File) > maxEntries {
		return errEntries
	}
	for _, f := range z.File {
		if !f.Mode().IsRegular() {
			continue
		}
		r, err := f.Open()
		if err != nil {
			return err
		}
		err = use(path.Clean(f.Name), r)
		if err = errors.Join(err, r.Close()); err != nil {
			return err
		}
	}
	return nil
}

type tarred struct {
	name       string
	compressed bool
}

func (t tarred) visit(use func(string, io.Reader) error) error {
	f, err := os.Open(t.name)
	if err != nil {
		return err
	}
	defer f.Close()
	var r io.Reader = f
	if t.compressed {
		z, err := gzip.NewReader(f)
		if err != nil {
			return err
		}
		defer z.Close()
		r = io.LimitReader(z, maxUnpacked)
	}
	archive := tar.NewReader(r)
	for entries := 0; ; entries++ {
		h, err := archive.Next()
		switch {
		case err == io.EOF:
			return nil
		case err != nil:
			return err
		case entries > maxEntries:
			return errEntries
		case h.Typeflag != tar.TypeReg:
			continue
		}
		if err := use(path.Clean(h.Name), archive); err != nil {
			return err
		}
	}
}

// maxUnpacked is how much of a compressed archive is read, in bytes: a small file can unpack to
// any size.
const maxUnpacked = 4 << 30
