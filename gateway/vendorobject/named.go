package vendorobject

import (
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/sluicegate/sluice/internal/jsonx"
)

// Reference is an object that a body names.
type Reference struct {
	ID    string // as [Store] keeps it
	Field string // path to it
}

// MaxReferences bounds the objects that one body names.
const MaxReferences = 500

// fields are the names of members whose strings, or lists of strings, refer to what a vendor keeps: of
// OpenAI (https://platform.openai.com/docs/api-reference), Anthropic
// (https://docs.anthropic.com/en/api/overview) and Mistral (https://docs.mistral.ai/api).
var fields = map[string]bool{
	"file_id": true, "file_ids": true, "vector_store_id": true, "vector_store_ids": true, "input_file_id": true, "training_file": true, "validation_file": true,
	"input_files": true, "assistant_id": true, "upload_id": true, "container_id": true, "skill_id": true,
	"container": true, "conversation": true, // a string, or an object with the id
}

// resourceFields are those of Google's APIs, whose strings hold the name of a resource
// (https://ai.google.dev/api/all-methods).
var resourceFields = map[string]bool{
	"fileUri": true, "file_uri": true, "cachedContent": true, "cached_content": true,
	"fileSearchStoreNames": true, "file_search_store_names": true, "operationName": true, "ragCorpus": true, "rag_corpus": true,
}

// resource finds the collection and the id in the name of a resource, or in its address.
var resource = regexp.MustCompile(`(?:^|/)((?:files|cachedContents|batches|tunedModels|corpora|fileSearchStores|batchPredictionJobs|tuningJobs|ragCorpora|operations)/[^/?#:\s]+)`)

// Resource is the name that [Store] keeps a resource of Google's under: "files/abc". It is "" for what
// is none, such as the address of another host.
func Resource(name string) string {
	found := resource.FindStringSubmatch(name)
	if found == nil {
		return ""
	}
	if u, err := url.Parse(name); err == nil && u.Host != "" && !strings.HasSuffix(strings.ToLower(u.Hostname()), "googleapis.com") {
		return ""
	}
	return found[1]
}

// prebuilt are the skills that Anthropic has made, which belong to nobody.
var prebuilt = []string{"pptx", "xlsx", "docx", "pdf"}

// Named lists what a body refers to, in the order of its text. What a model wrote or gets as arguments
// of a tool, schemas and metadata are left out: no vendor looks there for an object. raw was checked.
// Beyond [MaxReferences] it stops.
func Named(raw []byte) []Reference { return find(raw, referred) }

func find(raw []byte, referred func(jsonx.Node) string) (list []Reference) {
	jsonx.Walk(raw, func(n jsonx.Node) jsonx.Action {
		switch {
		case len(list) > MaxReferences:
			return jsonx.Stop
		case n.Kind == jsonx.KindObject && foreignText(raw, n):
			return jsonx.Skip
		case n.Kind != jsonx.KindString:
			return jsonx.Descend
		}
		if id := referred(n); id != "" {
			list = append(list, Reference{id, n.Path.String()})
		}
		return jsonx.Descend
	})
	return list
}

// referred is the object that a string refers to; "" if it refers to none.
func referred(n jsonx.Node) string {
	name := n.Path.Key(-1)
	if name == "" { // an element of a list
		name = n.Path.Key(-2)
	} else if name == "id" && (n.Path.Key(-2) == "container" || n.Path.Key(-2) == "conversation") {
		name = n.Path.Key(-2)
	}
	switch {
	case name == "id" && n.Path.Key(-2) == "audio": // an answer of a model that spoke
		return n.Text()
	case resourceFields[name], (name == "fileName" || name == "file_name") && strings.HasPrefix(n.Path.Key(-2), "input"): // of a batch
		return Resource(n.Text())
	case !fields[name]:
		return ""
	}
	text := n.Text()
	if name == "skill_id" && slices.Contains(prebuilt, text) {
		return ""
	}
	return text
}

// foreignText reports an object that is nobody's to interpret but the caller's or the model's.
func foreignText(raw []byte, n jsonx.Node) bool {
	switch n.Path.Key(-1) {
	case "input_schema", "inputSchema", "parameters", "parametersJsonSchema", "schema", "metadata", "args", "functionResponse", "function_response", "labels":
		return true
	case "input": // of a tool: {"type":"tool_use","input":{…}}
		return len(n.Path) > 1 && n.Path[len(n.Path)-2].Index >= 0
	}
	return false
}

// NamedBy is the object that a field of a form or of a query refers to; "" if it refers to none.
func NamedBy(field, value string) string {
	name, _, _ := strings.Cut(field, "[") // "file_ids[]"
	switch {
	case resourceFields[name]:
		return Resource(value)
	case fields[name], IsID(value):
		return value
	}
	return ""
}

// Answered lists the objects that an answer brings, to which a later call may refer.
func Answered(raw []byte) []Reference {
	return find(raw, func(n jsonx.Node) string {
		switch n.Path.Key(-1) {
		case "uri", "responsesFile": // of a video that was made, of a batch that has ended
			return Resource(n.Text())
		case "output_file_id", "error_file_id", "output_file", "error_file": // the latter are Mistral's
			return n.Text()
		}
		return referred(n)
	})
}
