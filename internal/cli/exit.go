package cli

import (
	"errors"
	"fmt"
	"strings"

	"github.com/sluicegate/sluice/internal/config"
)

// Exit codes. Scripts rely on them.
const (
	exitDone   = 0
	exitFailed = 1
	exitUsage  = 2 // wrong usage or bad config
)

// usageError is an error in what the user typed or wrote into a file.
type usageError struct{ err error }

func (e *usageError) Error() string { return e.err.Error() }
func (e *usageError) Unwrap() error { return e.err }

func usage(format string, args ...any) error { return &usageError{fmt.Errorf(format, args...)} }

// exitCode returns the exit code for the result of a command.
func exitCode(err error) int {
	var bad *usageError
	var file *config.Error
	switch {
	case err == nil:
		return exitDone
	case errors.As(err, &bad), errors.As(err, &file):
		return exitUsage
	case strings.HasPrefix(err.Error(), "unknown command"): // cobra's text
		return exitUsage
	default:
		return exitFailed
	}
}
