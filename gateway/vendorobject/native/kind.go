// Package native knows the paths of vendors' own APIs: which of them keep nothing, and which are about
// objects that the vendor keeps, such as files, batches and caches.
//
// A path that the tables do not have is [Unknown]: nobody can tell whose the objects behind it are.
package native

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
)

// Access is what a call does.
type Access int

const (
	Unknown   Access = iota
	Stateless        // asks a model, or shows what all may see
	Lists            // lists objects of a kind
	Makes            // makes one
	Uses             // shows, changes or deletes one, or what belongs to it
)

// Call is what a path says.
type Call struct {
	Access Access
	Kind   string // "files"
	ID     string // of the object that is used, as vendorobject.Store keeps it
	// IDs are the members that an object's id stands in: of the answer that makes one, and of the
	// elements of a list.
	IDs [][]string
	// Named tells that an id is the object's name in its API, such as "projects/p/files/abc";
	// vendorobject.Resource makes of it what is kept.
	Named bool
}

// kind is a collection of objects.
type kind struct {
	path  string     // of the collection; * is any one segment
	makes []string   // paths of POST that make one; nil: path
	ids   [][]string // nil: id, or name for those that are named
	named bool       // an object's id is its name: "files/abc"
	// alone is the path of one object, where it is not path/*.
	alone string
}

// api is the API of one vendor.
type api struct {
	strip     *regexp.Regexp // what a path begins with that says nothing
	stateless []string       // "METHOD path"; ** at the end is anything
	kinds     []kind
}

var version = regexp.MustCompile(`^(?:v\d+[a-z0-9]*/)?`)

// openAIKinds are those of OpenAI that package inference has no routes for
// (https://platform.openai.com/docs/api-reference).
var openAIKinds = []kind{
	{path: "responses"}, {path: "conversations"}, {path: "containers"}, {path: "videos"}, {path: "evals"}, {path: "skills"},
}

var apis = map[string]api{
	// https://docs.anthropic.com/en/api/overview
	"anthropic": {strip: version,
		stateless: []string{"GET models", "GET models/*", "POST messages", "POST messages/count_tokens", "POST complete", "POST experimental/*"},
		kinds:     []kind{{path: "messages/batches"}, {path: "files"}, {path: "skills"}}},
	"openai": {strip: version,
		stateless: []string{"GET models", "GET models/*", "GET engines", "POST completions", "POST edits", "POST responses/input_tokens"},
		kinds:     openAIKinds},
	// https://learn.microsoft.com/en-us/azure/ai-foundry/openai/latest
	"azure-openai": {strip: regexp.MustCompile(`^(?:openai/)?(?:v\d+[a-z0-9]*/)?`),
		stateless: []string{"GET models", "GET models/*", "GET deployments", "GET deployments/*", "POST deployments/*/**", "POST chat/completions", "POST completions", "POST embeddings",
			"POST images/**", "POST audio/**", "POST moderations"},
		kinds: append([]kind{{path: "files"}, {path: "uploads"}, {path: "batches"}, {path: "fine_tuning/jobs"}, {path: "vector_stores"}, {path: "assistants"}, {path: "threads"},
			{path: "video/generations/jobs"}}, openAIKinds...)},
	// https://docs.mistral.ai/api
	"mistral-ai": {strip: version,
		stateless: []string{"GET models", "GET models/*", "POST fim/completions", "POST ocr", "POST chat/moderations", "POST classifications", "POST chat/classifications"},
		kinds:     []kind{{path: "files"}, {path: "batch/jobs"}, {path: "fine_tuning/jobs"}}},
	// https://ai.google.dev/api/all-methods
	"google": {strip: regexp.MustCompile(`^(?:upload/|download/)?(?:v\d+[a-z0-9]*/)?`),
		stateless: []string{"GET models", "GET models/*", "POST models/*", "POST openai/chat/completions", "POST openai/embeddings", "POST openai/images/generations", "GET openai/models"},
		kinds: []kind{{path: "files", named: true, ids: [][]string{{"file", "name"}, {"name"}}}, {path: "cachedContents", named: true},
			{path: "batches", named: true, makes: []string{"models/*:batchGenerateContent", "models/*:asyncBatchEmbedContent"}},
			{path: "tunedModels", named: true, ids: [][]string{{"metadata", "tunedModel"}, {"name"}}}, {path: "corpora", named: true}, {path: "fileSearchStores", named: true},
			{path: "models/*/operations", named: true, makes: []string{"models/*:predictLongRunning"}}}},
	// https://cloud.google.com/vertex-ai/docs/reference/rest
	"vertex-ai": {strip: regexp.MustCompile(`^(?:v\d+[a-z0-9]*/)?(?:projects/[^/]+/)?(?:locations/[^/]+/)?`),
		stateless: []string{"GET publishers/*/models", "GET publishers/*/models/*", "POST publishers/*/models/*", "POST endpoints/openapi/chat/completions", "POST endpoints/openapi/embeddings"},
		kinds: []kind{{path: "cachedContents", named: true}, {path: "batchPredictionJobs", named: true}, {path: "tuningJobs", named: true}, {path: "ragCorpora", named: true},
			{path: "operations", named: true, makes: []string{"publishers/*/models/*:predictLongRunning"}}}},
	// https://docs.aws.amazon.com/bedrock/latest/APIReference
	"bedrock": {strip: regexp.MustCompile(`^`),
		stateless: []string{"POST model/*/invoke", "POST model/*/invoke-with-response-stream", "POST model/*/converse", "POST model/*/converse-stream", "POST model/*/count-tokens",
			"POST guardrail/*/version/*/apply", "GET foundation-models", "GET foundation-models/*"},
		kinds: []kind{{path: "async-invoke", ids: [][]string{{"invocationArn"}}}, {path: "model-invocation-jobs", alone: "model-invocation-job/*", makes: []string{"model-invocation-job"}, ids: [][]string{{"jobArn"}}}}},
}

