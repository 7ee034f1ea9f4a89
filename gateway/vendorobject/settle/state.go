package settle

import (
	"net/url"
	"strings"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/opaque"
	"github.com/sluicegate/sluice/gateway/vendorobject"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// The kinds of work.
const (
	Batch        = "batch"         // OpenAI's and those of compatible vendors: https://platform.openai.com/docs/api-reference/batch
	MessageBatch = "message_batch" // Anthropic's: https://docs.anthropic.com/en/api/retrieving-message-batches
	GoogleBatch  = "google_batch"  // https://ai.google.dev/api/batch-api
	Video        = "video"         // OpenAI's: https://platform.openai.com/docs/api-reference/videos
	GoogleVideo  = "google_video"  // Veo's: https://ai.google.dev/gemini-api/docs/video
	VertexBatch  = "vertex_batch"  // https://cloud.google.com/vertex-ai/docs/reference/rest/v1/projects.locations.batchPredictionJobs
	VertexVideo  = "vertex_video"  // Veo's: https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/veo-video-generation
	BedrockBatch = "bedrock_batch" // https://docs.aws.amazon.com/bedrock/latest/APIReference/API_GetModelInvocationJob.html
	MistralBatch = "mistral_batch" // https://docs.mistral.ai/api/endpoint/batch
)

// state is what a vendor's answer says of work.
type state struct {
	ended bool
	// usageKnown says that the answer tells all that was used, which may be nothing.
	usageKnown bool
	used       []gateway.ModelUsage
	// results is the path of the file that tells it otherwise, below the base URL; "": there is none.
	results string
	// stored is what tells it in a bucket, as gateway.PassThrough has it; "": nothing does.
	stored string
	model  string // that all of the work asks, as prices name it; "": the results name their models
}

// stateOf reads an answer that shows an object.
func stateOf(work *vendorobject.Work, answer []byte) state {
	switch work.Kind {
	case Batch:
		return stateOfBatch(work, answer)
	case MessageBatch:
		return stateOfMessageBatch(work, answer)
	case GoogleBatch:
		return stateOfGoogleBatch(answer)
	case Video:
		return stateOfVideo(answer)
	case GoogleVideo, VertexVideo:
		return stateOfGoogleVideo(work, answer)
	case VertexBatch:
		return stateOfVertexBatch(answer)
	case BedrockBatch:
		return stateOfBedrockBatch(answer)
	case MistralBatch:
		return stateOfMistralBatch(work, answer)
	}
	return stateOfJob(answer)
}

// stateOfBatch reads a batch. Many vendors tell no usage in it, and some no model.
func stateOfBatch(work *vendorobject.Work, answer []byte) (s state) {
	switch text(answer, "status") {
	case "completed", "failed", "expired", "cancelled", "canceled":
		s.ended = true
	default:
		return s
	}
	model, used := text(answer, "model"), opaque.Usage(answer)
	file := text(answer, "output_file_id")
	completed := jsonx.Get(answer, "request_counts", "completed")
	switch {
	case used != nil && (model != "" || file == ""):
		s.usageKnown, s.used = true, []gateway.ModelUsage{{Model: model, Usage: *used}}
	case file != "":
		base, query, _ := strings.Cut(work.Path, "?")
		s.results = base[:max(strings.LastIndex(base, "/batches/"), 0)] + "/files/" + url.PathEscape(file) + "/content"
		if query != "" {
			s.results += "?" + query
		}
	case string(completed) == "0", completed == nil && text(answer, "status") == "failed":
		s.usageKnown = true
	}
	return s
}

// stateOfJob reads a run of an assistant or a fine-tune.
func stateOfJob(answer []byte) (s state) {
	switch text(answer, "status") {
	case "completed", "failed", "expired", "cancelled", "succeeded", "incomplete":
		s.ended = true
	default:
		return s
	}
	if used := opaque.Usage(answer); used != nil {
		s.usageKnown, s.used = true, []gateway.ModelUsage{{Model: text(answer, "model"), Usage: *used}}
	} else {
		s.usageKnown = text(answer, "status") == "failed"
	}
	return s
}

// ResultsFile is the id of the file that holds the results, as [vendorobject.Store] keeps it, if an
// answer that shows the object names one.
func ResultsFile(answer []byte) string {
	for _, name := range []string{"output_file_id", "output_file"} { // the latter is Mistral's
		if id := text(answer, name); id != "" {
			return id
		}
	}
	return vendorobject.Resource(googleFile(answer))
}

func text(answer []byte, path ...string) string { return jsonx.String(jsonx.Get(answer, path...)) }
