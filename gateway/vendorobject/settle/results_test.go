package settle

import (
	"fmt"
	"strings"
	"testing"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/vendorobject"
)

func readAll(t testing.TB, file string, piece int) (string, bool) {
	t.Helper()
	var r usageReader
	for len(file) > 0 {
		n := min(piece, len(file))
		if _, err := r.Write([]byte(file[:n])); err != nil {
			t.Fatal(err)
		}
		file = file[n:]
	}
	used, ok := r.end()
	var text []string
	for _, u := range used {
		text = append(text, fmt.Sprintf("%s %d/%d %s", u.Model, u.Usage.Input, u.Usage.Output, u.Usage.Terms.Tier))
	}
	return strings.Join(text, ", "), ok
}

func TestUsageReader(t *testing.T) {
	const chat = `{"custom_id":"a","response":{"status_code":200,"body":{"object":"chat.completion","model":"m","usage":{"prompt_tokens":10,"completion_tokens":1}}}}`
	for _, c := range []struct {
		name, file, want string
		ok               bool
	}{
		{"two models, and the Responses API", chat + "\n" + chat + "\r\n\n" + `{"response":{"body":{"object":"response","model":"big","usage":{"input_tokens":100,"output_tokens":7}}}}`, "big 100/7 batch, m 20/2 batch", true},
		{"embeddings", `{"response":{"body":{"object":"list","model":"e","data":[],"usage":{"prompt_tokens":8,"total_tokens":8}}}}`, "e 8/0 batch", true},
		{"messages", `{"custom_id":"a","result":{"type":"succeeded","message":{"model":"claude","usage":{"input_tokens":5,"cache_read_input_tokens":3,"output_tokens":2}}}}` + "\n" + `{"result":{"type":"errored"}}`, "claude 8/2 batch", true},
		{"Google's answers", `{"key":"a","response":{"modelVersion":"gemini","usageMetadata":{"promptTokenCount":5,"candidatesTokenCount":2}}}`, "gemini 5/2 batch", true},
		{"an advisor", `{"result":{"type":"succeeded","message":{"model":"claude","usage":{"input_tokens":5,"output_tokens":2,"iterations":[{"type":"advisor_message","model":"adviser","input_tokens":70,"output_tokens":8},{"type":"compaction","input_tokens":1}]}}}}`, "adviser 70/8 batch, claude 6/2 batch", true},
		{"Claude at Vertex AI", `{"custom_id":"a","status":"","response":{"type":"message","model":"c","usage":{"input_tokens":5,"output_tokens":2}}}`, "c 5/2 batch", true},
		{"open models there", `{"response":{"object":"chat.completion","model":"l","usage":{"prompt_tokens":5,"completion_tokens":2}}}`, "l 5/2 batch", true},
		{"embeddings there", `{"instance":{"content":"x"},"predictions":[{"embeddings":{"statistics":{"token_count":8},"values":[]}},{"embeddings":{"statistics":{"token_count":-1}}}],"status":""}`, " 8/0 batch", true},
		{"calls that failed", `{"custom_id":"a","response":{"status_code":400,"body":{"error":{"message":"x"}}}}` + "\n" + `{"custom_id":"b","response":null,"error":{"code":"x"}}`, "", true},
		{"nothing", "", "", true},
		{"a line that is no JSON", chat + "\n{", "m 10/1 batch", false},
	} {
		for _, piece := range []int{1, 7, 1 << 20} {
			if got, ok := readAll(t, c.file, piece); got != c.want || ok != c.ok {
				t.Errorf("%s in pieces of %d: %q %v, want %q %v", c.name, piece, got, ok, c.want, c.ok)
			}
		}
	}
	var many strings.Builder
	for i := range maxModels + 1 {
		fmt.Fprintf(&many, `{"response":{"body":{"model":"m%d","usage":{"prompt_tokens":1}}}}`+"\n", i)
	}
	if _, ok := readAll(t, many.String(), 1<<20); ok {
		t.Error("very many models are taken for the whole")
	}
}

// FuzzUsageReader: whatever a vendor writes, nothing negative is charged, and pieces do not matter.
func FuzzUsageReader(f *testing.F) {
	f.Add(`{"response":{"body":{"model":"m","usage":{"prompt_tokens":-9223372036854775808,"completion_tokens":9223372036854775807}}}}`+"\n"+`{}`, 3)
	f.Add(`{"response":{"body":{"object":"response","usage":{"input_tokens":1e400}}}}`, 1)
	f.Fuzz(func(t *testing.T, file string, piece int) {
		piece = min(max(piece, 1), 1000)
		one, ok := readAll(t, file, piece)
		if whole, okWhole := readAll(t, file, len(file)+1); one != whole || ok != okWhole {
			t.Errorf("%q %v in pieces of %d, else %q %v", one, ok, piece, whole, okWhole)
		}
		var r usageReader
		_, _ = r.Write([]byte(file))
		used, _ := r.end()
		for i := range used {
			for _, unit := range gateway.Units {
				if *used[i].Usage.Count(unit) < 0 {
					t.Errorf("%s is negative: %+v", unit, used[i])
				}
			}
		}
	})
}

