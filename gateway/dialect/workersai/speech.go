package workersai

import (
	"encoding/base64"
	"strings"

	"github.com/sluicegate/sluice/gateway/dialect/vendorerror"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// encodings are the fields of Deepgram's models for the formats that OpenAI names. OpenAI's pcm has 24,000
// samples in a second.
var encodings = map[string]string{
	"mp3": `{"encoding":"mp3"}`, "aac": `{"encoding":"aac"}`, "flac": `{"encoding":"flac"}`, "opus": `{"encoding":"opus","container":"ogg"}`,
	"wav": `{"encoding":"linear16","container":"wav"}`, "pcm": `{"encoding":"linear16","container":"none","sample_rate":24000}`,
}

// WriteSpeech writes a request in OpenAI's format as the input of a model that speaks: Deepgram's
// (https://developers.cloudflare.com/workers-ai/models/aura-2-en), which have a "speaker" and an
// "encoding", or MeloTTS (https://developers.cloudflare.com/workers-ai/models/melotts), which has a "lang".
// Fields that OpenAI does not know are inputs of the model.
func WriteSpeech(model string, raw []byte) ([]byte, error) {
	melo := strings.Contains(model, "/melotts")
	var o jsonx.Object
	for m := range jsonx.Members(raw) {
		text := jsonx.String(m.Value)
		if string(m.Value) == "null" {
			continue
		}
		switch m.Key {
		case "input":
			name := "text"
			if melo {
				name = "prompt"
			}
			o.Raw(name, m.Value)
		case "voice":
			if m.Value[0] != '"' {
				return nil, refuse("voice", "must be a string")
			}
			if !melo {
				o.Raw("speaker", m.Value)
			}
		case "response_format":
			fields, ok := encodings[text]
			if melo && text != "mp3" {
				return nil, refuse("response_format", "must be mp3: this target gives nothing else")
			}
			if !ok {
				return nil, refuse("response_format", "must be mp3, aac, flac, opus, wav or pcm")
			}
			if melo {
				continue
			}
			for f := range jsonx.Members([]byte(fields)) {
				o.Raw(f.Key, f.Value)
			}
		case "speed":
			if n := jsonx.Float(m.Value); n == nil || *n != 1 {
				return nil, refuse("speed", "must be 1 for this target")
			}
		case "instructions":
			return nil, refuse("instructions", "is not taken by this target")
		case "stream_format":
			if text != "audio" {
				return nil, refuse("stream_format", "must be audio: this target gives nothing else")
			}
		case "model", "user":
		default:
			o.Raw(m.Key, m.Value)
		}
	}
	return o.JSON(), nil
}

// ReadSpeech returns the audio of an answer that holds it in base64, as MeloTTS answers: MP3.
func ReadSpeech(vendor string, body []byte) ([]byte, error) {
	const op = "workersai.ReadSpeech"
	result, err := readResult(op, vendor, body, "audio")
	if err != nil {
		return nil, err
	}
	audio, err := base64.StdEncoding.DecodeString(result.Get("audio").String())
	if err != nil || len(audio) == 0 {
		return nil, vendorerror.Broken(op, "The provider's answer holds audio that cannot be read.", err)
	}
	return audio, nil
}
