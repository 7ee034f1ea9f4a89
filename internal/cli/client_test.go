package cli

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/sluicegate/sluice/internal/cli/api"
	"github.com/sluicegate/sluice/internal/goldentest"
)

// adminDouble answers the admin API with the routes of a golden file and notes what it was
// asked.
type adminDouble struct {
	mu     sync.Mutex
	routes map[string]string // "GET /v1/api-keys" → status line and body
	seen   []string
	late   int // how many calls are answered 404 first
}

func (d *adminDouble) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	d.mu.Lock()
	defer d.mu.Unlock()
	raw, _ := io.ReadAll(r.Body)
	line := r.Method + " " + r.URL.RequestURI()
	if r.Header.Get("Authorization") != "Bearer sk-sl-test" {
		line += " WITHOUT KEY"
	}
	d.seen = append(d.seen, strings.TrimSpace(line+" "+string(raw)))
	answer, ok := d.routes[r.Method+" "+r.URL.EscapedPath()]
	if d.late > 0 || !ok {
		d.late--
		answer = "404\n" + `{"error":{"message":"There is no such thing.","type":"not_found_error"}}`
	}
	status, body, _ := strings.Cut(answer, "\n")
	code, _ := strconv.Atoi(status)
	w.WriteHeader(code)
	_, _ = io.WriteString(w, body)
}

// execute runs one command line in the process.
func execute(t *testing.T, line, stdin, base string) (stdout, stderr string, code int) {
	t.Helper()
	split := csv.NewReader(strings.NewReader(line))
	split.Comma = ' '
	args, err := split.Read()
	if err != nil {
		t.Fatal(err)
	}
	if args[0] != "check" {
		args = append(args, "--url", base, "--api-key", "sk-sl-test")
	}
	var out, errs bytes.Buffer
	cmd := root()
	cmd.SetArgs(args)
	cmd.SetOut(&out)
	cmd.SetErr(&errs)
	cmd.SetIn(strings.NewReader(stdin))
	err = cmd.ExecuteContext(t.Context())
	if err != nil {
		fmt.Fprintln(&errs, err)
	}
	hide := strings.NewReplacer()
	if base != "" {
		hide = strings.NewReplacer(base, "URL")
	}
	return hide.Replace(out.String()), hide.Replace(errs.String()), api.ExitCode(err)
}

// TestCommands walks testdata/cli: "cmd" holds a command line, "stdin" what it reads, a file
// with an HTTP method in its name a route, other files are put into the working directory.
func TestCommands(t *testing.T) {
	t.Setenv("CREDENTIAL", "sk-from-env")
	t.Setenv("SLUICE_CLI_TEST", "set")
	input := func(name string) bool {
		return name != "requests" && name != "stdout" && name != "stderr" && name != "exit"
	}
	goldentest.Run(t, "testdata/cli/*.txtar", func(t *testing.T, ar *txtar.Archive) *txtar.Archive {
		in, golden := map[string]string{}, &txtar.Archive{Comment: ar.Comment}
		for _, f := range ar.Files {
			if input(f.Name) {
				in[f.Name] = string(f.Data)
				golden.Files = append(golden.Files, f)
			}
		}
		t.Chdir(t.TempDir())
		double := &adminDouble{routes: map[string]string{}}
		for name, text := range in {
			if strings.Contains(name, " /") {
				double.routes[name] = text
			} else if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		server := httptest.NewServer(double)
		defer server.Close()
		stdout, stderr, code := execute(t, strings.TrimSpace(in["cmd"]), in["stdin"], server.URL)
		if len(double.seen) > 0 {
			seen := double.seen
			if len(seen) > 3 { // a wait
				seen = append(seen[:1:1], "…")
			}
			golden.Files = append(golden.Files, txtar.File{Name: "requests", Data: []byte(strings.Join(seen, "\n") + "\n")})
		}
		for _, f := range []struct{ name, text string }{{"stdout", stdout}, {"stderr", stderr}} {
			if f.text != "" {
				golden.Files = append(golden.Files, txtar.File{Name: f.name, Data: []byte(strings.TrimRight(f.text, "\n") + "\n")})
			}
		}
		golden.Files = append(golden.Files, txtar.File{Name: "exit", Data: []byte(strconv.Itoa(code) + "\n")})
		return golden
	})
}

// TestTraceWaits: an exchange that has just ended may not be there at once.
func TestTraceWaits(t *testing.T) {
	double := &adminDouble{late: 3, routes: map[string]string{"GET /v1/logs/t-1": "200\n" + `{"data":[{"id":"r-1"}]}`}}
	server := httptest.NewServer(double)
	defer server.Close()
	stdout, stderr, code := execute(t, "trace t-1", "", server.URL)
	if code != 0 || !strings.Contains(stdout, "request r-1") || len(double.seen) != 4 {
		t.Errorf("exit %d after %d calls: %s%s", code, len(double.seen), stdout, stderr)
	}
}

// TestNoServer: the failure says where it looked, and never shows the key.
func TestNoServer(t *testing.T) {
	_, stderr, code := execute(t, "keys list", "", "http://127.0.0.1:1")
	if code != api.ExitFailed || !strings.Contains(stderr, "no Sluice answers at URL") || strings.Contains(stderr, "sk-sl-test") {
		t.Errorf("exit %d: %s", code, stderr)
	}
}

func TestAlignedTable(t *testing.T) {
	var b bytes.Buffer
	if err := api.WriteTable(&b, true, []string{"A", "LONG"}, [][]string{{"wide cell", "x"}, {"y", "z"}}); err != nil {
		t.Fatal(err)
	}
	if want := "A          LONG\nwide cell  x\ny          z\n"; b.String() != want {
		t.Errorf("got %q, want %q", b.String(), want)
	}
}

// TestCheckExamples: what check calls fine, serve takes; the design's file among them.
func TestCheckExamples(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"sluice.yaml": "listen: :1\n", "config.json": `{"targets":[{"provider":"openai","weight":1}],"strategy":{"mode":"loadbalance"}}`,
		"a.prompt.yaml": "prompt: Hello {{x}}\n", "tabs.json": "{\n\t\"cache\":\t{\"mode\": \"simple\"}, \"provider\": \"openai\"\n}",
	} {
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if stdout, stderr, code := execute(t, `check "`+file+`"`, "", ""); code != 0 || !strings.HasSuffix(stdout, name+": ok\n") {
			t.Errorf("%s: exit %d: %s%s", name, code, stdout, stderr)
		}
	}
}