func TestStateOf(t *testing.T) {
	for _, c := range []struct{ kind, path, answer, want string }{
		{Batch, "/batches/b", `{"status":"in_progress","usage":{"input_tokens":5}}`, "{ended:false usageKnown:false used:[] results: stored: model:}"},
		{Batch, "/batches/b", `{"status":"completed","output_file_id":"file-1","request_counts":{"completed":2}}`, "{ended:true usageKnown:false used:[] results:/files/file-1/content stored: model:}"},
		{Batch, "/batches/b", `{"status":"completed","output_file_id":"../x?y"}`, "{ended:true usageKnown:false used:[] results:/files/..%2Fx%3Fy/content stored: model:}"},
		{Batch, "/batches/b", `{"status":"failed"}`, "{ended:true usageKnown:true used:[] results: stored: model:}"},
		{Batch, "/batches/b", `{"status":"cancelled","request_counts":{"completed":0}}`, "{ended:true usageKnown:true used:[] results: stored: model:}"},
		{Batch, "/batches/b", `{"status":"expired"}`, "{ended:true usageKnown:false used:[] results: stored: model:}"},
		{"", "", `{"status":"failed"}`, "{ended:true usageKnown:true used:[] results: stored: model:}"},
		{Batch, "/openai/batches/b?api-version=1", `{"status":"completed","output_file_id":"f"}`, "{ended:true usageKnown:false used:[] results:/openai/files/f/content?api-version=1 stored: model:}"},
		{MessageBatch, "/v1/messages/batches/b", `{"processing_status":"in_progress","results_url":null}`, "{ended:false usageKnown:false used:[] results: stored: model:}"},
		{MessageBatch, "/v1/messages/batches/b", `{"processing_status":"ended","results_url":"https://elsewhere/x","request_counts":{"succeeded":1}}`, "{ended:true usageKnown:false used:[] results:/v1/messages/batches/b/results stored: model:}"},
		{MessageBatch, "/v1/messages/batches/b", `{"processing_status":"ended","results_url":"x","request_counts":{"succeeded":0,"expired":3}}`, "{ended:true usageKnown:true used:[] results: stored: model:}"},
		{GoogleBatch, "", `{"name":"batches/b","metadata":{"state":"BATCH_STATE_RUNNING"}}`, "{ended:false usageKnown:false used:[] results: stored: model:}"},
		{GoogleBatch, "", `{"done":true,"response":{"responsesFile":"files/abc"}}`, "{ended:true usageKnown:false used:[] results:/download/v1beta/files/abc:download?alt=media stored: model:}"},
		{GoogleBatch, "", `{"done":true,"response":{"responsesFile":"https://example.com/files/abc"}}`, "{ended:true usageKnown:false used:[] results: stored: model:}"},
		{GoogleBatch, "", `{"done":true,"error":{"code":3}}`, "{ended:true usageKnown:true used:[] results: stored: model:}"},
		{Video, "", `{"status":"failed","seconds":"8"}`, "{ended:true usageKnown:true used:[] results: stored: model:}"},
		{Video, "", `{"status":"in_progress"}`, "{ended:false usageKnown:false used:[] results: stored: model:}"},
		{GoogleVideo, "", `{"name":"x"}`, "{ended:false usageKnown:false used:[] results: stored: model:}"},
		{GoogleVideo, "", `{"done":true,"error":{}}`, "{ended:true usageKnown:true used:[] results: stored: model:}"},
		{VertexBatch, "", `{"state":"JOB_STATE_RUNNING"}`, "{ended:false usageKnown:false used:[] results: stored: model:}"},
		{VertexBatch, "", `{"state":"JOB_STATE_SUCCEEDED","model":"projects/p/locations/l/models/7","outputInfo":{"bigqueryOutputTable":"t"},"completionStats":{"successfulCount":"1"}}`, "{ended:true usageKnown:false used:[] results: stored: model:7}"},
		{VertexBatch, "", `{"state":"JOB_STATE_CANCELLED","model":"publishers/google/models/g","outputInfo":{"gcsOutputDirectory":"gs://b/d/"}}`, "{ended:true usageKnown:false used:[] results: stored:gs://b/d/ model:g}"},
		{VertexBatch, "", `{"state":"JOB_STATE_FAILED","error":{"code":3}}`, "{ended:true usageKnown:true used:[] results: stored: model:}"},
		{VertexBatch, "", `{"state":"JOB_STATE_FAILED","outputInfo":{"gcsOutputDirectory":"gs://b/d"},"completionStats":{"successfulCount":"0"}}`, "{ended:true usageKnown:true used:[] results: stored: model:}"},
		{VertexBatch, "", `{"state":"JOB_STATE_SUCCEEDED","outputInfo":{"gcsOutputDirectory":"https://b/d"}}`, "{ended:true usageKnown:false used:[] results: stored: model:}"},
		{BedrockBatch, "", `{"status":"Stopping"}`, "{ended:false usageKnown:false used:[] results: stored: model:}"},
		{BedrockBatch, "", `{"status":"Stopped","jobArn":"arn:aws:bedrock:r:1:model-invocation-job/j","modelId":"m:0","outputDataConfig":{"s3OutputDataConfig":{"s3Uri":"s3://b/d"}}}`, "{ended:true usageKnown:false used:[] results: stored:s3://b/d/j/manifest.json.out model:m:0}"},
		{MistralBatch, "/v1/batch/jobs/j", `{"status":"RUNNING","output_file":"f"}`, "{ended:false usageKnown:false used:[] results: stored: model:}"},
		{MistralBatch, "/v1/batch/jobs/j", `{"status":"CANCELLED","output_file":"a/b"}`, "{ended:true usageKnown:false used:[] results:/v1/files/a%2Fb/content stored: model:}"},
		{MistralBatch, "/v1/batch/jobs/j", `{"status":"FAILED","output_file":null,"succeeded_requests":0}`, "{ended:true usageKnown:true used:[] results: stored: model:}"},
		{"", "", `{"status":"queued"}`, "{ended:false usageKnown:false used:[] results: stored: model:}"},
	} {
		if got := fmt.Sprintf("%+v", stateOf(&vendorobject.Work{Kind: c.kind, Path: c.path}, []byte(c.answer))); got != c.want {
			t.Errorf("%s %s:\n%s\nwant\n%s", c.kind, c.answer, got, c.want)
		}
	}
	is := stateOf(&vendorobject.Work{Kind: Batch}, []byte(`{"object":"batch","status":"completed","model":"m","output_file_id":"f","usage":{"input_tokens":5,"output_tokens":2}}`))
	if !is.usageKnown || len(is.used) != 1 || is.used[0].Model != "m" || is.used[0].Usage.Input != 5 || is.used[0].Usage.Terms.Tier != "batch" {
		t.Errorf("%+v", is)
	}
}

