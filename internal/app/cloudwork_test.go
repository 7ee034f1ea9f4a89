package app

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
)

const (
	vertexBase   = "/v1/projects/acme/locations/us-central1/"
	vertexJob    = "projects/acme/locations/us-central1/batchPredictionJobs/123"
	vertexVideo  = "projects/acme/locations/us-central1/publishers/google/models/veo-3.1-generate-001/operations/0f1e"
	bedrockJob   = "arn:aws:bedrock:us-east-1:111122223333:model-invocation-job/abcdefghijkl"
	mistralJob   = "b6b3a1c2-0000-4000-8000-000000000001"
	mistralFile  = "b6b3a1c2-0000-4000-8000-000000000002"
	amazonSigned = "AWS4-HMAC-SHA256 Credential=AKIATEST/"
)

// cloudAnswers are what Vertex AI, Cloud Storage, Bedrock, S3 and Mistral answer, as they document it:
//
//	https://cloud.google.com/vertex-ai/docs/reference/rest/v1/projects.locations.batchPredictionJobs
//	https://cloud.google.com/vertex-ai/generative-ai/docs/multimodal/batch-prediction-from-cloud-storage
//	https://cloud.google.com/vertex-ai/generative-ai/docs/partner-models/claude/batch
//	https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/veo-video-generation
//	https://cloud.google.com/storage/docs/json_api/v1/objects/list
//	https://docs.aws.amazon.com/bedrock/latest/APIReference/API_GetModelInvocationJob.html
//	https://docs.aws.amazon.com/bedrock/latest/userguide/batch-inference-results.html
//	https://docs.mistral.ai/api/endpoint/batch
//
// An answer to a question comes once what was begun may end. wants is what the call's Authorization begins with.
var cloudAnswers = []struct{ call, wants, kind, answer string }{
	{"POST " + vertexBase + "batchPredictionJobs", "Bearer ya29", "json", `{"name":"` + vertexJob + `","model":"publishers/google/models/gemini-2.5-flash","state":"JOB_STATE_PENDING"}`},
	{"GET /v1/" + vertexJob, "Bearer ya29", "json", `{"name":"` + vertexJob + `","model":"publishers/google/models/gemini-2.5-flash","state":"JOB_STATE_SUCCEEDED","outputInfo":{"gcsOutputDirectory":"gs://acme-batches/out/prediction-model-1"},"completionStats":{"successfulCount":"2"}}`},
	{"GET /storage/v1/b/acme-batches/o?fields=items%28name%29%2CnextPageToken&maxResults=1000&prefix=out%2Fprediction-model-1%2F", "Bearer ya29", "json",
		`{"items":[{"name":"out/prediction-model-1/predictions_0.jsonl"},{"name":"out/prediction-model-1/errors_0.jsonl"}],"nextPageToken":"p+2"}`},
	{"GET /storage/v1/b/acme-batches/o?fields=items%28name%29%2CnextPageToken&maxResults=1000&pageToken=p%2B2&prefix=out%2Fprediction-model-1%2F", "Bearer ya29", "json",
		`{"items":[{"name":"out/prediction-model-1/predictions_1.jsonl"}]}`},
	{"GET /storage/v1/b/acme-batches/o/out%2Fprediction-model-1%2Fpredictions_0.jsonl?alt=media", "Bearer ya29", "octet-stream",
		`{"status":"","request":{},"response":{"candidates":[],"modelVersion":"gemini-2.5-flash-001","usageMetadata":{"promptTokenCount":1000,"candidatesTokenCount":100}}}` + "\n"},
	{"GET /storage/v1/b/acme-batches/o/out%2Fprediction-model-1%2Fpredictions_1.jsonl?alt=media", "Bearer ya29", "octet-stream",
		`{"custom_id":"a","status":"","response":{"id":"msg_1","type":"message","model":"any","usage":{"input_tokens":500,"output_tokens":50}}}` + "\n" + `{"status":"Error: x","response":{}}` + "\n"},
	{"POST " + vertexBase + "publishers/google/models/veo-3.1-generate-001:predictLongRunning", "Bearer ya29", "json", `{"name":"` + vertexVideo + `"}`},
	{"POST " + vertexBase + "publishers/google/models/veo-3.1-generate-001:fetchPredictOperation", "Bearer ya29", "json",
		`{"name":"` + vertexVideo + `","done":true,"response":{"@type":"type.googleapis.com/cloud.ai.large_models.vision.GenerateVideoResponse","raiMediaFilteredCount":0,"videos":[{"gcsUri":"gs://a/1.mp4","mimeType":"video/mp4"},{"gcsUri":"gs://a/2.mp4","mimeType":"video/mp4"}]}}`},
	{"POST /model-invocation-job", amazonSigned, "json", `{"jobArn":"` + bedrockJob + `"}`},
	{"GET /model-invocation-job/abcdefghijkl", amazonSigned, "json",
		`{"jobArn":"` + bedrockJob + `","modelId":"arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-sonnet-4-5-20250929-v1:0","status":"Completed","outputDataConfig":{"s3OutputDataConfig":{"s3Uri":"s3://acme-out/some folder/"}}}`},
	{"GET /acme-out/some%20folder/abcdefghijkl/manifest.json.out", amazonSigned, "octet-stream",
		`{"totalRecordCount":3,"processedRecordCount":3,"successRecordCount":2,"errorRecordCount":1,"inputTokenCount":2000,"outputTokenCount":300}`},
	{"POST /v1/batch/jobs", "Bearer mk", "json", `{"id":"` + mistralJob + `","object":"batch","input_files":[],"endpoint":"/v1/chat/completions","model":"mistral-small-latest","status":"QUEUED"}`},
	{"GET /v1/batch/jobs/" + mistralJob, "Bearer mk", "json", `{"id":"` + mistralJob + `","object":"batch","model":"mistral-small-latest","output_file":"` + mistralFile + `","status":"SUCCESS","total_requests":2,"succeeded_requests":1,"failed_requests":1}`},
	{"GET /v1/files/" + mistralFile + "/content", "Bearer mk", "octet-stream",
		`{"id":"x","custom_id":"0","response":{"status_code":200,"body":{"object":"chat.completion","model":"mistral-small-latest","usage":{"prompt_tokens":4000,"completion_tokens":200,"total_tokens":4200}}},"error":null}` + "\n" +
			`{"id":"y","custom_id":"1","response":{"status_code":400,"body":{"message":"x"}},"error":null}` + "\n"},
}

