package native_test

import (
	"strings"
	"testing"

	"github.com/sluicegate/sluice/gateway/vendorobject/native"
)

func TestRead(t *testing.T) {
	words := map[native.Access]string{native.Unknown: "unknown", native.Stateless: "stateless", native.Lists: "lists", native.Makes: "makes", native.Uses: "uses"}
	for _, tc := range []struct{ provider, call, want string }{
		{"anthropic", "GET v1/models/claude", "stateless"},
		{"anthropic", "POST v1/messages/batches", "makes messages/batches"},
		{"anthropic", "GET v1/messages/batches", "lists messages/batches"},
		{"anthropic", "GET v1/messages/batches/msgbatch_1/results", "uses messages/batches msgbatch_1"},
		{"anthropic", "POST v1/messages/batches/msgbatch_1/cancel", "uses messages/batches msgbatch_1"},
		{"anthropic", "DELETE v1/files/file_1", "uses files file_1"},
		{"anthropic", "GET v1/files/file_1/content", "uses files file_1"},
		{"anthropic", "GET v1/skills/skill_1/versions/2", "uses skills skill_1"},
		{"anthropic", "GET files", "lists files"},
		{"anthropic", "POST v1/sessions", "unknown"},
		{"anthropic", "DELETE v1/models/claude", "unknown"},
		{"openai", "GET v1/responses/resp_1", "uses responses resp_1"},
		{"openai", "GET v1/responses/resp_1/input_items", "uses responses resp_1"},
		{"openai", "POST v1/conversations", "makes conversations"},
		{"openai", "POST v1/conversations/conv_1/items", "uses conversations conv_1"},
		{"openai", "GET v1/chat/completions", "unknown"},
		{"openai", "GET v1/chat/completions/chatcmpl-1", "unknown"},
		{"openai", "POST v1/realtime/client_secrets", "unknown"},
		{"openai", "DELETE v1/models/ft:x", "unknown"},
		{"azure-openai", "POST openai/deployments/d/chat/completions", "stateless"},
		{"azure-openai", "POST openai/v1/chat/completions", "stateless"},
		{"azure-openai", "GET openai/files/file-1", "uses files file-1"},
		{"azure-openai", "GET openai/v1/batches", "lists batches"},
		{"google", "POST v1beta/models/gemini:generateContent", "stateless"},
		{"google", "POST v1beta/models/gemini:batchGenerateContent", "makes batches"},
		{"google", "GET v1beta/batches/b1", "uses batches batches/b1"},
		{"google", "POST v1beta/batches/b1:cancel", "uses batches batches/b1"},
		{"google", "POST upload/v1beta/files", "makes files"},
		{"google", "GET v1beta/files/abc:download", "uses files files/abc"},
		{"google", "GET download/v1beta/files/abc:download", "uses files files/abc"},
		{"google", "PATCH v1beta/cachedContents/c", "uses cachedContents cachedContents/c"},
		{"google", "POST v1beta/tunedModels/t:generateContent", "uses tunedModels tunedModels/t"},
		{"google", "GET v1beta/corpora/c/documents/d", "uses corpora corpora/c"},
		{"google", "POST v1beta/models/veo:predictLongRunning", "makes models/*/operations"},
		{"google", "GET v1beta/models/veo/operations/o1", "uses models/*/operations operations/o1"},
		{"google", "GET v1beta/models/veo/other", "unknown"},
		{"google", "GET v1beta/operations/o1", "unknown"},
		{"vertex-ai", "POST v1/projects/p/locations/l/publishers/google/models/g:generateContent", "stateless"},
		{"vertex-ai", "POST v1/projects/p/locations/l/cachedContents", "makes cachedContents"},
		{"vertex-ai", "GET v1beta1/projects/p/locations/l/cachedContents/7", "uses cachedContents cachedContents/7"},
		{"vertex-ai", "GET v1/projects/p/locations/l/batchPredictionJobs", "lists batchPredictionJobs"},
		{"vertex-ai", "POST v1/projects/p/locations/l/batchPredictionJobs/9:cancel", "uses batchPredictionJobs batchPredictionJobs/9"},
		{"vertex-ai", "POST v1/projects/p/locations/l/endpoints/5:predict", "unknown"},
		{"mistral-ai", "POST v1/batch/jobs", "makes batch/jobs"},
		{"mistral-ai", "POST v1/batch/jobs/b1/cancel", "uses batch/jobs b1"},
		{"mistral-ai", "GET v1/files/f1/content", "uses files f1"},
		{"mistral-ai", "POST v1/ocr", "stateless"},
		{"mistral-ai", "GET v1/libraries", "unknown"},
		{"bedrock", "POST model/a.b:0/converse", "stateless"},
		{"bedrock", "POST model/arn:aws:bedrock:us-east-1:1:inference-profile/x/invoke", "stateless"},
		{"bedrock", "POST async-invoke", "makes async-invoke"},
		{"bedrock", "GET async-invoke/arn:aws:bedrock:us-east-1:1:async-invoke/x", "uses async-invoke arn:aws:bedrock:us-east-1:1:async-invoke/x"},
		{"bedrock", "POST model-invocation-job", "makes model-invocation-jobs"},
		{"bedrock", "GET model-invocation-jobs", "lists model-invocation-jobs"},
		{"bedrock", "POST model-invocation-job/j1/stop", "uses model-invocation-jobs j1"},
		{"bedrock", "GET guardrails", "unknown"},
		{"cohere", "GET v1/models", "unknown"},
		{"anthropic", "GET ", "unknown"},
	} {
		method, path, _ := strings.Cut(tc.call, " ")
		segments := strings.Split(path, "/")
		if strings.Contains(path, "arn:") { // whose slash is escaped on the wire
			before, after, _ := strings.Cut(path, "arn:")
			arn, tail := "arn:"+after, []string(nil)
			if cut, ok := strings.CutSuffix(arn, "/invoke"); ok {
				arn, tail = cut, []string{"invoke"}
			}
			segments = append(append(strings.Split(strings.TrimSuffix(before, "/"), "/"), arn), tail...)
		}
		c := native.Read(tc.provider, method, segments)
		if got := strings.TrimSpace(words[c.Access] + " " + c.Kind + " " + c.ID); got != tc.want {
			t.Errorf("%s %s: %s, want %s", tc.provider, tc.call, got, tc.want)
		}
	}
}
