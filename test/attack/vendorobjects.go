package main

import (
	"context"
	"strings"

	"github.com/sluicegate/sluice/test/sluice"
)

// vendorObjects reach for what the vendor keeps for another workspace, whose virtual key is of the same
// account: in paths of vendors' own APIs, in lists, and in bodies of each format.
type vendorObjects struct{}

func (vendorObjects) Name() string   { return "vendor objects" }
func (vendorObjects) Bounds() Bounds { return usual }

func (vendorObjects) Run(ctx context.Context, t *Target, r *Result) error {
	refused := func(c sluice.Call, statuses ...int) {
		c.Header = append(c.Header, "X-Sluice-Virtual-Key", "up")
		for _, key := range []string{memberKey, adminKey} {
			c.Key = key
			before := t.Upstream.Hits("")
			a := t.Do(ctx, c)
			fits := false
			for _, s := range statuses {
				fits = fits || a.Status == s
			}
			r.Check(fits && t.Upstream.Hits("") == before, "%s %s %s goes upstream or is answered otherwise: %s", c.Method, c.Path, c.Body, a.Brief())
		}
	}
	for _, object := range []string{
		"/anthropic/v1/messages/batches/msgbatch_1", "/anthropic/v1/files/file_1", "/anthropic/v1/skills/skill_1", "/openai/v1/files/file-1", "/openai/v1/batches/batch_1",
		"/openai/v1/responses/resp_1", "/openai/v1/conversations/conv_1", "/openai/v1/containers/cntr_1", "/openai/v1/videos/video_1", "/gemini/v1beta/files/abc", "/gemini/v1beta/batches/abc",
		"/gemini/v1beta/cachedContents/abc", "/gemini/v1beta/tunedModels/abc", "/gemini/v1beta/corpora/abc", "/vertex_ai/v1/projects/p/locations/l/cachedContents/1",
		"/vertex_ai/v1/projects/p/locations/l/batchPredictionJobs/1", "/bedrock/async-invoke/arn:aws:bedrock:x:1:async-invoke%2F1", "/bedrock/model-invocation-job/j", "/azure/openai/files/file-1", "/azure/openai/v1/batches/batch_1",
	} {
		for _, tail := range []string{"", "/", "/content", "/results"} {
			refused(sluice.Call{Method: "GET", Path: object + tail}, 404, 400)
		}
		refused(sluice.Call{Method: "DELETE", Path: object}, 404)
		refused(sluice.Call{Path: object + "/cancel", Body: "{}"}, 404)
		cut := strings.LastIndexByte(object, '/')
		for _, trick := range []string{"/x/%2e%2e" + object[cut:], "%2F" + object[cut+1:], "/.%2F" + object[cut+1:], "/" + strings.ReplaceAll(object[cut+1:], "_", "%5F")} {
			refused(sluice.Call{Method: "GET", Path: object[:cut] + trick}, 404, 400, 403)
		}
	}
	for _, path := range []string{"/anthropic/v1/organizations/x", "/anthropic/v1/sessions", "/openai/v1/chat/completions", "/openai/v1/realtime/client_secrets", "/gemini/v1beta/other", "/vertex_ai/v1/other", "/bedrock/guardrails", "/azure/openai/other"} {
		refused(sluice.Call{Method: "GET", Path: path}, 403)
	}
	for path, bodies := range map[string][]string{
		chat: {
			`{"model":"m","messages":[{"role":"user","content":[{"type":"file","file":{"file_id":"file-1"}}]}]}`,
			`{"model":"m","messages":[{"role":"user","content":[{"type":"file","file":{"file\u005fid":"file-1"}}]}]}`,
			`{"model":"m","messages":[{"role":"user","content":"x"}],"tools":[{"type":"file_search","vector_store_ids":["vs_1"]}]}`,
		},
		"/v1/responses": {
			`{"model":"m","input":[{"role":"user","content":[{"type":"input_image","file_id":"file-1"}]}]}`,
			`{"model":"m","input":"x","tools":[{"type":"code_interpreter","container":"cntr_1"}]}`,
			`{"model":"m","input":"x","tools":[{"type":"code_interpreter","container":{"type":"auto","file_ids":["file-1"]}}]}`,
			`{"model":"m","input":"x","conversation":{"id":"conv_1"}}`,
		},
		messages: {
			`{"model":"m","max_tokens":5,"messages":[{"role":"user","content":[{"type":"document","source":{"type":"file","file_id":"file_1"}}]}]}`,
			`{"model":"m","max_tokens":5,"messages":[{"role":"user","content":"x"}],"container":"container_1"}`,
		},
	} {
		for _, body := range bodies {
			refused(sluice.Call{Path: path, Body: body}, 404)
		}
	}
	return nil
}