// cloud stands in for the vendors above.
type cloud struct {
	mu       sync.Mutex
	ready    bool
	failing  string // a call that fails
	failures int
	unknown  []string
}

func (v *cloud) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	v.mu.Lock()
	defer v.mu.Unlock()
	sent, _ := io.ReadAll(r.Body)
	call := r.Method + " " + r.URL.RequestURI()
	for _, a := range cloudAnswers {
		if call != a.call {
			continue
		}
		question := r.Method == http.MethodGet || strings.HasSuffix(call, ":fetchPredictOperation")
		switch {
		case !strings.HasPrefix(r.Header.Get("Authorization"), a.wants), strings.Contains(call, "acme-out") && (!strings.Contains(r.Header.Get("Authorization"), "/us-east-1/s3/") || r.Header.Get("X-Amz-Content-Sha256") == ""):
			w.WriteHeader(http.StatusForbidden)
			fmt.Fprint(w, `{"error":{"message":"who are you"}}`)
			v.unknown = append(v.unknown, "unsigned: "+call+" "+r.Header.Get("Authorization"))
		case strings.HasSuffix(call, ":fetchPredictOperation") && string(sent) != `{"operationName":"`+vertexVideo+`"}`:
			w.WriteHeader(http.StatusBadRequest)
			v.unknown = append(v.unknown, "body: "+string(sent))
		case call == v.failing && v.failures < 2:
			v.failures++
			w.WriteHeader(http.StatusServiceUnavailable)
		case question && !v.ready:
			w.Header().Set("Content-Type", "application/json")
			fmt.Fprint(w, `{}`)
		default:
			w.Header().Set("Content-Type", "application/"+a.kind)
			fmt.Fprint(w, a.answer)
		}
		return
	}
	v.unknown = append(v.unknown, call)
	http.NotFound(w, r)
}

