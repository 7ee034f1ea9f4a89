package workersai

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"golang.org/x/tools/txtar"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/gatewaytest"
	"github.com/sluicegate/sluice/internal/goldentest"
	"github.com/sluicegate/sluice/internal/jsonx"
)

var noon = time.Unix(1785585600, 0)

// TestGolden reads testdata/<operation>/*.txtar: request.json of a caller becomes input.json of the model,
// or refused.txt; answer.json becomes output, or error.txt.
func TestGolden(t *testing.T) {
	goldentest.Run(t, "testdata/*/*.txtar", func(t *testing.T, in *txtar.Archive) *txtar.Archive {
		out := &txtar.Archive{Comment: in.Comment}
		add := func(name, text string) {
			out.Files = append(out.Files, txtar.File{Name: name, Data: []byte(text + "\n")})
		}
		result := func(name, nameOfError string, body []byte, err error) {
			if err == nil {
				add(name, string(body))
				return
			}
			e := gateway.AsError(err)
			add(nameOfError, fmt.Sprintf("%s: %s\nparam=%q code=%q", e.Kind, e.Public, e.Param, e.Code))
		}
		request := goldentest.Section(in, "request.json")
		add("request.json", strings.TrimSpace(string(request)))
		model, format := jsonx.String(jsonx.Get(request, "model")), jsonx.String(jsonx.Get(request, "response_format"))
		var write func() ([]byte, error)
		var read func(answer []byte) ([]byte, error)
		switch operation := strings.Split(t.Name(), "/")[1]; operation {
		case "rerank":
			write = func() ([]byte, error) { return WriteRerank(request) }
			read = func(answer []byte) ([]byte, error) { return ReadRerank("workers-ai", request, answer) }
		case "image":
			write = func() ([]byte, error) { return WriteImage(request) }
			read = func(answer []byte) ([]byte, error) { return ReadImage("workers-ai", "application/json", answer, noon) }
		case "speech":
			write = func() ([]byte, error) { return WriteSpeech(model, request) }
			read = func(answer []byte) ([]byte, error) { return ReadSpeech("workers-ai", answer) }
		default:
			write = func() ([]byte, error) { return WriteTranscription(model, operation == "translation", request) }
			read = func(answer []byte) ([]byte, error) { return ReadTranscription("workers-ai", format, answer) }
		}
		body, err := write()
		result("input.json", "refused.txt", body, err)
		if answer := goldentest.Section(in, "answer.json"); answer != nil {
			add("answer.json", strings.TrimSpace(string(answer)))
			body, err = read(answer)
			result("output", "error.txt", body, err)
		}
		return out
	})
}

func TestReadImageOfBytes(t *testing.T) {
	got, err := ReadImage("workers-ai", "image/PNG", []byte("\x89PNG"), noon)
	if want := `{"created":1785585600,"data":[{"b64_json":"iVBORw=="}]}`; err != nil || string(got) != want {
		t.Errorf("%s %v", got, err)
	}
	if _, err := ReadImage("workers-ai", "image/png", nil, noon); gateway.AsError(err).Kind != gateway.BadUpstream {
		t.Errorf("%v", err)
	}
}

func TestImageEditRefuses(t *testing.T) {
	const flux = "@cf/black-forest-labs/flux-2-dev"
	files := func(fields ...string) (out []gateway.File) {
		for _, f := range fields {
			out = append(out, gatewaytest.File(f, "a.png", "image/png", []byte("A")))
		}
		return out
	}
	for _, c := range []struct {
		model, raw string
		files      []gateway.File
		param      string
	}{
		{"@cf/black-forest-labs/flux-1-schnell", `{"prompt":"a hat"}`, files("image"), "model"},
		{flux, `{"prompt":"a hat"}`, nil, "image"},
		{flux, `{"prompt":"a hat"}`, files("image", "image", "image", "image", "image"), "image"},
		{flux, `{"prompt":"a hat"}`, files("image", "mask"), "mask"},
		{flux, `{"prompt":"a hat","n":"2"}`, files("image"), "n"},
		{flux, `{"prompt":"a hat","stream":"True"}`, files("image"), "stream"},
	} {
		if _, _, err := WriteImageEdit(c.model, []byte(c.raw), c.files); err == nil || gateway.AsError(err).Param != c.param {
			t.Errorf("%s %s: %v, want %s", c.model, c.raw, err, c.param)
		}
	}
}

// FuzzAnswers feeds arbitrary answers and requests: no panic, JSON only, and no error without a text.
func FuzzAnswers(f *testing.F) {
	const request = `{"query":"q","documents":["a",{"text":"b"}],"return_documents":true}`
	for _, answer := range []string{
		`{"result":{"response":[{"id":1,"score":0.9},{"id":0,"score":-1e3}],"usage":{"prompt_tokens":1}},"success":true}`,
		`{"result":{"image":"data:image/png;base64,AAAA"}}`, `{"result":{},"success":false,"errors":[{"code":5007,"message":"No such model"}]}`,
		`{"result":{"text":"Hi","vtt":"WEBVTT","segments":[],"transcription_info":{"duration":1e9,"language":5}}}`, `{"result":{"audio":"AAAA"}}`,
		`{"result":{"results":{"channels":[{"alternatives":[{"transcript":"Hi"}]}]}}}`, `{"result":{"response":[{"id":1e300,"score":"x"}]}}`, `{"result":null,"errors":[5]}`, `[]`,
	} {
		f.Add([]byte(request), []byte(answer))
	}
	f.Fuzz(func(t *testing.T, request, answer []byte) {
		check := func(raw []byte, err error) {
			if err != nil && gateway.AsError(err).Public == "" {
				t.Fatalf("an error without a text: %v", err)
			}
			if err == nil && !json.Valid(raw) {
				t.Fatalf("no JSON: %q", raw)
			}
		}
		if json.Valid(request) && request[0] == '{' { // which the intake checks
			check(WriteRerank(request))
			check(WriteImage(request))
			check(WriteSpeech("@cf/deepgram/aura-1", request))
			check(WriteTranscription("@cf/openai/whisper-large-v3-turbo", true, request))
		} else {
			request = []byte(`{"documents":["a"]}`)
		}
		check(ReadRerank("workers-ai", request, answer))
		check(ReadImage("workers-ai", "application/json", answer, noon))
		check(ReadTranscription("workers-ai", "verbose_json", answer))
		if _, err := ReadSpeech("workers-ai", answer); err != nil {
			check(nil, err)
		}
	})
}
