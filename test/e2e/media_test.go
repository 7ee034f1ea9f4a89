package e2e

import "testing"

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
