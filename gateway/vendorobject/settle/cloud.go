package settle

import (
	"net/url"
	"strings"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/vendorobject"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// stateOfVertexBatch reads a job of Vertex AI, which writes its answers to a bucket, also those that it had
// when it failed or was stopped. One that writes to BigQuery tells nobody here what it used.
func stateOfVertexBatch(answer []byte) (s state) {
	switch text(answer, "state") {
	case "JOB_STATE_SUCCEEDED", "JOB_STATE_PARTIALLY_SUCCEEDED", "JOB_STATE_FAILED", "JOB_STATE_CANCELLED", "JOB_STATE_EXPIRED":
		s.ended = true
	default:
		return s
	}
	s.model = LastSegment(text(answer, "model"))
	done := jsonx.Get(answer, "completionStats", "successfulCount") // a number in a string
	switch folder := text(answer, "outputInfo", "gcsOutputDirectory"); {
	case done != nil && strings.Trim(string(done), `"`) == "0":
		s.usageKnown = true
	case strings.HasPrefix(folder, "gs://"):
		s.stored = strings.TrimSuffix(folder, "/") + "/"
	case text(answer, "state") != "JOB_STATE_SUCCEEDED" && jsonx.Get(answer, "outputInfo") == nil: // nothing was written
		s.usageKnown = true
	}
	return s
}

// stateOfBedrockBatch reads a job of Bedrock, which writes a summary beside its answers
// (https://docs.aws.amazon.com/bedrock/latest/userguide/batch-inference-results.html).
func stateOfBedrockBatch(answer []byte) (s state) {
	status := text(answer, "status")
	switch status {
	case "Completed", "PartiallyCompleted", "Failed", "Stopped", "Expired":
		s.ended = true
	default:
		return s
	}
	s.model = LastSegment(text(answer, "modelId"))
	folder, job := text(answer, "outputDataConfig", "s3OutputDataConfig", "s3Uri"), LastSegment(text(answer, "jobArn"))
	if strings.HasPrefix(folder, "s3://") && job != "" {
		s.stored = strings.TrimSuffix(folder, "/") + "/" + job + "/" + bedrockSummary
	}
	return s
}

// bedrockSummary is the name of the summary.
const bedrockSummary = "manifest.json.out"

// ofBedrockSummary is what a summary says that a job used. ok is false where it tells no tokens although
// calls succeeded, as those of models that make images.
func ofBedrockSummary(summary []byte, model string) (used []gateway.ModelUsage, ok bool) {
	if !jsonx.Valid(summary) {
		return nil, false
	}
	u := gateway.Usage{Input: jsonx.Int(jsonx.Get(summary, "inputTokenCount")), Output: jsonx.Int(jsonx.Get(summary, "outputTokenCount"))}
	u.Input, u.Output = max(u.Input, 0), max(u.Output, 0)
	if u.Input+u.Output > 0 {
		u.Terms.Tier = "batch"
		return []gateway.ModelUsage{{Model: model, Usage: u}}, true
	}
	return nil, string(jsonx.Get(summary, "successRecordCount")) == "0"
}

// stateOfMistralBatch reads a job of Mistral's.
func stateOfMistralBatch(work *vendorobject.Work, answer []byte) (s state) {
	switch text(answer, "status") {
	case "SUCCESS", "FAILED", "TIMEOUT_EXCEEDED", "CANCELLED":
		s.ended = true
	default:
		return s
	}
	file := text(answer, "output_file")
	switch {
	case file != "":
		base := work.Path[:max(strings.LastIndex(work.Path, "/batch/jobs/"), 0)]
		s.results = base + "/files/" + url.PathEscape(file) + "/content"
	case string(jsonx.Get(answer, "succeeded_requests")) == "0":
		s.usageKnown = true
	}
	return s
}

// LastSegment is what stands behind the last slash of a name: the model in
// "publishers/google/models/gemini-2.5-flash" and in the ARN of one, the job in that of a job.
func LastSegment(name string) string { return name[strings.LastIndexByte(name, '/')+1:] }
