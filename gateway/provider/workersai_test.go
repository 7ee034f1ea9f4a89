package provider

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/sluicegate/sluice/gateway"
)

// TestWorkersAIFails: what Workers AI refuses, and answers that are none.
func TestWorkersAIFails(t *testing.T) {
	const reranker, image = `{"model":"@cf/baai/bge-reranker-base","query":"q","documents":["a"]}`, `{"model":"@cf/x/y","prompt":"a cat"}`
	for name, c := range map[string]struct {
		op         gateway.Op
		body       string
		status     int
		kind, data string
		want       string // kind, code and text of the error
	}{
		"out of capacity": {gateway.OpRerank, reranker, 429, "application/json", `{"result":{},"success":false,"errors":[{"code":3040,"message":"No more data centers to forward the request to"}],"messages":[]}`,
			"upstream 3040 No more data centers to forward the request to"},
		"no such model": {gateway.OpImage, image, 400, "application/json", `{"result":null,"success":false,"errors":[{"code":5007,"message":"No such model @cf/x/y or task"}]}`,
			"upstream 5007 No such model @cf/x/y or task"},
		"no error that can be read": {gateway.OpImage, image, 500, "application/json", `{"errors":[`, "upstream  The provider 'workers-ai' answered with status 500."},
		"a stream":                  {gateway.OpImage, image, 200, "text/event-stream", "data: {}\n\n", "bad_upstream  The provider's answer is a stream."},
		"a page":                    {gateway.OpRerank, reranker, 200, "text/html", "<html>", "bad_upstream  The provider's answer is not a JSON object."},
		"no image":                  {gateway.OpImage, image, 200, "application/json", `{"result":{},"success":true}`, "bad_upstream  The provider's answer has no 'result.image'."},
		"a path as model": {gateway.OpImage, `{"model":"@cf/../x","prompt":"a cat"}`, 0, "", "",
			"invalid  The field 'model' is no name of a model for this target: it must be one such as @cf/baai/bge-reranker-base."},
		"a query as model": {gateway.OpRerank, `{"model":"@cf/x?y","query":"q"}`, 0, "", "",
			"invalid  The field 'model' is no name of a model for this target: it must be one such as @cf/baai/bge-reranker-base."},
		"no recording": {gateway.OpTranscription, `{"model":"@cf/openai/whisper","file":"a"}`, 0, "", "", "invalid  The field 'file' must be one recording, and there must be no other file."},
		"no sound":     {gateway.OpSpeech, `{"model":"@cf/myshell-ai/melotts","input":"Hi"}`, 200, "application/json", `{"result":{"audio":"?"},"success":true}`, "bad_upstream  The provider's answer holds audio that cannot be read."},
		"two images":   {gateway.OpImage, `{"model":"@cf/x/y","prompt":"a cat","n":2}`, 0, "", "", "invalid  The field 'n' must be 1: this target makes one image at a time."},
	} {
		t.Run(name, func(t *testing.T) {
			up := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				if c.status == 0 {
					t.Error("the upstream was called")
					return
				}
				w.Header().Set("Content-Type", c.kind)
				w.WriteHeader(c.status)
				_, _ = io.WriteString(w, c.data)
			}))
			defer up.Close()
			ex, client := taskCase{vendor: "workers-ai", base: "/ai/v1", op: c.op, body: c.body}.exchange(t, up.URL)
			defer client.Close()
			_, err := client.Handler()(context.Background(), ex)
			e := gateway.AsError(err)
			if got := e.Kind.String() + " " + e.Code + " " + e.Public; got != c.want {
				t.Errorf("%s, want %s", got, c.want)
			}
		})
	}
}
