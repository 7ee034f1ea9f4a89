package api

import (
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"
)

// ReadInput reads a file, or standard input for "-".
func ReadInput(cmd *cobra.Command, file string) ([]byte, error) {
	if file != "-" {
		raw, err := os.ReadFile(file)
		if err != nil {
			return nil, Usage("%w", err)
		}
		return raw, nil
	}
	raw, err := io.ReadAll(io.LimitReader(cmd.InOrStdin(), 16<<20))
	if err != nil {
		return nil, fmt.Errorf("read standard input: %w", err)
	}
	return raw, nil
}
