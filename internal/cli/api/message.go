package api

import (
	"errors"
	"regexp"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/route/document"
)

// Message is the text of an error for a terminal. Of one of Sluice's own errors it leaves out what
// is for the log: the function that it comes from, and its kind.
func Message(err error) string {
	var e *gateway.Error
	if !errors.As(err, &e) || e.Public == "" || err.Error() != e.Error() {
		return err.Error()
	}
	if e.Err == nil {
		return e.Public
	}
	return strings.TrimSuffix(e.Public, ".") + ": " + e.Err.Error()
}

// parseError is how package strconv begins its errors, with the name of a function of Go's.
var parseError = regexp.MustCompile(`strconv\.\w+: parsing ".*": `)

// FlagError is the error of a flag that cobra could not read, with the flag that may have been meant
// and where to look.
func FlagError(cmd *cobra.Command, err error) error {
	text := parseError.ReplaceAllString(err.Error(), "")
	if wrong, ok := strings.CutPrefix(text, "unknown flag: --"); ok {
		if near := nearestFlag(cmd, wrong); near != "" {
			text += "; did you mean --" + near + "?"
		}
	}
	return Usage("%s (see %s --help)", text, cmd.CommandPath())
}

// nearestFlag is the flag of the command that differs from name by at most two letters, or that
// begins with it; "" if there is none.
func nearestFlag(cmd *cobra.Command, name string) string {
	best, distance := "", 3
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		if f.Hidden {
			return
		}
		d := document.EditDistance(name, f.Name)
		if strings.HasPrefix(f.Name, name) {
			d = min(d, 2)
		}
		if d < distance {
			best, distance = f.Name, d
		}
	})
	return best
}
