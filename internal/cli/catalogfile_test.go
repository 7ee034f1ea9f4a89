package cli

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/sluicegate/sluice/internal/cli/api"
)

// TestPublishCatalog: a key is made, a file is built, signed and verified, and nothing else passes.
func TestPublishCatalog(t *testing.T) {
	t.Chdir(t.TempDir())
	run := func(line string, want int) (result catalogResult) {
		t.Helper()
		stdout, stderr, code := execute(t, line+" --json", "", "")
		if code != want {
			t.Fatalf("%s: exit %d: %s", line, code, stderr)
		}
		if code == 0 {
			if err := json.Unmarshal([]byte(stdout), &result); err != nil {
				t.Fatal(err)
			}
		}
		return result
	}
	key := run("catalog keygen -o key.pem", 0).PublicKey
	other := run("catalog keygen -o other.pem", 0).PublicKey
	if st, err := os.Stat("key.pem"); err != nil || st.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", st, err)
	}
	run("catalog keygen -o key.pem", api.ExitFailed)
	built := run("catalog build -o unsigned --version 7", 0)
	if signed := run("catalog sign unsigned --key key.pem -o signed", 0); signed.PublicKey != key || signed.Models != built.Models || built.Models < 4_000 || built.Conflicts == 0 {
		t.Errorf("%+v, %+v", built, signed)
	}
	if got := run("catalog verify signed --public-key "+other+" --public-key "+key, 0); got.Version != 7 || got.Models != built.Models {
		t.Errorf("%+v", got)
	}
	run("catalog verify signed --public-key "+other, api.ExitFailed)
	run("catalog verify unsigned --public-key "+key, api.ExitFailed)
	run("catalog sign signed --key key.pem -o again", api.ExitFailed)
	raw, err := os.ReadFile("signed")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile("signed", []byte(strings.Replace(string(raw), `"version":7`, `"version":8`, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	run("catalog verify signed --public-key "+key, api.ExitFailed)
}
