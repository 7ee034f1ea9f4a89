package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/sluicegate/sluice/internal/app"
	"github.com/sluicegate/sluice/internal/config"
	"github.com/sluicegate/sluice/internal/config/promptfile"
)

// block is a fenced block of a page whose first line is "```language kind".
type block struct {
	page, language, kind, text string
}

var fence = regexp.MustCompile("(?ms)^```(\\w+) ([\\w.]+)\n(.*?)^```$")

// pages are the documents for users, by path from the repository's root.
func pages(t *testing.T) map[string]string {
	t.Helper()
	root := filepath.Join("..", "..")
	paths, err := filepath.Glob(filepath.Join(root, "docs", "*.md"))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, p := range append(paths, filepath.Join(root, "README.md"), filepath.Join(root, "README.zh-CN.md"), filepath.Join(root, "CONTRIBUTING.md")) {
		raw, err := os.ReadFile(p)
		if err != nil {
			t.Fatal(err)
		}
		name, _ := filepath.Rel(root, p)
		out[filepath.ToSlash(name)] = string(raw)
	}
	return out
}

func blocks(t *testing.T) []block {
	var out []block
	for page, text := range pages(t) {
		for _, m := range fence.FindAllStringSubmatch(text, -1) {
			out = append(out, block{page, m[1], m[2], m[3]})
		}
	}
	return out
}

// TestDocs reads every example that is marked with what it is by the reader of that.
func TestDocs(t *testing.T) {
	env := func(string) (string, bool) { return "sk-documented-0123456789", true }
	seen := map[string]int{}
	for _, b := range blocks(t) {
		seen[b.kind]++
		switch b.kind {
		case "sluice.yaml":
			if _, err := config.Read(b.page, []byte(b.text), env, app.Checks()); err != nil {
				t.Errorf("%v\n%s", err, b.text)
			}
		case "config":
			for _, p := range app.Checks().Config([]byte(b.text)) {
				t.Errorf("%s: %s %s\n%s", b.page, p.Path, p.Message, b.text)
			}
		case "prompt":
			if _, ps := promptfile.Read(b.page, []byte(b.text)); len(ps) > 0 {
				t.Errorf("%v\n%s", ps.Error(), b.text)
			}
		default:
			t.Errorf("%s: nobody reads a block of the kind %q", b.page, b.kind)
		}
	}
	for _, kind := range []string{"sluice.yaml", "config", "prompt"} {
		if seen[kind] < 3 {
			t.Errorf("only %d examples of the kind %s: have their marks been lost?", seen[kind], kind)
		}
	}
}