// TestCloudWork: batches of Vertex AI, Bedrock and Mistral, and videos of Vertex AI, are charged once when
// they end, by what they have left in a bucket or a file, although some of the questions fail.
func TestCloudWork(t *testing.T) {
	vendor := &cloud{failing: cloudAnswers[5].call}
	o := openOfficeWith(t, vendor, asksOften)
	o.virtualKey(`"name":"vertex-account","provider":"vertex-ai","api_key":"ya29.token","settings":{"project":"acme","region":"us-central1","storage_url":"{vendor}"},"prices":{"gemini-2.5-flash":{"input":1,"output":10},"veo-3.1-generate-001":{"second":0.4}}`)
	o.virtualKey(`"name":"bedrock-account","provider":"bedrock","api_key":"AKIATEST:secret","settings":{"region":"us-east-1","storage_url":"{vendor}"},"prices":{"anthropic.claude-sonnet-4-5-20250929-v1:0":{"input":3,"output":15}}`)
	o.virtualKey(`"name":"mistral-account","provider":"mistral-ai","api_key":"mk","prices":{"mistral-small-latest":{"input":1,"output":2}}`)
	listed, _ := o.apiKey("listed", `"models":["gemini-2.5-flash"]`)
	budgeted, _ := o.apiKey("budgeted", `"budget_usd":10`)
	cases := []struct {
		account, path, body, kind string
		cost                      int64
		budgeted                  int // status of a key with a budget
	}{
		{"vertex", "/vertex_ai" + vertexBase + "batchPredictionJobs", `{"displayName":"b","model":"publishers/google/models/gemini-2.5-flash","inputConfig":{"instancesFormat":"jsonl","gcsSource":{"uris":["gs://acme-batches/in.jsonl"]}},"outputConfig":{"predictionsFormat":"jsonl","gcsDestination":{"outputUriPrefix":"gs://acme-batches/out"}}}`,
			"vertex_batch", 1500*1_000 + 150*10_000, 400},
		{"vertex", "/vertex_ai" + vertexBase + "publishers/google/models/veo-3.1-generate-001:predictLongRunning", `{"instances":[{"prompt":"a cat"}],"parameters":{"durationSeconds":6,"sampleCount":2}}`, "vertex_video", 2 * 6 * 400_000_000, 200},
		{"bedrock", "/bedrock/model-invocation-job", `{"jobName":"b","modelId":"anthropic.claude-sonnet-4-5-20250929-v1:0","roleArn":"arn:aws:iam::111122223333:role/r","inputDataConfig":{"s3InputDataConfig":{"s3Uri":"s3://acme-in/a.jsonl"}},"outputDataConfig":{"s3OutputDataConfig":{"s3Uri":"s3://acme-out/some folder/"}}}`,
			"bedrock_batch", 2000*3_000 + 300*15_000, 400},
		{"mistral", "/mistral/v1/batch/jobs", `{"input_files":[],"endpoint":"/v1/chat/completions","model":"mistral-small-latest","timeout_hours":24}`, "mistral_batch", 4000*1_000 + 200*2_000, 400},
	}
	begin := func(key string, i, want int) string {
		t.Helper()
		c := cases[i]
		code, answer := o.ask(key, c.account+"-account", "POST", c.path, c.body)
		if code != want {
			t.Errorf("%s: %d %s, want %d", c.kind, code, answer, want)
		}
		return answer
	}
	for i, c := range cases {
		if answer := begin(budgeted, i, c.budgeted); c.budgeted != http.StatusOK {
			if !strings.Contains(answer, "Nobody can tell beforehand") {
				t.Errorf("%s: the refusal does not say why: %s", c.kind, answer)
			}
			key := o.callers["a"]
			if c.kind == "vertex_batch" { // whose only model the list has
				key = listed
			}
			begin(key, i, http.StatusOK)
		}
	}
	if answer := begin(listed, 2, http.StatusPreconditionFailed); !strings.Contains(answer, "claude") {
		t.Errorf("another model than those of the list: %s", answer)
	}
	if res := o.as(o.callers["b"], "GET", "/vertex_ai/v1/"+vertexJob, ""); res.StatusCode != http.StatusNotFound {
		t.Errorf("another workspace sees the job: %d %s", res.StatusCode, body(t, res))
	}
	vendor.mu.Lock()
	vendor.ready = true
	vendor.mu.Unlock()
	for _, c := range cases {
		eventually(func() bool { return len(o.settled(c.kind)) > 0 })
	}
	time.Sleep(100 * time.Millisecond) // questions that must not come
	for _, c := range cases {
		if got := o.settled(c.kind); len(got) != 1 || got[0] != c.cost {
			t.Errorf("%s was charged %v, want %d", c.kind, got, c.cost)
		}
	}
	vendor.mu.Lock()
	defer vendor.mu.Unlock()
	if len(vendor.unknown) > 0 || vendor.failures != 2 {
		t.Errorf("%d failures; calls that no vendor knows: %q", vendor.failures, vendor.unknown)
	}
}
