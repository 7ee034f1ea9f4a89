package e2e

import (
	"strings"
	"testing"
)

// TestMediaClients: the openai and cohere-ai clients' operations besides chat.
func TestMediaClients(t *testing.T) {
	s := start(t, "", nil)
	got := s.script("media.mjs")
	for path, want := range map[string]string{
		"completion": "Hello you", "streamed": "Hello you", "flagged": "[false,true]",
		"image.count": "2", "image.caption": "A cat", "image.bytes": "70", "edit": "A dog", "variations": "1",
		"speech.head": "RIFF", "speech.bytes": "844",
		"transcription": "A recording of 4 bytes.", "asText": "A recording of 4 bytes.", "pieces.0.text": "A recording of 4 bytes.", "translation": "Guten Tag",
		"reranked.#": "1", "reranked.0.index": "1", "rerankedV1.0.index": "1", "rerankedV1.0.document.text": "Paris is the capital of France",
		"noModel.status": "400", "noModel.param": "model", "noFile.param": "file", "noPrompt.param": "prompt",
	} {
		if v := got.Get(path).String(); v != want {
			t.Errorf("%s is %q, want %q", path, v, want)
		}
	}
	if t.Failed() {
		t.Log(got.Raw)
	}
}

// TestObjectClients: the openai client's files, batches and uploads.
func TestObjectClients(t *testing.T) {
	s := start(t, "", nil)
	got := s.script("objects.mjs")
	for path, want := range map[string]string{
		"absent.status": "404", "file": "file-mock", "shown": "file-mock", "listed.#": "1", "listed.0": "file-mock", "batch": "validating", "ended": "completed",
		"usage.input_tokens": "1000", "part": "true", "foreign.status": "404", "foreign.param": "input_file_id", "foreign.code": "object_not_found", "deleted": "true",
		"policies.denied.status": "446", "policies.longer": "true", "policies.begun": "validating", "policies.unread.status": "400", "policies.unread.code": "batch_not_judged",
		"job": "job-mock", "jobs.0": "job-mock", "ended_job": "job-mock",
	} {
		if v := got.Get(path).String(); v != want {
			t.Errorf("%s is %q, want %q", path, v, want)
		}
	}
	if message := got.Get("policies.denied.message").String(); !strings.Contains(message, "line 2 of the file") || !strings.Contains(message, "no-evil") {
		t.Errorf("a denial says %q", message)
	}
	if t.Failed() {
		t.Log(got.Raw)
	}
}

// TestRealtimeClients: sessions by the openai client's classes for browsers and Node, its Azure one,
// and ws alone.
func TestRealtimeClients(t *testing.T) {
	s := start(t, "", nil)
	got := s.script("realtime.mjs")
	for path, want := range map[string]string{
		"browser.text": "Hello browser", "browser.usage.total_tokens": "10", "page.text": "Hello page", "page.chat": "401", "node.text": "Hello node", "azure.text": "Hello Azure",
		"refused": "Unexpected server response: 400", "ws.protocol": "realtime", "ws.events.1": "error invalid", "ws.code": "1000",
		"stranger.status": "401", "noKey.status": "401",
	} {
		if v := got.Get(path).String(); v != want {
			t.Errorf("%s is %q, want %q", path, v, want)
		}
	}
	if t.Failed() {
		t.Log(got.Raw)
	}
}

// TestPythonClient: the openai client for Python, besides chat.
func TestPythonClient(t *testing.T) {
	s := start(t, "", nil)
	got := s.script("openai_operations_client.py")
	for path, want := range map[string]string{
		"session.text": "Hello from Python", "session.usage": "12", "nobody.status": "400",
		"completion": "Hello you", "flagged": "[false, true]", "embeddings": "[64, 64]", "images": "2", "caption": "A cat", "edit": "A dog", "variations": "1",
		"speech": "RIFF", "transcription": "A recording of 4 bytes.", "translation": "Guten Tag",
		"file": "file-mock", "listed.#": "1", "content": "true", "batch": "completed", "job": "job-mock", "shown": "job-mock", "jobs.0": "job-mock", "cancelled": "job-mock", "deleted": "true",
		"no_model.status": "400", "no_model.param": "model", "foreign.status": "404", "foreign.param": "training_file",
	} {
		if v := got.Get(path).String(); v != want {
			t.Errorf("%s is %q, want %q", path, v, want)
		}
	}
	if t.Failed() {
		t.Log(got.Raw)
	}
}

// TestLiveClients: sessions of Gemini's Live API by the @google/genai client.
func TestLiveClients(t *testing.T) {
	s := start(t, "", nil)
	got := s.script("live.mjs")
	for path, want := range map[string]string{
		"text.text": "Hello live", "text.usage": `[4,4,{"TEXT":4,"AUDIO":0}]`, "sound.text": "Hello sound", "sound.sound": "1280", "sound.usage": `[4,20,{"TEXT":0,"AUDIO":20}]`,
		"token.text": "Hello token", "token.usage": `[4,4,{"TEXT":4,"AUDIO":0}]`, "tokenAgain.code": "1008", "tokenAgain.reason": "This client secret has opened as many sessions as it may.",
		"tokenLocked.text": "Hello lock", "tokenLocked.sound": "0", "tokenField.text": "Hello field", "tokenField.sound": "0", "tokenElsewhere.text": "Hello",
		"spoken.text": "3 seconds of sound", "unknown.code": "1008", "stranger.error": "Live connection failed before setup completed: Unexpected server response: 401",
	} {
		if v := got.Get(path).String(); v != want {
			t.Errorf("%s is %q, want %q", path, v, want)
		}
	}
	if t.Failed() {
		t.Log(got.Raw)
	}
}