// TestDocConfigurationKeys: the page about the server's file has a line for each key at its top, and
// each other key stands in some page for users.
func TestDocConfigurationKeys(t *testing.T) {
	all := pages(t)
	_, err := config.Read("sluice.yaml", []byte("no_such_key: 1\n"), os.LookupEnv, app.Checks())
	_, known, ok := strings.Cut(fmt.Sprint(err), "known here: ")
	if !ok {
		t.Fatal(err)
	}
	for _, key := range strings.Split(strings.TrimSpace(known), ", ") {
		if !regexp.MustCompile(`(?m)^(# )?` + key + `:`).MatchString(all["docs/configuration.md"]) {
			t.Errorf("docs/configuration.md has no line for %s", key)
		}
	}
	text := ""
	for name, page := range all {
		if name != "docs/reference.md" { // which is made of the routes
			text += page
		}
	}
	files, err := filepath.Glob(filepath.Join("..", "config", "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	keys := 0
	for _, file := range files {
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`\{"([a-z0-9_]+)", func\(n \*yamltree\.Node\)`).FindAllStringSubmatch(string(source), -1) {
			if keys++; !regexp.MustCompile(`\b` + m[1] + "(:|`|,|}| )").MatchString(text) {
				t.Errorf("no page has the key %s of %s", m[1], filepath.Base(file))
			}
		}
	}
	if keys < 150 {
		t.Errorf("only %d keys found: the pattern is broken", keys)
	}
}

var link = regexp.MustCompile(`\]\(([^)#:\s]+)(#[^)]*)?\)`)

// TestDocLinks: what a page links to is there.
func TestDocLinks(t *testing.T) {
	for page, text := range pages(t) {
		for _, m := range link.FindAllStringSubmatch(text, -1) {
			if _, err := os.Stat(filepath.Join("..", "..", filepath.Dir(page), m[1])); err != nil {
				t.Errorf("%s links to %s, which is not there", page, m[1])
			}
		}
	}
}

var call = regexp.MustCompile(`(?m)^(?:.*\| )?(?:bin/)?sluice ((?:[a-z-]+ ?)+)`)

// TestDocCommands: every command line in a shell block names commands and flags that exist.
func TestDocCommands(t *testing.T) {
	shell := regexp.MustCompile("(?ms)^```sh\n(.*?)^```$")
	lines := 0
	for page, text := range pages(t) {
		for _, m := range shell.FindAllStringSubmatch(text, -1) {
			for _, line := range strings.Split(m[1], "\n") {
				at := call.FindStringIndex(line)
				if at == nil {
					continue
				}
				lines++
				_, args, _ := strings.Cut(line[at[0]:], "sluice ")
				checkCall(t, page, line, strings.Fields(args))
			}
		}
	}
	if lines < 15 {
		t.Errorf("only %d command lines found", lines)
	}
}

func checkCall(t *testing.T, page, line string, args []string) {
	t.Helper()
	cmd, rest, err := root().Find(args)
	if err != nil || cmd.Name() == "sluice" && len(rest) > 0 || len(rest) > 0 && cmd.HasSubCommands() && !strings.HasPrefix(rest[0], "-") {
		t.Errorf("%s: no such command: %s", page, line)
		return
	}
	for _, a := range rest {
		name, ok := strings.CutPrefix(a, "--")
		name, _, _ = strings.Cut(name, "=")
		if ok && !hasFlag(cmd, name) {
			t.Errorf("%s: no flag --%s: %s", page, name, line)
		}
	}
}

func hasFlag(cmd *cobra.Command, name string) bool {
	return cmd.Flags().Lookup(name) != nil || cmd.InheritedFlags().Lookup(name) != nil
}

// TestDocCommandsComplete: the page about commands names them all.
func TestDocCommandsComplete(t *testing.T) {
	page := pages(t)["docs/cli.md"]
	for _, c := range root().Commands() {
		if !strings.Contains(page, "sluice "+c.Name()) && !strings.Contains(page, "`"+c.Name()+"`") {
			t.Errorf("docs/cli.md does not name %s", c.Name())
		}
		for _, sub := range c.Commands() {
			if !regexp.MustCompile(`(?m)^\| .sluice ` + c.Name() + `\b.*\b` + sub.Name() + `\b`).MatchString(page) {
				t.Errorf("docs/cli.md does not name %s %s", c.Name(), sub.Name())
			}
		}
	}
}

// TestNoFlagHidesAnother: a flag of a command with the name of one that all commands have would take
// its value: the server's address, and with it where the API key is sent.
func TestNoFlagHidesAnother(t *testing.T) {
	var walk func(*cobra.Command)
	walk = func(c *cobra.Command) {
		c.LocalNonPersistentFlags().VisitAll(func(f *pflag.Flag) {
			for p := c.Parent(); p != nil; p = p.Parent() {
				if p.PersistentFlags().Lookup(f.Name) != nil {
					t.Errorf("--%s of %q hides the one of %q", f.Name, c.CommandPath(), p.CommandPath())
				}
			}
		})
		for _, sub := range c.Commands() {
			walk(sub)
		}
	}
	walk(root())
}

// TestArchitectureNamesFilesThatExist holds the newcomer's walk to the tree.
func TestArchitectureNamesFilesThatExist(t *testing.T) {
	text := pages(t)["docs/architecture.md"]
	if lines := strings.Count(text, "\n"); lines == 0 || lines > 60 {
		t.Errorf("the walk has %d lines, at most 60 are read", lines)
	}
	files := regexp.MustCompile("`([\\w./-]+\\.go)`").FindAllStringSubmatch(text, -1)
	if len(files) < 30 {
		t.Fatalf("found only %d files: the pattern is broken", len(files))
	}
	for _, m := range files {
		if _, err := os.Stat(filepath.Join("..", "..", m[1])); err != nil {
			t.Errorf("docs/architecture.md names %s: %v", m[1], err)
		}
	}
}