// Read says what a call does. segments are those of its path below the prefix, each of them decoded.
func Read(provider, method string, segments []string) Call {
	a, ok := apis[provider]
	if !ok {
		return Call{}
	}
	skip := 0
	if found := a.strip.FindString(strings.Join(segments, "/") + "/"); provider != "bedrock" { // whose ids have slashes
		skip = strings.Count(found, "/")
	}
	rest := segments[min(skip, len(segments)):]
	for i := range a.kinds {
		if c, ok := a.kinds[i].read(method, rest); ok {
			return c
		}
	}
	for _, line := range a.stateless {
		verb, pattern, _ := strings.Cut(line, " ")
		if verb == method && matches(pattern, rest, true) {
			return Call{Access: Stateless}
		}
	}
	return Call{}
}

func (k *kind) read(method string, rest []string) (Call, bool) {
	c := Call{Kind: k.path, IDs: k.ids, Named: k.named}
	if c.IDs == nil {
		c.IDs = [][]string{{"id"}}
		if k.named {
			c.IDs = [][]string{{"name"}}
		}
	}
	makes := k.makes
	if makes == nil {
		makes = []string{k.path}
	}
	if method == http.MethodPost && slices.ContainsFunc(makes, func(pattern string) bool { return matches(pattern, rest, false) }) {
		c.Access = Makes
		return c, true
	}
	if method == http.MethodGet && matches(k.path, rest, false) {
		c.Access = Lists
		return c, true
	}
	one := k.alone
	if one == "" {
		one = k.path + "/*"
	}
	n := strings.Count(one, "/") + 1
	if len(rest) < n || !matches(one, rest[:n], false) {
		return c, false
	}
	c.Access, c.ID = Uses, rest[n-1]
	if k.named {
		id, _, _ := strings.Cut(c.ID, ":") // files/abc:download
		c.ID = rest[n-2] + "/" + id
	}
	return c, true
}

// matches compares segments with a pattern. Where free, an action behind a colon does not matter:
// "models/*" is also "models/m:predict".
func matches(pattern string, segments []string, free bool) bool {
	parts := strings.Split(pattern, "/")
	if n := len(parts) - 1; parts[n] == "**" {
		parts = parts[:n]
		if len(segments) <= n {
			return false
		}
		segments = segments[:n]
	}
	if len(parts) != len(segments) {
		return false
	}
	for i, part := range parts {
		name, action, _ := strings.Cut(part, ":")
		given, done := segments[i], ""
		if i == len(parts)-1 && (action != "" || name == "*" && !free) {
			given, done, _ = strings.Cut(given, ":")
		}
		switch {
		case given == "", name != "*" && name != given:
			return false
		case action != "" && action != done:
			return false
		}
	}
	return true
}
