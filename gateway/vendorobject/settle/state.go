package settle

import (
	"net/url"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/opaque"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// The kinds of work.
const (
	Batch = "batch" // OpenAI's and those of compatible vendors: https://platform.openai.com/docs/api-reference/batch
)

// state is what a vendor's answer says of work.
type state struct {
	ended bool
	// told says that the answer tells all that was used, which may be nothing.
	told bool
	used []gateway.ModelUsage
	// results is the path of the file that tells it otherwise, below the base URL; "": there is none.
	results string
}

// stateOf reads an answer that shows an object.
func stateOf(kind string, answer []byte) state {
	switch kind {
	case Batch:
		return stateOfBatch(answer)
	}
	return stateOfJob(answer)
}

// stateOfBatch reads a batch. Many vendors tell no usage in it, and some no model.
func stateOfBatch(answer []byte) (s state) {
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
		s.told, s.used = true, []gateway.ModelUsage{{Model: model, Usage: *used}}
	case file != "":
		s.results = "/files/" + url.PathEscape(file) + "/content"
	case string(completed) == "0", completed == nil && text(answer, "status") == "failed":
		s.told = true
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
		s.told, s.used = true, []gateway.ModelUsage{{Model: text(answer, "model"), Usage: *used}}
	} else {
		s.told = text(answer, "status") == "failed"
	}
	return s
}

func text(answer []byte, path ...string) string { return jsonx.String(jsonx.Get(answer, path...)) }
