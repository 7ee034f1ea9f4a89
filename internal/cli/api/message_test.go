package api

import (
	"errors"
	"fmt"
	"testing"

	"github.com/spf13/cobra"

	"github.com/sluicegate/sluice/gateway"
)

func TestMessage(t *testing.T) {
	refused := &gateway.Error{Op: "app.Backup", Kind: gateway.Invalid, Public: "There is no control database in /data."}
	caused := &gateway.Error{Op: "lock.Take", Kind: gateway.Conflict, Public: "The file is locked.", Err: errors.New("disk full")}
	for want, err := range map[string]error{
		"There is no control database in /data.":                                  refused,
		"The file is locked: disk full":                                           caused,
		"while starting: app.Backup: invalid: " + refused.Public:                  fmt.Errorf("while starting: %w", refused),
		"open nofile.json: no such file or directory":                             errors.New("open nofile.json: no such file or directory"),
		"app.Backup: invalid: " + refused.Public + "\nand the store closed badly": errors.Join(refused, errors.New("and the store closed badly")),
	} {
		if got := Message(err); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestFlagError(t *testing.T) {
	for line, want := range map[string]string{
		"--budgt=3":     "unknown flag: --budgt; did you mean --budget? (see make --help)",
		"--expire=3":    "unknown flag: --expire; did you mean --expires? (see make --help)",
		"--colour=3":    "unknown flag: --colour (see make --help)",
		"--port=99999":  `invalid argument "99999" for "--port" flag: value out of range (see make --help)`,
		"--port=\"8\":": `invalid argument "\"8\":" for "--port" flag: invalid syntax (see make --help)`,
		"-x":            "unknown shorthand flag: 'x' in -x (see make --help)",
	} {
		cmd := &cobra.Command{Use: "make", SilenceErrors: true, SilenceUsage: true, Run: func(*cobra.Command, []string) {}}
		cmd.Flags().String("budget", "", "")
		cmd.Flags().String("expires", "", "")
		cmd.Flags().Uint16("port", 0, "")
		cmd.SetFlagErrorFunc(FlagError)
		cmd.SetArgs([]string{line})
		if err := cmd.Execute(); err == nil || err.Error() != want || ExitCode(err) != ExitUsage {
			t.Errorf("%s: %v, exit code %d; want %s", line, err, ExitCode(err), want)
		}
	}
}
