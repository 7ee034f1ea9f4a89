package mock

import (
	"encoding/base64"
	"encoding/json"
	"strconv"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway"
)

// LiveSession answers the messages of a session as Gemini's Live API does. A turn repeats the last text
// of the user's, as text where the setup asks for that, else as sound with its transcript. Not safe
// for concurrent use.
//
// Each turn reports its usage: 2 tokens for each word that was said in the session, and 32 for each
// second of sound.
type LiveSession struct {
	model string
	ready bool // the setup has come
	text  bool // turns are text
	words int  // of all messages so far
	sound int  // bytes of PCM
	last  string
	open  []byte // how the turn ends that is being written; nil: none is
}

// The models of Gemini's sessions.
const (
	liveModel     = "live"
	liveModelOpen = "live-open" // a turn ends only when it is interrupted
	liveModelCut  = "live-cut"  // the connection breaks off in the first turn
)

// Answer answers a message of the caller's. cut tells that the connection breaks off then.
func (s *LiveSession) Answer(message []byte) (messages [][]byte, cut bool) {
	m := gjson.ParseBytes(message)
	switch setup := m.Get("setup"); {
	case !s.ready && !setup.IsObject():
		return nil, true
	case !s.ready:
		s.ready, s.text = true, strings.Contains(setup.Get("generationConfig.responseModalities").Raw, "TEXT")
		s.words += len(strings.Fields(textOf(setup.Get("systemInstruction"))))
		return [][]byte{encode(object{"setupComplete": object{}})}, false
	}
	if content := m.Get("clientContent"); content.Exists() {
		if s.open != nil {
			messages = append(messages, encode(object{"serverContent": object{"interrupted": true}}), s.open)
			s.open = nil
		}
		for _, turn := range content.Get("turns").Array() {
			s.hear(textOf(turn))
		}
		if content.Get("turnComplete").Bool() {
			turn, cut := s.turn()
			return append(messages, turn...), cut
		}
		return messages, false
	}
	if input := m.Get("realtimeInput"); input.Exists() {
		s.sound += base64.StdEncoding.DecodedLen(len(input.Get("audio.data").String()))
		if text := input.Get("text").String(); text != "" {
			s.hear(text)
			return s.turn()
		}
		if input.Get("audioStreamEnd").Bool() {
			s.last = strconv.Itoa(s.seconds()) + " seconds of sound"
			return s.turn()
		}
	}
	return nil, false
}

func (s *LiveSession) seconds() int { return s.sound / 32_000 }

func (s *LiveSession) hear(text string) {
	s.words += len(strings.Fields(text))
	s.last = text
}

func textOf(content gjson.Result) string {
	var b strings.Builder
	for _, part := range content.Get("parts").Array() {
		b.WriteString(part.Get("text").String())
	}
	return b.String()
}

func encode(message object) []byte {
	raw, _ := json.Marshal(message) // plain data always encodes
	return raw
}

// turn writes a turn of the model's.
func (s *LiveSession) turn() (messages [][]byte, cut bool) {
	words := strings.SplitAfter(s.last, " ")
	spoken := 0
	for i, word := range words {
		part, content := object{"text": word}, object{}
		if !s.text {
			part = object{"inlineData": object{"mimeType": "audio/pcm;rate=24000", "data": base64.StdEncoding.EncodeToString(make([]byte, 480))}}
			content["outputTranscription"] = object{"text": word}
		}
		content["modelTurn"] = object{"role": "model", "parts": []object{part}}
		messages = append(messages, encode(object{"serverContent": content}))
		if i == 0 && s.model == liveModelCut {
			return messages, true
		}
	}
	heard, sound, written := 2*s.words, 32*s.seconds(), 2*len(words)
	if !s.text {
		written, spoken = 0, 10*len(words)
	}
	details := func(text, audio int) []object {
		return []object{{"modality": "TEXT", "tokenCount": text}, {"modality": "AUDIO", "tokenCount": audio}}
	}
	s.words += len(words)
	end := encode(object{"serverContent": object{"turnComplete": true}, "usageMetadata": object{"promptTokenCount": heard + sound, "responseTokenCount": written + spoken,
		"totalTokenCount": heard + sound + written + spoken, "promptTokensDetails": details(heard, sound), "responseTokensDetails": details(written, spoken)}})
	if s.model == liveModelOpen {
		s.open = end
		return messages, false
	}
	return append(messages, encode(object{"serverContent": object{"generationComplete": true}}), end), false
}

// OpenLive opens a session of Gemini's Live API inside this process.
func OpenLive(t *gateway.Target, model string) (*SessionConn, error) {
	name := strings.TrimPrefix(model, "mock/")
	if name != liveModel && name != liveModelOpen && name != liveModelCut {
		return nil, &gateway.Error{Op: "mock.OpenLive", Kind: gateway.Invalid, Param: "model", Code: "model_not_found", Target: t.Path,
			Public: "The provider 'mock' has no model '" + model + "' for sessions of the Live API. It has " + liveModel + "."}
	}
	return newSessionConn(&LiveSession{model: name}, nil), nil
}
