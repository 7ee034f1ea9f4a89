package api

import (
	"errors"
	"fmt"
	"strings"

	"github.com/sluicegate/sluice/internal/config"
)

// Exit codes. Scripts rely on them.
const (
	ExitDone   = 0
	ExitFailed = 1
	ExitUsage  = 2 // wrong usage or bad config
)

// UsageError is an error in what the user typed or wrote into a file.
type UsageError struct{ err error }

func (e *UsageError) Error() string { return e.err.Error() }
func (e *UsageError) Unwrap() error { return e.err }

// Usage is an error in what the user typed, formatted as fmt.Errorf does.
func Usage(format string, args ...any) error { return &UsageError{fmt.Errorf(format, args...)} }

// ExitCode returns the exit code for the result of a command.
func ExitCode(err error) int {
	var bad *UsageError
	var file *config.Error
	switch {
	case err == nil:
		return ExitDone
	case errors.As(err, &bad), errors.As(err, &file):
		return ExitUsage
	case strings.HasPrefix(err.Error(), "unknown command"): // cobra's text
		return ExitUsage
	default:
		return ExitFailed
	}
}
