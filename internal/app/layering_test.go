package app

import (
	"go/ast"
	"slices"
	"sort"
	"strings"
	"testing"
)

const module = "github.com/sluicegate/sluice/"

// The layers, from the inside out:
//
//	internal/jsonx   raw JSON; imports nothing of ours
//	libraries        internal/sniff and gateway/bodyfield; import internal/jsonx
//	gateway          the vocabulary; imports internal/jsonx
//	parts            prompts, guardrails, cache, telemetry, and each folder of gateway; a part
//	                 imports gateway, the libraries and its own packages, and no other part
//	shell            the other folders of internal; import parts, and no other shell package
//	app, cli, cmd    import what they need; nothing imports them
//
// arrows are the exceptions, each with its reason.
var arrows = []struct{ from, to, reason string }{
	{"gateway/provider", "gateway/dialect", "a provider is a dialect with a framing and a signature"},
	{"gateway/provider", "gateway/sse", "a provider is a dialect with a framing and a signature"},
	{"gateway/dialect", "gateway/sse", "an event of a dialect is an SSE frame"},
	{"gateway/dialect", "gateway/catalog", "a format that demands a limit takes the catalogue's"},
	{"gateway/limit", "gateway/policy", "a limit concerns the calls of a policy"},
	{"gateway/billing", "gateway/policy", "a budget concerns the calls of a policy"},
	{"gateway/billing", "gateway/catalog", "the cost of an exchange follows the catalogue's prices"},
	{"gateway/vendorobject", "gateway/dialect", "the results of a batch are answers in a dialect"},
	{"gateway/batchfile", "gateway/dialect", "a line of a batch is a request in a dialect"},
	{"gateway/batchfile", "gateway/billing", "what a line may cost is bounded like a single call"},
	{"gateway/batchfile", "gateway/vendorobject", "what a file may cost is kept with the file"},
	{"gateway/route", "gateway/rendezvous", "a sticky loadbalance draws by a key"},
	{"gateway/route", "gateway/breaker", "a strategy leaves targets out that fail"},
	{"prompts", "gateway/rendezvous", "an experiment draws by a key"},
	{"gateway/catalog", "gateway/recurring", "renewing the catalogue tells how it goes"},
	{"gateway/credential", "gateway/recurring", "reading references again tells how it goes"},
	{"gateway/replica", "gateway/recurring", "following other replicas tells how it goes"},
	{"gateway/vendorobject", "gateway/recurring", "asking vendors tells how it goes"},
	{"internal/config", "internal/httpapi/listen", "the file sets the listener's limits"},
	{"internal/config", "internal/httpapi/realtime", "the file sets the limits of sessions"},
}

// libraries are what every part may import besides gateway. They know no part, and not gateway either.
var libraries = []string{"internal/jsonx", "internal/sniff", "gateway/bodyfield"}

// rooms are the folders whose packages do not import each other, but for the one that they share. The folder
// itself composes them.
var rooms = []struct{ folder, shared string }{
	{"internal/store/sql", "db"}, // each has tables of its own
}

