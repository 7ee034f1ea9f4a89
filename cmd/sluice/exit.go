package main

import (
	"errors"
	"fmt"
	"strings"
)

// Exit codes, a contract with scripts.
const (
	exitDone   = 0
	exitFailed = 1
	exitUsage  = 2 // wrong usage or bad config
)

// usageError marks what the user typed, or wrote into a file, as wrong.
type usageError struct{ err error }

func (e *usageError) Error() string { return e.err.Error() }
func (e *usageError) Unwrap() error { return e.err }
func (e *usageError) badUsage()     {}

func usage(format string, args ...any) error { return &usageError{fmt.Errorf(format, args...)} }

// exitCode is what the process ends with.
func exitCode(err error) int {
	var bad interface{ badUsage() }
	switch {
	case err == nil:
		return exitDone
	case errors.As(err, &bad):
		return exitUsage
	case strings.HasPrefix(err.Error(), "unknown command"): // cobra's own
		return exitUsage
	default:
		return exitFailed
	}
}
