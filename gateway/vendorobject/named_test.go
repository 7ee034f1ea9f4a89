package vendorobject_test

import (
	"strings"
	"testing"

	"github.com/sluicegate/sluice/gateway/vendorobject"
)

func TestNamed(t *testing.T) {
	for _, tc := range []struct{ name, body, want string }{
		{"chat", `{"messages":[{"role":"user","content":[{"type":"file","file":{"file_id":"file-1"}},{"type":"text","text":"file-2"}]}]}`, "messages[0].content[0].file.file_id=file-1"},
		{"responses", `{"input":[{"role":"user","content":[{"type":"input_file","file_id":"file-1"},{"type":"input_image","file_id":"file-2"}]}],"tools":[{"type":"file_search","vector_store_ids":["vs_1","vs_2"]},{"type":"code_interpreter","container":"cntr_1"},{"type":"code_interpreter","container":{"type":"auto","file_ids":["file-3"]}}],"conversation":{"id":"conv_1"}}`,
			"input[0].content[0].file_id=file-1 input[0].content[1].file_id=file-2 tools[0].vector_store_ids[0]=vs_1 tools[0].vector_store_ids[1]=vs_2 tools[1].container=cntr_1 tools[2].container.file_ids[0]=file-3 conversation.id=conv_1"},
		{"messages", `{"container":{"id":"container_1","skills":[{"type":"anthropic","skill_id":"xlsx"},{"type":"custom","skill_id":"skill_1"}]},"messages":[{"role":"user","content":[{"type":"document","source":{"type":"file","file_id":"file_1"}}]}]}`,
			"container.id=container_1 container.skills[1].skill_id=skill_1 messages[0].content[0].source.file_id=file_1"},
		{"a batch of messages", `{"requests":[{"custom_id":"a","params":{"messages":[{"content":[{"type":"container_upload","file_id":"file_1"}]}]}}]}`, "requests[0].params.messages[0].content[0].file_id=file_1"},
		{"gemini", `{"contents":[{"parts":[{"fileData":{"fileUri":"https://generativelanguage.googleapis.com/v1beta/files/abc"}},{"file_data":{"file_uri":"gs://bucket/files/x"}},{"fileData":{"fileUri":"https://example.com/files/x"}}]}],"cachedContent":"cachedContents/c","tools":[{"fileSearch":{"fileSearchStoreNames":["fileSearchStores/s"]}}]}`,
			"contents[0].parts[0].fileData.fileUri=files/abc cachedContent=cachedContents/c tools[0].fileSearch.fileSearchStoreNames[0]=fileSearchStores/s"},
		{"a batch of Gemini's", `{"batch":{"input_config":{"file_name":"files/abc"}}}`, "batch.input_config.file_name=files/abc"},
		{"vertex", `{"cachedContent":"projects/p/locations/l/cachedContents/7"}`, "cachedContent=cachedContents/7"},
		{"escaped names", `{"messages":[{"content":[{"file":{"file\u005fid":"file-1"}}]}]}`, "messages[0].content[0].file.file_id=file-1"},
		{"arguments of tools are the model's", `{"messages":[{"content":[{"type":"tool_use","input":{"file_id":"mine"}}]}],"contents":[{"parts":[{"functionCall":{"args":{"file_id":"mine"}}},{"functionResponse":{"response":{"file_id":"mine"}}}]}]}`, ""},
		{"schemas are the caller's", `{"tools":[{"function":{"parameters":{"properties":{"file_id":{"type":"string"}},"required":["file_id"],"default":{"file_id":"x"}}}},{"input_schema":{"file_id":"x"}}],"metadata":{"file_id":"x"}}`, ""},
		{"the input of Responses is not an argument", `{"input":{"file_id":"file-1"}}`, "input.file_id=file-1"},
		{"what a model has said", `{"messages":[{"role":"assistant","audio":{"id":"audio_1"}},{"role":"user","content":[{"type":"input_audio","input_audio":{"data":"x","format":"wav"}}]}],"audio":{"voice":{"id":"voice_1"},"format":"wav"}}`, "messages[0].audio.id=audio_1"},
		{"another type", `{"file_id":7,"container":null}`, ""},
		{"nothing", `{"messages":[{"content":"Which file_ids do you know?"}]}`, ""},
	} {
		var got []string
		for _, r := range vendorobject.Named([]byte(tc.body)) {
			got = append(got, r.Field+"="+r.ID)
		}
		if text := strings.Join(got, " "); text != tc.want {
			t.Errorf("%s:\n%s\nwant\n%s", tc.name, text, tc.want)
		}
	}
	many := `{"file_ids":["` + strings.Repeat(`x","`, 100_000) + `x"]}`
	if n := len(vendorobject.Named([]byte(many))); n != vendorobject.MaxReferences+1 {
		t.Errorf("%d of very many", n)
	}
}

func TestAnswered(t *testing.T) {
	for body, want := range map[string]string{
		`{"output":[{"type":"code_interpreter_call","container_id":"cntr_1"}]}`:                                                                 "cntr_1",
		`{"container":{"id":"container_1","expires_at":"x"}}`:                                                                                   "container_1",
		`{"response":{"generatedSamples":[{"video":{"uri":"https://generativelanguage.googleapis.com/v1beta/files/abc:download?alt=media"}}]}}`: "files/abc",
		`{"groundingChunks":[{"web":{"uri":"https://example.com/files/abc"}}]}`:                                                                 "",
		`{"content":[{"type":"tool_use","input":{"file_id":"file_of_another"}}]}`:                                                               "",
		`{"choices":[{"message":{"audio":{"id":"audio_1","transcript":"Hi"}}}]}`:                                                                "audio_1",
		`{"choices":[{"delta":{"audio":{"id":"audio_1"}}}]}`:                                                                                    "audio_1",
		`{"id":"batch_1","output_file_id":"file-9","error_file_id":null}`:                                                                       "file-9",
	} {
		var got []string
		for _, r := range vendorobject.Answered([]byte(body)) {
			got = append(got, r.ID)
		}
		if text := strings.Join(got, " "); text != want {
			t.Errorf("%s: %q, want %q", body, text, want)
		}
	}
}

func FuzzNamed(f *testing.F) {
	f.Add(`{"file_ids":["a",{"container":{"id":"b"}}]}`)
	f.Fuzz(func(t *testing.T, body string) {
		if n := len(vendorobject.Named([]byte(body))); n > vendorobject.MaxReferences+1 {
			t.Errorf("%d", n)
		}
	})
}