// TestBedrockSummary: a summary tells what a job used, unless its model has no tokens.
func TestBedrockSummary(t *testing.T) {
	for text, want := range map[string]string{
		`{"successRecordCount":2,"inputTokenCount":10,"outputTokenCount":3}`: "[{m 10 3 batch}] true",
		`{"successRecordCount":0,"inputTokenCount":0,"outputTokenCount":0}`:  "[] true",
		`{"successRecordCount":2,"inputTokenCount":0,"outputTokenCount":0}`:  "[] false",
		`{"successRecordCount":2,"inputTokenCount":-10}`:                     "[] false",
		`{"successRecordCount":0`:                                            "[] false",
		``:                                                                   "[] false",
	} {
		used, ok := ofBedrockSummary([]byte(text), "m")
		var list []string
		for _, u := range used {
			list = append(list, fmt.Sprintf("{%s %d %d %s}", u.Model, u.Usage.Input, u.Usage.Output, u.Usage.Terms.Tier))
		}
		if got := fmt.Sprint(list, ok); got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
}

// TestStateOfVideos: videos are billed by the second, as many as were made.
func TestStateOfVideos(t *testing.T) {
	one, videos := GoogleVideoUsage("veo", []byte(`{"parameters":{"durationSeconds":6,"sampleCount":2}}`))
	if videos != 2 || one.Usage.OutputSeconds != 6 {
		t.Errorf("%+v, %d", one, videos)
	}
	for answer, want := range map[string]int64{`{"done":true,"response":{"generateVideoResponse":{"generatedSamples":[{},{}]}}}`: 12, `{"done":true,"response":{"videos":[{"gcsUri":"a"}]}}`: 6, `{"done":true,"response":{}}`: 0} {
		if is := stateOf(&vendorobject.Work{Kind: GoogleVideo, Uses: []gateway.ModelUsage{one}}, []byte(answer)); len(is.used) != 1 || is.used[0].Usage.OutputSeconds != want {
			t.Errorf("%s: %+v", answer, is)
		}
	}
	for answer, want := range map[string]int64{`{"status":"completed","model":"sora-2","seconds":"8"}`: 8, `{"status":"completed","seconds":12}`: 12, `{"status":"completed","seconds":"-1"}`: 4} {
		if is := stateOf(&vendorobject.Work{Kind: Video}, []byte(answer)); len(is.used) != 1 || is.used[0].Usage.OutputSeconds != want {
			t.Errorf("%s: %+v", answer, is)
		}
	}
}
