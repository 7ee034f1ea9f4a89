package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"testing"
)

const module = "github.com/sluicegate/sluice/"

// rooms says what a package may import of ours beside package gateway, its parents and its
// children: adapters point inwards, siblings do not know each other.
var rooms = map[string][]string{
	"internal/store/sql":   {"gateway/keys", "gateway/route", "prompts"}, // implements the stores of all three
	"internal/httpapi":     {"gateway/keys", "gateway/route", "gateway/sse", "prompts", "telemetry", "telemetry/audit", "telemetry/listing"},
	"gateway/keys":         {"gateway/catalog"},
	"gateway/provider":     {"gateway/sse"},
	"cache/embed":          {"cache/match/lexicon"},
	"cache/key":            {"cache/match"},
	"cache/memindex":       {"cache/key"},
	"cache/qdrant":         {"cache/key"},
	"telemetry/audit":      {"telemetry/listing"},
	"telemetry/recorder":   {"telemetry/audit", "telemetry/listing"},
	"telemetry/sqlite":     {"telemetry/audit", "telemetry/listing", "telemetry/internal/lock"},
	"telemetry/clickhouse": {"telemetry/audit", "telemetry/listing"},
	"telemetry/spool":      {"telemetry/audit", "telemetry/internal/lock"},
	"guardrails/checks":    {"guardrails/pii"},
	"guardrails/redact":    {"guardrails/pii"},
}

// vendors says which packages may touch an outside library, and nobody else.
var vendors = map[string][]string{
	"github.com/labstack/echo/":             {"internal/httpapi", "test/bench"},
	"github.com/qdrant/go-client":           {"cache/qdrant", "cache/qdrant/qdranttest"},
	"github.com/ClickHouse/":                {"telemetry/clickhouse", "telemetry/clickhouse/chdb"},
	"github.com/uptrace/bun":                {"internal/store/sql"},
	"modernc.org/sqlite":                    {"internal/store/sql", "telemetry/sqlite"},
	"go.opentelemetry.io/otel":              {"telemetry", "telemetry/clickhouse", "telemetry/otlp"},
	"github.com/prometheus/client_golang":   {"telemetry/prom"},
	"github.com/spf13/cobra":                {"cmd/sluice"},
	"github.com/cbroglie/mustache":          {"prompts"},
	"github.com/santhosh-tekuri/jsonschema": {"guardrails/checks"},
	"github.com/go-json-experiment/json":    {"internal/jsonx"},
	"github.com/ebitengine/purego":          {"telemetry/clickhouse/chdb"},
}

// process lists calls that only cmd may make: the rest of the product takes its settings
// as arguments and reports by returning.
var process = map[string]bool{"os.Getenv": true, "os.LookupEnv": true, "os.Exit": true, "log.Fatal": true, "log.Fatalf": true}

type source struct {
	path, pkg string
	test      bool
	lines     int
	file      *ast.File
}

func TestLayering(t *testing.T) {
	files := sources(t, filepath.Join("..", ".."))
	if len(files) < 50 {
		t.Fatalf("found only %d files: the walk is broken", len(files))
	}
	for _, f := range files {
		for _, spec := range f.file.Imports {
			path := strings.Trim(spec.Path.Value, `"`)
			if ours, ok := strings.CutPrefix(path, module); ok {
				if !mayImport(f, ours) {
					t.Errorf("%s imports %s: %s may not (see rooms in this test)", f.path, ours, f.pkg)
				}
			}
			for vendor, homes := range vendors {
				if strings.HasPrefix(path, vendor) && !f.test && !slices.Contains(homes, f.pkg) {
					t.Errorf("%s imports %s: its adapter is %v", f.path, path, homes)
				}
			}
			if f.pkg == "gateway" && !f.test && strings.Contains(path, ".") && !strings.HasPrefix(path, "github.com/tidwall/") {
				t.Errorf("%s imports %s: package gateway takes the standard library, gjson and sjson", f.path, path)
			}
		}
		if f.test || strings.HasPrefix(f.pkg, "cmd/") || isHelper(f.pkg) {
			continue
		}
		ast.Inspect(f.file, func(n ast.Node) bool {
			if sel, ok := n.(*ast.SelectorExpr); ok {
				if x, ok := sel.X.(*ast.Ident); ok && process[x.Name+"."+sel.Sel.Name] {
					t.Errorf("%s calls %s.%s: only cmd may", f.path, x.Name, sel.Sel.Name)
				}
			}
			if fn, ok := n.(*ast.FuncDecl); ok && fn.Name.Name == "init" && fn.Recv == nil {
				t.Errorf("%s has an init function: use an explicit table", f.path)
			}
			return true
		})
	}
}

func TestFilesHoldOneNoun(t *testing.T) {
	var sizes []int
	for _, f := range sources(t, filepath.Join("..", "..")) {
		if f.lines > 500 {
			t.Errorf("%s has %d lines, the stop is 500: split it by noun", f.path, f.lines)
		}
		if !f.test {
			sizes = append(sizes, f.lines)
		}
	}
	sort.Ints(sizes)
	if median := sizes[len(sizes)/2]; median > 120 {
		t.Errorf("the median file has %d lines, the target is 120", median)
	}
	if p90 := sizes[len(sizes)*9/10]; p90 > 300 {
		t.Errorf("one file in ten has more than %d lines, the target is 300", p90)
	}
}

func mayImport(f source, ours string) bool {
	if f.test || strings.HasPrefix(f.pkg, "cmd/") || isHelper(f.pkg) {
		return true
	}
	if ours == "internal/jsonx" {
		return true // a plain library
	}
	if f.pkg == "gateway" || f.pkg == "internal/jsonx" {
		return false
	}
	return ours == "gateway" || strings.HasPrefix(f.pkg, ours+"/") || strings.HasPrefix(ours, f.pkg+"/") || slices.Contains(rooms[f.pkg], ours)
}

// isHelper reports packages that exist for tests: suites, doubles, the ClickHouse helper.
func isHelper(pkg string) bool {
	return strings.HasSuffix(pkg, "test") || strings.HasPrefix(pkg, "telemetry/clickhouse/chdb") || strings.HasPrefix(pkg, "test/")
}

func sources(t *testing.T, root string) []source {
	t.Helper()
	var out []source
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "node_modules" || d.Name() == "testdata" || strings.HasPrefix(d.Name(), ".") && path != root) {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(path, ".go") {
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, text, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		rel, _ := filepath.Rel(root, path)
		rel = filepath.ToSlash(rel)
		out = append(out, source{path: rel, pkg: filepath.ToSlash(filepath.Dir(rel)), test: strings.HasSuffix(rel, "_test.go"),
			lines: strings.Count(string(text), "\n"), file: file})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}
