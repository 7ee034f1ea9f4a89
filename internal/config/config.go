// Package config reads the server's file: strict YAML in, an immutable [Config] with every
// default filled in out. An unknown key, a wrong type, a bad value and a missing environment
// variable are problems; all of them are reported at once, each with line, column and path.
//
// Text that came from the environment and anything that may hold a password is never quoted
// in a message.
package config

import (
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/credential"
	"github.com/sluicegate/sluice/gateway/identity"
	"github.com/sluicegate/sluice/gateway/identity/bearer"
	"github.com/sluicegate/sluice/internal/config/yamltree"
	"github.com/sluicegate/sluice/internal/httpapi/listen"
	"github.com/sluicegate/sluice/internal/httpapi/realtime"
)

// Config is the server's file with its defaults filled in. It is not modified after Load.
type Config struct {
	Listen             string
	DataDir            string
	Identity           identity.Declared // workspaces and api_keys
	OwnerKey           gateway.Secret    // the first owner's key, unless the environment sets one; empty = one is generated. Only LiteLLM's file has it
	VirtualKeys        []credential.NewVirtualKey
	Vault              *Vault // nil = none
	Configs            []SavedConfig
	OrganisationConfig string // slug of one of Configs, of the workspace default; "" = none
	Models             []ModelName
	PromptsDir         string // "" = none
	MaxBody            int64  // bytes
	Redact             gateway.RedactPolicy
	Cache              Cache
	Control            Control
	Telemetry          Telemetry
	Anchor             Anchor        `json:",omitzero"` // audit.anchor
	Exports            Exports       `json:",omitzero"`
	Catalog            Catalog       `json:",omitzero"`
	UnknownObjects     bool          `json:",omitzero"` // calls may use what a vendor keeps although no call through Sluice has made it
	AskEvery           time.Duration `json:",omitzero"` // the shortest time between two questions about a vendor's work, such as a batch; 0 = a minute
	Counters           Counters
	RateLimits         []RateLimit // of all keys, too
	PriceRules         []PriceRule
	Pricing            Pricing
	Budgets            []Budget
	Alerts             Alerts
	Timeouts           Timeouts
	TrustedHosts       []string
	HTTP               listen.Config   // tls, h2c, limits and trusted_proxies
	Realtime           realtime.Limits `json:",omitzero"`
	DrainDelay         time.Duration   `json:",omitzero"` // between the signal to end and the last accepted connection
	UnknownKeys        int             // that an address may present within a minute; 0 = the default
	Origins            []string        // allowed_origins
	Compat             gateway.Compat  // gateway whose errors are imitated
	Tokens             []bearer.Issuer `json:",omitempty"` // jwt
	SignIn             SignIn          `json:",omitzero"`  // public_url and oidc
}

// SavedConfig is one entry of "configs".
type SavedConfig struct {
	Slug, Name, Workspace string
	Document              json.RawMessage
}

// ModelName is one entry of "models": a name that callers use, answered by a saved config.
type ModelName struct {
	Name, Workspace string
	Config          string // slug
	Model           string // sent upstream by targets that name none; "" = the name
	Provider        string // for the list; "" = unknown
	Hidden          bool
}

// Cache holds the settings of the semantic cache.
type Cache struct {
	Index    string // "memory" or "qdrant"
	MaxBytes int64  // memory for answers, and again for the index
	Qdrant   Qdrant
	Embedder Embedder
	Checks   CacheChecks
	Quota    InsertQuota
	Jitter   time.Duration // longest random pause before a stored answer; 0 = none
	Answers  CacheAnswers
}

// InsertQuota bounds what one caller stores in the cache.
type InsertQuota struct {
	PerHour int     // answers; 0 = no bound
	Share   float64 // of the memory, that one caller fills at the expense of others; 0 = the default
}

// CacheChecks are calls that tell whether stored answers to near questions are right. The zero value
// makes none.
type CacheChecks struct {
	Judge       string  // the model that is asked, as a caller names it
	DailyBudget int64   // nano-USD, of the judge and of shadow calls together
	TimeZone    string  // IANA name, in which a day begins; "" = UTC
	Shadow      float64 // share of the answers to near questions that are followed by the call that they saved
}

// Qdrant is the server of the vector index.
type Qdrant struct {
	URL        string
	APIKey     gateway.Secret
	Collection string
}

// Embedder says what computes vectors.
type Embedder struct {
	Kind       EmbedderKind
	Model      string // of an endpoint, or in the data directory; "" = the one added last
	URL        string // base URL of an OpenAI-shaped endpoint
	APIKey     gateway.Secret
	Dimensions int // length of the endpoint's vectors
}

// EmbedderKind is a kind of embedder.
type EmbedderKind string

// The kinds of embedders.
const (
	EmbedderAuto     EmbedderKind = "auto"    // a model of the data directory if there is one, else the built-in table
	EmbedderBuiltin  EmbedderKind = "builtin" // the built-in table
	EmbedderModel    EmbedderKind = "model"   // a model of the data directory
	EmbedderEndpoint EmbedderKind = "endpoint"
)

// Control says where control data is kept: identity, keys, configs, prompts and the ledger.
type Control struct {
	Store string         // "sqlite" (a file in the data directory) or "postgres"
	DSN   gateway.Secret // of postgres
	// Lease is how long the reservations of a replica that died stand before they count as spent.
	Lease time.Duration
	// MaxOutage is how long a replica stays ready while postgres does not answer.
	MaxOutage time.Duration
}

