package local

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"strings"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/credential"
)

// File reads files: file:/run/secrets/openai. A change is noticed within seconds, also where the
// path is a symbolic link that moves on, as in a mounted secret of Kubernetes.
type File struct{}

const (
	rereadFile = 2 * time.Second
	maxFile    = 64 << 10
)

// Read implements credential.Source. White space around the credential is no part of it.
func (File) Read(_ context.Context, path string) (credential.Value, error) {
	const op = "local.File"
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return credential.Value{}, unavailable(op, "there is no such file.", err)
	case err != nil:
		return credential.Value{}, unavailable(op, "the file cannot be opened.", err)
	case !info.Mode().IsRegular(): // a device or pipe could block the reader
		return credential.Value{}, unavailable(op, "this is no regular file.", nil)
	case info.Size() > maxFile:
		return credential.Value{}, unavailable(op, "the file is larger than 64 KiB.", nil)
	}
	f, err := os.Open(path)
	if err != nil {
		return credential.Value{}, unavailable(op, "the file cannot be opened.", err)
	}
	defer f.Close()
	raw, err := io.ReadAll(io.LimitReader(f, maxFile))
	if err != nil {
		return credential.Value{}, unavailable(op, "the file cannot be read.", err)
	}
	text := strings.TrimSpace(string(raw))
	if text == "" {
		return credential.Value{}, unavailable(op, "the file is empty.", nil)
	}
	return credential.Value{Secret: gateway.NewSecret(text), MaxAge: rereadFile}, nil
}