// vendors are the libraries that only the named folders import.
var vendors = map[string][]string{
	"github.com/labstack/echo/":             {"internal/httpapi", "test/bench"},
	"github.com/aws/":                       {"gateway/provider/auth/aws", "gateway/provider/framing", "telemetry/export/s3"},
	"github.com/qdrant/go-client":           {"cache/qdrant"},
	"github.com/ClickHouse/":                {"telemetry/clickhouse"},
	"github.com/uptrace/bun":                {"internal/store/sql"},
	"github.com/redis/go-redis":             {"internal/store/redis"},
	"github.com/failsafe-go/":               {"gateway/limit"},
	"github.com/pressly/goose/":             {"internal/store/sql", "telemetry/sqlite", "telemetry/clickhouse"},
	"github.com/jackc/pgx/":                 {"internal/store/sql", "internal/store/postgrestest"},
	"modernc.org/sqlite":                    {"internal/store/sql", "telemetry/sqlite"},
	"go.opentelemetry.io/otel":              {"telemetry", "internal/httpapi"},
	"go.opentelemetry.io/proto":             {"telemetry/foreign", "internal/httpapi/intake"},
	"github.com/prometheus/client_golang":   {"telemetry/prom"},
	"github.com/coreos/go-oidc/":            {"gateway/identity/oidc"},
	"github.com/go-jose/go-jose/":           {"gateway/identity/bearer", "gateway/identity/oidc/oidctest"},
	"github.com/coder/websocket":            {"gateway/provider", "internal/httpapi/realtime"},
	"github.com/spf13/cobra":                {"internal/cli"},
	"github.com/goccy/go-yaml":              {"internal/config/yamltree"},
	"github.com/cbroglie/mustache":          {"prompts"},
	"github.com/santhosh-tekuri/jsonschema": {"guardrails/checks", "internal/httpapi/openapitest"},
	"github.com/ebitengine/purego":          {"telemetry/clickhouse/chdb"},
	"github.com/parquet-go/":                {"telemetry/export", "internal/reconcile"}, // what is exported, and what clouds export
	"html/template":                         nil,                                        // a template may name any method, so the linker keeps all of them: a fifth of the binary
	"text/template":                         nil,
}

// processCalls read the environment or end the process. Only the outermost packages may: all
// others take settings as arguments and report by returning.
var processCalls = []string{"os.Getenv", "os.LookupEnv", "os.Environ", "os.Exit", "log.Fatal", "log.Fatalf", "log.Fatalln"}

func TestLayering(t *testing.T) {
	files := sources(t)
	if len(files) < 50 {
		t.Fatalf("found only %d files: the walk is broken", len(files))
	}
	for _, f := range files {
		for _, p := range f.imports {
			if ours, ok := strings.CutPrefix(p, module); ok {
				if !f.support() && !mayImport(f.pkg, ours) {
					t.Errorf("%s imports %s, which is not in a layer below %s", f.path, ours, f.pkg)
				}
			}
			for vendor, homes := range vendors {
				if strings.HasPrefix(p, vendor) && !f.test && !slices.ContainsFunc(homes, func(h string) bool { return inside(f.pkg, h) }) {
					t.Errorf("%s imports %s, which belongs to %v", f.path, p, homes)
				}
			}
			if f.pkg == "gateway" && !f.test && strings.Contains(p, ".") && !strings.HasPrefix(p, module) && !strings.HasPrefix(p, "github.com/tidwall/") {
				t.Errorf("%s imports %s: package gateway takes the standard library, gjson and sjson", f.path, p)
			}
		}
		program := f.file.Name.Name == "main" // a generator: it may end its process
		if !f.support() && !outermost(f.pkg) && !program {
			checkCalls(t, f)
			checkSignatures(t, f)
		}
	}
}

// TestMayImport holds the rules themselves.
func TestMayImport(t *testing.T) {
	for _, c := range []struct {
		from, to string
		want     bool
	}{
		{"gateway", "internal/jsonx", true}, {"gateway", "gateway/sse", false}, {"gateway", "internal/config", false},
		{"gateway", "gateway/bodyfield", false}, {"gateway/bodyfield", "gateway", false}, {"gateway/bodyfield", "internal/jsonx", true}, {"cache", "internal/sniff", true},
		{"cache", "gateway", true}, {"cache", "gateway/route", false}, {"cache", "telemetry", false}, {"cache/qdrant", "cache/key", true},
		{"gateway/identity", "gateway/credential", false}, {"gateway/route", "prompts", false}, {"gateway/dialect/openai", "gateway/dialect/message", true},
		{"gateway/provider", "gateway/dialect/openai", true}, {"prompts", "internal/config/yamltree", false}, {"prompts", "internal/jsonx", true},
		{"internal/httpapi", "telemetry", true}, {"internal/httpapi", "internal/store/sql", false}, {"internal/httpapi", "internal/app", false},
		{"internal/store/sql/spending", "internal/store/sql/db", true}, {"internal/store/sql/spending", "internal/store/sql/accounts", false},
		{"internal/store/sql/db", "internal/store/sql/accounts", false}, {"internal/store/sql", "internal/store/sql/accounts", true},
		{"internal/app", "internal/store/sql", true}, {"internal/app", "internal/app/logging", true}, {"internal/app", "internal/cli", false}, {"cmd/sluice", "internal/cli", true},
	} {
		if got := mayImport(c.from, c.to); got != c.want {
			t.Errorf("%s → %s: %v, want %v", c.from, c.to, got, c.want)
		}
	}
}