// Telemetry says where records go and how long they stay.
type Telemetry struct {
	Store          string         // "sqlite" or "clickhouse"
	DSN            gateway.Secret // of clickhouse
	Content        string         // "none", "redacted" or "full"
	Retention      time.Duration
	AuditRetention time.Duration // 0 = forever
	OTLP           OTLP
	Spool          Spool
}

// Spool is the write-ahead log in front of the store. Zero values mean the defaults of package
// spool.
type Spool struct {
	SegmentAge  time.Duration // rows are handed to the store after this time
	SegmentSize int64         // or when this many bytes wait
	InsertRows  int           // waiting rows are merged into inserts of this size
	MaxSize     int64         // bytes on disk; beyond it rows wait in memory
}

// Anchor says where the signed heads of the audit chains are exported to.
type Anchor struct {
	To    string // path of a file, or a URL; "" = nowhere
	Every time.Duration
}

// OTLP is the collector that spans are exported to.
type OTLP struct {
	Endpoint       string // base of all signals
	TracesEndpoint string // full URL for traces; both "" = no export
	Headers        map[string]gateway.Secret
}

// Hosts returns the hosts of the servers that the operator configured, each with and without
// its port. They may appear in the log.
func (c *Config) Hosts() []string {
	var out []string
	for _, text := range []string{c.Telemetry.OTLP.Endpoint, c.Telemetry.OTLP.TracesEndpoint, c.Telemetry.DSN.Reveal(), c.Control.DSN.Reveal(), c.Counters.URL.Reveal(), c.Cache.Qdrant.URL, c.Cache.Answers.endpoint(), c.Cache.Embedder.URL, c.Exports.endpoint(), c.vaultAddress(), c.SignIn.issuer()} {
		if u, err := url.Parse(text); err == nil && u.Host != "" {
			out = append(out, strings.Split(u.Host, ",")...) // a DSN may name several
			out = append(out, u.Hostname())
		}
	}
	return out
}

func (c *Config) vaultAddress() string {
	if c.Vault == nil {
		return ""
	}
	return c.Vault.Address
}

// Timeouts bound a call to a provider.
type Timeouts struct {
	Connect, FirstByte, IdleStream time.Duration
}

// Default returns the settings of `sluice serve` without a file.
func Default() Config {
	return Config{
		Listen:     "127.0.0.1:8787",
		DataDir:    "./data",
		PromptsDir: "./prompts",
		MaxBody:    32 << 20,
		Cache:      Cache{Index: "memory", Embedder: Embedder{Kind: EmbedderAuto}, MaxBytes: 256 << 20, Qdrant: Qdrant{Collection: "sluice"}},
		Control:    Control{Store: "sqlite", Lease: time.Minute, MaxOutage: 24 * time.Hour},
		Telemetry:  Telemetry{Store: "sqlite", Content: "redacted", Retention: 30 * 24 * time.Hour},
		Counters:   Counters{Store: "memory", Timeout: 50 * time.Millisecond},
		Timeouts:   Timeouts{Connect: 5 * time.Second, FirstByte: 120 * time.Second, IdleStream: 60 * time.Second},
		HTTP:       listen.Config{Limits: listen.DefaultLimits()},
	}
}

// Problem is one fault of a file, at its position.
type Problem = yamltree.Problem

// Validator returns every problem of a config document, which is JSON. The paths are those of
// the document ("config.targets[0].weight"); lines, where set, count from 1 in the document.
type Validator func(raw []byte) []Problem

// Checks are the rules that other packages own. A nil check accepts everything.
type Checks struct {
	Vendor func(id string) bool // whether a provider with this id exists
	Config Validator
	// Settings returns the first setting of a virtual key that a provider does not take, and what is
	// wrong with it: it completes "The field …". nil: all are good.
	Settings func(provider string, settings gateway.ProviderSettings) (name, problem string)
	// Missing is what credential.Config has under this name. nil: nothing is missing.
	Missing func(key gateway.VirtualKey) (field, problem string)
	Now     func() time.Time // nil: an expiry in the past is no problem
}

// Error lists every problem of a file.
type Error struct {
	Problems yamltree.Problems
}

func (e *Error) Error() string {
	file := ""
	if len(e.Problems) > 0 {
		file = e.Problems[0].File
	}
	return fmt.Sprintf("%s in %s:\n%s", e.Problems.Count(), file, e.Problems.Error())
}

// Load reads the server's file. The error is an *Error if the file could be read.
func Load(path string, getenv func(string) (string, bool), checks Checks) (Config, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return Config{}, fmt.Errorf("the config file cannot be read: %w", err)
	}
	return Read(path, raw, getenv, checks)
}

// Read is Load for a file whose text is at hand. path appears in messages only.
func Read(path string, raw []byte, getenv func(string) (string, bool), checks Checks) (Config, error) {
	cfg := Default()
	root, ps := yamltree.Parse(raw)
	r := &reader{checks: checks, getenv: getenv, problems: ps, fromEnv: map[*yamltree.Node]bool{}, reported: map[*yamltree.Node]bool{}}
	if root != nil {
		root.Walk(func(n *yamltree.Node) { r.interpolate(n, getenv) })
		r.root(root, &cfg)
	}
	if len(r.problems) > 0 {
		return Config{}, &Error{Problems: r.problems.In(path)}
	}
	return cfg, nil
}
