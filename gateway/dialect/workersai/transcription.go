package workersai

import (
	"encoding/base64"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway/dialect/vendorerror"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// TakesFields reports whether a model takes a recording in base64, with a language and a prompt beside it
// (https://developers.cloudflare.com/workers-ai/models/whisper-large-v3-turbo). The others take its bytes
// and nothing else (https://developers.cloudflare.com/workers-ai/models/whisper).
func TakesFields(model string) bool { return strings.Contains(model, "/whisper-large-v3-turbo") }

// WriteTranscription writes the fields of a form in OpenAI's format as the input of a model, without the
// recording: see [WithAudio]. The input of a model that takes the bytes of the recording is empty.
func WriteTranscription(model string, translate bool, raw []byte) ([]byte, error) {
	var o jsonx.Object
	rich := TakesFields(model)
	if translate && !rich {
		return nil, refuse("model", "must be one that translates, such as @cf/openai/whisper-large-v3-turbo")
	}
	if rich && translate {
		o.Text("task", "translate")
	} else if rich {
		o.Text("task", "transcribe")
	}
	for m := range jsonx.Members(raw) {
		text := jsonx.Text(m.Value)
		if text == "" || string(m.Value) == "null" {
			continue
		}
		switch m.Key {
		case "language", "prompt":
			if !rich {
				return nil, refuse(m.Key, "is not taken by this model: name @cf/openai/whisper-large-v3-turbo")
			}
			name := m.Key
			if name == "prompt" {
				name = "initial_prompt"
			}
			o.Text(name, text)
		case "response_format":
			switch text {
			case "json", "text", "vtt", "verbose_json":
			default:
				return nil, refuse("response_format", "must be json, text, vtt or verbose_json for this target")
			}
		case "temperature":
			if strings.Trim(text, "0.") != "" {
				return nil, refuse("temperature", "must be 0 for this target")
			}
		case "stream":
			if !strings.EqualFold(text, "false") {
				return nil, refuse("stream", "must be false: this target answers in one piece")
			}
		}
	}
	return o.JSON(), nil
}

// WithAudio adds a recording to an input.
func WithAudio(input, recording []byte) []byte {
	return jsonx.Update(input, jsonx.Change{Name: "audio", Value: jsonx.Quote(base64.StdEncoding.EncodeToString(recording))})
}

// ReadTranscription reads an answer of Whisper, or of Deepgram
// (https://developers.cloudflare.com/workers-ai/models/nova-3), and writes it in OpenAI's format. format is
// the one that the caller asks for: the subtitles of "vtt" are a text, too.
func ReadTranscription(vendor, format string, body []byte) ([]byte, error) {
	const op = "workersai.ReadTranscription"
	_, root, err := vendorerror.BodyWith(op, vendor, body, "result", gjson.Result.IsObject)
	if err != nil {
		return nil, err
	}
	result := root.Get("result")
	text := result.Get("text")
	if !text.Exists() {
		text = result.Get("results.channels.0.alternatives.0.transcript")
	}
	field := "text"
	if format == "vtt" {
		text, field = result.Get("vtt"), "vtt"
	}
	if text.Type != gjson.String {
		if err := vendorerror.FromBody(op, body, vendor); err != nil {
			return nil, err
		}
		return nil, vendorerror.Broken(op, "The provider's answer has no 'result."+field+"'.", nil)
	}
	var o jsonx.Object
	o.Text("text", text.Str)
	info := result.Get("transcription_info")
	if format == "verbose_json" {
		for _, f := range []struct {
			name  string
			value gjson.Result
		}{{"language", info.Get("language")}, {"duration", info.Get("duration")}, {"segments", result.Get("segments")}, {"words", result.Get("words")}} {
			if f.value.Exists() {
				o.Raw(f.name, []byte(f.value.Raw))
			}
		}
	}
	if seconds := info.Get("duration"); seconds.Type == gjson.Number {
		var usage jsonx.Object
		usage.Text("type", "duration")
		usage.Raw("seconds", []byte(seconds.Raw))
		o.Raw("usage", usage.JSON())
	}
	return o.JSON(), nil
}
