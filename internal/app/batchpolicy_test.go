package app

import (
	"fmt"
	"strings"
	"testing"
)

// TestBatchPolicies: redaction and guardrails that are pinned on an API key read each line of a batch's
// file before the vendor gets it, and a batch begins only if those that apply have read its file.
func TestBatchPolicies(t *testing.T) {
	vendor := &recording{vendor: &keeper{}}
	o := openOfficeWith(t, vendor)
	o.virtualKey(`"name":"open","provider":"openai"`)
	o.virtualKey(`"name":"azure","provider":"azure-openai","settings":{"resource":"acme","deployments":"gpt-4o=chat-eu"}`)
	o.virtualKey(`"name":"gemini","provider":"google"`)
	o.virtualKey(`"name":"mistral","provider":"mistral-ai"`)
	o.virtualKey(`"name":"vertex","provider":"vertex-ai","settings":{"project":"p","region":"us-central1"}`)
	o.virtualKey(`"name":"claude","provider":"anthropic"`)
	keys := o.policyKeys()
	plain, redacting, guarded, both := keys.plain, keys.redacting, keys.guarded, keys.both
	purpose := func(p string) string { return field("purpose", p) }
	file := func(lines ...string) string { return attached("file", "a.jsonl", strings.Join(lines, "\n")) }
	upload := func(lines ...string) string { return related("{}", "application/jsonl", strings.Join(lines, "\n")) }

	t.Run("files", func(t *testing.T) {
		for _, c := range []struct {
			name, key, vk, path, kind, body string
			status                          int
			answer, up, never               string // what the answer has, what goes up, and what does not
		}{
			{"without policies", plain, "open", "/v1/files", asForm, form(purpose("batch"), file(chatCall("a@example.com evil"))), 200, "file-", fmt.Sprint("/files ", len(form(purpose("batch"), file(chatCall("a@example.com evil")))), " ", form(purpose("batch"), file(chatCall("a@example.com evil")))), ""},
			{"redacted", redacting, "open", "/v1/files", asForm, form(purpose("batch"), file(chatCall("a@example.com evil"), chatCall("b@example.com"))), 200, "file-", chatCall("[EMAIL_1] evil") + "\n" + chatCall("[EMAIL_1]"), "example.com"},
			{"redacted, purpose behind", redacting, "open", "/openai/v1/files", asForm, form(file(chatCall("a@example.com")), purpose("batch")), 200, "file-", chatCall("[EMAIL_1]"), "example.com"},
			{"the file's name", redacting, "open", "/v1/files", asForm, form(purpose("batch"), strings.Replace(file(chatCall("x")), "a.jsonl", "a@example.com.jsonl", 1)), 200, "file-", `filename="[EMAIL_1]`, "example.com"},
			{"an id of a call", redacting, "open", "/v1/files", asForm, form(purpose("batch"), file(chatCall("x"), strings.Replace(chatCall("x"), `"a"`, `"a@example.com"`, 1))), 400, "Line 2 of the file has personal data", "", "example.com"},
			{"denied", guarded, "open", "/v1/files", asForm, form(purpose("batch"), file(chatCall("x"), chatCall("y"), chatCall("evil"))), 446, "In line 3 of the file: The guardrail 'no-evil' denied the call", "", "evil"},
			{"flagged", guarded, "open", "/v1/files", asForm, form(purpose("batch"), file(chatCall("x"), chatCall("odd"))), 246, "file-", chatCall("odd"), ""},
			{"both", both, "open", "/v1/files", asForm, form(purpose("batch"), file(chatCall("a@example.com"), chatCall("evil"))), 446, "In line 2 of the file", "", "evil"},
			{"no call", guarded, "open", "/v1/files", asForm, form(purpose("batch"), file(chatCall("x"), "evil")), 400, "Line 2 of the file is no JSON object", "", "evil"},
			{"another purpose", both, "open", "/v1/files", asForm, form(purpose("assistants"), file("of a@example.com")), 200, "file-", "of [EMAIL_1]", "example.com"},
			{"another purpose, denied", both, "open", "/v1/files", asForm, form(purpose("assistants"), file("evil")), 446, "In the file", "", "evil"},
			{"another purpose, binary", both, "open", "/v1/files", asForm, form(purpose("assistants"), file("\x00evil")), 200, "file-", "\x00evil", ""},
			{"no form", both, "open", "/v1/files", "application/octet-stream", chatCall("evil"), 400, "must come in a form", "", "evil"},
			{"in parts", both, "open", "/v1/uploads", asJSON, `{"purpose":"batch","bytes":3,"filename":"a","mime_type":"text/plain"}`, 400, "in one call", "", "batch"},
			{"another purpose in parts", both, "open", "/v1/uploads", asJSON, `{"purpose":"assistants","bytes":3,"filename":"a","mime_type":"text/plain"}`, 200, "", "assistants", ""},
			{"Azure in parts", both, "azure", "/azure/openai/uploads", asJSON, `{"purpose":"batch","bytes":3}`, 400, "in one call", "", "batch"},
			{"Azure", redacting, "azure", "/azure/openai/files", asForm, form(purpose("batch"), file(chatCall("a@example.com"))), 200, "file-", chatCall("[EMAIL_1]"), "example.com"},
			{"Azure, denied", guarded, "azure", "/azure/openai/files", asForm, form(file(chatCall("evil")), purpose("batch")), 446, "In line 1 of the file", "", "evil"},
			{"Mistral", both, "mistral", "/mistral/v1/files", asForm, form(purpose("batch"), file(`{"custom_id":"a","body":{"messages":[{"role":"user","content":"a@example.com"}]}}`)), 200, "file-", "[EMAIL_1]", "example.com"},
			{"Gemini", both, "gemini", "/gemini/upload/v1beta/files?uploadType=multipart", asRelated, upload(googleCall("a@example.com")), 200, "files/", googleCall("[EMAIL_1]"), "example.com"},
			{"Gemini, denied", both, "gemini", "/gemini/upload/v1beta/files?uploadType=multipart", asRelated, upload(googleCall("x"), googleCall("evil")), 446, "In line 2 of the file", "", "evil"},
			{"Gemini, as it is", both, "gemini", "/gemini/upload/v1beta/files?uploadType=media", "application/jsonl", googleCall("evil"), 400, "must come in a form", "", "evil"},
			{"Gemini, an image as it is", both, "gemini", "/gemini/upload/v1beta/files?uploadType=media", "image/png", "\x89PNG\r\n\x1a\n\x00", 200, "files/", "\x89PNG\r\n\x1a\n\x00", ""},
			{"Anthropic's batch in a body", redacting, "claude", "/anthropic/v1/messages/batches", asJSON, `{"requests":[{"custom_id":"a","params":{"model":"m","max_tokens":5,"messages":[{"role":"user","content":"a@example.com"}]}}]}`, 200, "batch_", "[EMAIL_1]", "example.com"},
			{"Anthropic's batch, denied", guarded, "claude", "/anthropic/v1/messages/batches", asJSON, `{"requests":[{"custom_id":"a","params":{"model":"m","max_tokens":5,"messages":[{"role":"user","content":"evil"}]}}]}`, 446, "hook_results", "", "evil"},
			{"Gemini's batch in a body", guarded, "gemini", "/gemini/v1beta/models/g:batchGenerateContent", asJSON, `{"batch":{"input_config":{"requests":{"requests":[` + googleCall("evil") + `]}}}}`, 446, "hook_results", "", "evil"},
		} {
			vendor.seen()
			status, answer := o.askAs(c.kind, c.key, c.vk, "POST", c.path, c.body)
			up := vendor.seen()
			if status != c.status || !strings.Contains(answer, c.answer) || !strings.Contains(up, c.up) || c.never != "" && strings.Contains(up, c.never) || status >= 400 && strings.Contains(up, "--b--") {
				t.Errorf("%s: %d %s\nup: %q", c.name, status, answer, up)
			}
		}
	})

	t.Run("batches", func(t *testing.T) {
		good, mistral := form(purpose("batch"), file(chatCall("x"))), form(purpose("batch"), file(`{"body":{"messages":[{"role":"user","content":"x"}]}}`))
		begin := func(file string) string { return `{"input_file_id":"` + file + `","endpoint":"/v1/chat/completions"}` }
		open := map[string]string{}
		for name, key := range map[string]string{"plain": plain, "redacting": redacting, "guarded": guarded, "both": both} {
			open[name] = o.keep(key, "open", "/v1/files", good)
		}
		unread := o.keep(both, "open", "/v1/files", form(purpose("assistants"), file(chatCall("x"))))
		azure, azureRead := o.keep(plain, "azure", "/azure/openai/files", good), o.keep(both, "azure", "/azure/openai/files", good)
		gemini, geminiRead := o.keep(plain, "gemini", "/gemini/upload/v1beta/files?uploadType=multipart", upload(googleCall("x"))), o.keep(both, "gemini", "/gemini/upload/v1beta/files?uploadType=multipart", upload(googleCall("x")))
		mistralFile, mistralRead := o.keep(plain, "mistral", "/mistral/v1/files", mistral), o.keep(both, "mistral", "/mistral/v1/files", mistral)
		const notRead, elsewhere = "have not read the batch's file", "where redaction and guardrails cannot read them"
		for _, c := range []struct {
			name, key, vk, path, body, refused string
		}{
			{"without policies", plain, "open", "/v1/batches", begin(open["plain"]), ""},
			{"by the same key", both, "open", "/v1/batches", begin(open["both"]), ""},
			{"by one with fewer policies", redacting, "open", "/v1/batches", begin(open["both"]), ""},
			{"that nobody has read", both, "open", "/v1/batches", begin(open["plain"]), notRead},
			{"that redaction has read", both, "open", "/v1/batches", begin(open["redacting"]), notRead},
			{"that another guardrail has read", both, "open", "/v1/batches", begin(open["guarded"]), notRead},
			{"of another purpose", both, "open", "/v1/batches", begin(unread), notRead},
			{"without a file", both, "open", "/v1/batches", `{"endpoint":"/v1/chat/completions"}`, notRead},
			{"Azure", both, "azure", "/azure/openai/batches", begin(azureRead), ""},
			{"Azure, not read", both, "azure", "/azure/openai/batches", begin(azure), notRead},
			{"Azure, a blob", both, "azure", "/azure/openai/batches", `{"input_blob":"https://x/y"}`, elsewhere},
			{"Gemini", both, "gemini", "/gemini/v1beta/models/g:batchGenerateContent", `{"batch":{"input_config":{"file_name":"` + geminiRead + `"}}}`, ""},
			{"Gemini, not read", both, "gemini", "/gemini/v1beta/models/g:batchGenerateContent", `{"batch":{"inputConfig":{"fileName":"` + gemini + `"}}}`, notRead},
			{"Gemini, a name behind calls", both, "gemini", "/gemini/v1beta/models/g:batchGenerateContent", `{"batch":{"inputConfig":{"requests":{"requests":[` + googleCall("x") + `]}},"inputConfig":{"fileName":"` + gemini + `"}}}`, notRead},
			{"Gemini, a name before calls", both, "gemini", "/gemini/v1beta/models/g:batchGenerateContent", `{"batch":{"inputConfig":{"fileName":"` + gemini + `"},"inputConfig":{"requests":{"requests":[` + googleCall("x") + `]}}}}`, elsewhere},
			{"Mistral", both, "mistral", "/mistral/v1/batch/jobs", `{"model":"m","input_files":["` + mistralRead + `"]}`, ""},
			{"Mistral, one of two", both, "mistral", "/mistral/v1/batch/jobs", `{"model":"m","input_files":["` + mistralRead + `","` + mistralFile + `"]}`, notRead},
			{"Mistral, an agent", both, "mistral", "/mistral/v1/batch/jobs", `{"agent_id":"a","input_files":["` + mistralFile + `"]}`, notRead},
			{"Vertex AI", both, "vertex", "/vertex_ai/v1/projects/p/locations/us-central1/batchPredictionJobs", `{"model":"publishers/google/models/m","inputConfig":{"gcsSource":{"uris":["gs://a/b"]}}}`, elsewhere},
		} {
			vendor.seen()
			status, answer := o.ask(c.key, c.vk, "POST", c.path, c.body)
			up := vendor.seen()
			if refused := status == 400 && strings.Contains(answer, "batch_not_judged") && up == ""; refused != (c.refused != "") || !strings.Contains(answer, c.refused) || !refused && status != 200 {
				t.Errorf("%s: %d %s\nup: %q", c.name, status, answer, up)
			}
		}
	})
}