func TestFilesHoldOneNoun(t *testing.T) {
	var sizes []int
	for _, f := range sources(t) {
		if f.lines > 500 {
			t.Errorf("%s has %d lines, the limit is 500: split it by noun", f.path, f.lines)
		}
		if !f.test {
			sizes = append(sizes, f.lines)
		}
	}
	sort.Ints(sizes)
	if median := sizes[len(sizes)/2]; median > 120 {
		t.Errorf("the median file has %d lines, the limit is 120", median)
	}
	if p90 := sizes[len(sizes)*9/10]; p90 > 300 {
		t.Errorf("one file in ten has more than %d lines, the limit is 300", p90)
	}
}

// mayImport reports whether a package may import another one of ours.
func mayImport(from, to string) bool {
	switch {
	case inside(to, "cmd"):
		return false
	case inside(to, "internal/cli"):
		return inside(from, "internal/cli") || inside(from, "cmd")
	case inside(to, "internal/app"):
		return outermost(from)
	case outermost(from):
		return true
	case otherRoom(from, to):
		return false
	case from == "gateway", slices.Contains(libraries, from):
		return from != "internal/jsonx" && to == "internal/jsonx"
	case slices.Contains(libraries, to), to == "gateway", part(from) == part(to):
		return true
	case inside(from, "internal") && !inside(to, "internal"):
		return true
	}
	for _, a := range arrows {
		if inside(from, a.from) && inside(to, a.to) {
			return true
		}
	}
	return false
}

// otherRoom reports whether two packages are in different rooms of a folder, and the second is not what
// the rooms share.
func otherRoom(from, to string) bool {
	for _, r := range rooms {
		one, in := strings.CutPrefix(from, r.folder+"/")
		two, also := strings.CutPrefix(to, r.folder+"/")
		one, _, _ = strings.Cut(one, "/")
		two, _, _ = strings.Cut(two, "/")
		if in && also && one != two && two != r.shared {
			return true
		}
	}
	return false
}

// part returns the folder that counts as one: gateway/route, cache, internal/config.
func part(pkg string) string {
	first, rest, _ := strings.Cut(pkg, "/")
	if second, _, _ := strings.Cut(rest, "/"); second != "" && (first == "gateway" || first == "internal") {
		return first + "/" + second
	}
	return first
}

func outermost(pkg string) bool {
	return inside(pkg, "cmd") || inside(pkg, "internal/app") || inside(pkg, "internal/cli")
}

func inside(pkg, folder string) bool { return pkg == folder || strings.HasPrefix(pkg, folder+"/") }

// checkCalls reports calls that only the outermost packages make, and init functions.
func checkCalls(t *testing.T, f source) {
	ast.Inspect(f.file, func(n ast.Node) bool {
		if sel, ok := n.(*ast.SelectorExpr); ok {
			if x, ok := sel.X.(*ast.Ident); ok && slices.Contains(processCalls, x.Name+"."+sel.Sel.Name) {
				t.Errorf("%s calls %s.%s: only cmd, internal/app and internal/cli may", f.path, x.Name, sel.Sel.Name)
			}
		}
		if fn, ok := n.(*ast.FuncDecl); ok && fn.Name.Name == "init" && fn.Recv == nil {
			t.Errorf("%s has an init function: use an explicit table", f.path)
		}
		return true
	})
}
