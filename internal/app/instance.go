package app

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/oklog/ulid/v2"
)

// instanceID returns the id of the instance that owns a data directory: it names the instance in
// rows, and its audit chain. It is made at the first start and kept in the file at path.
func instanceID(path string) (string, error) {
	raw, err := os.ReadFile(path)
	if err == nil {
		if id := strings.TrimSpace(string(raw)); id != "" {
			return id, nil
		}
	} else if !errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("read the instance's id: %w", err)
	}
	id := "sluice-" + ulid.Make().String()
	if err := os.WriteFile(path, []byte(id+"\n"), 0o600); err != nil {
		return "", fmt.Errorf("write the instance's id: %w", err)
	}
	return id, nil
}
