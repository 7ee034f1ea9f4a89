package mock

import (
	"encoding/base64"
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway"
)

// Session answers the events of a realtime session as OpenAI's Realtime API does. A response repeats
// the last text of the user's, as sound with its transcript, or as text where the session or the
// response asks for that. Not safe for concurrent use.
//
// Each response reports its usage: 2 tokens for each word that was said in the session, 10 for each
// second of sound, and half of the words of earlier responses as read from a cache.
type Session struct {
	model    string
	ids      int
	modality string
	writer   string // model that writes down what the caller says; "" = nothing is written down
	words    int    // of all items so far
	seconds  int    // of sound
	cached   int    // words that an earlier response has read
	last     string // text of the user's
	sound    int    // bytes of PCM in the buffer
	writing  string // id of the response that is being written
}

// The models of sessions.
const (
	sessionModel     = "realtime"
	sessionModelOpen = "realtime-open" // a response ends only when it is cancelled
	sessionModelCut  = "realtime-cut"  // the connection breaks off in the first response
	sessionModelMute = "realtime-mute" // usage is not reported
)

func isSessionModel(name string) bool {
	return slices.Contains([]string{sessionModel, sessionModelOpen, sessionModelCut, sessionModelMute}, name)
}

// NewSession begins a session; the events are its first ones.
func NewSession(model string) (*Session, [][]byte) {
	s := &Session{model: model, modality: "audio"}
	return s, [][]byte{s.event("session.created", object{"session": s.session()})}
}

type object map[string]any

// event makes an event of the vendor's.
func (s *Session) event(kind string, fields object) []byte {
	s.ids++
	fields["type"], fields["event_id"] = kind, "event_mock_"+strconv.Itoa(s.ids)
	raw, _ := json.Marshal(fields) // plain data always encodes
	return raw
}

func (s *Session) session() object {
	o := object{"id": "sess_mock", "object": "realtime.session", "type": "realtime", "model": s.model, "output_modalities": []string{s.modality}}
	if s.writer != "" {
		o["audio"] = object{"input": object{"transcription": object{"model": s.writer}}}
	}
	return o
}

// Answer answers an event of the caller's. cut tells that the connection breaks off then.
func (s *Session) Answer(event []byte) (events [][]byte, cut bool) {
	e := gjson.ParseBytes(event)
	switch kind := e.Get("type").String(); kind {
	case "session.update":
		s.update(e.Get("session"))
		return [][]byte{s.event("session.updated", object{"session": s.session()})}, false
	case "conversation.item.create":
		return s.item(e.Get("item")), false
	case "input_audio_buffer.append":
		s.sound += base64.StdEncoding.DecodedLen(len(e.Get("audio").String()))
		return nil, false
	case "input_audio_buffer.commit":
		return s.commit(), false
	case "response.create":
		return s.respond(e.Get("response"))
	case "response.cancel":
		if s.writing == "" {
			return [][]byte{s.failure("response_cancel_not_active", "Cancellation failed: no active response found", e)}, false
		}
		return [][]byte{s.done("cancelled", 1)}, false
	default:
		return [][]byte{s.failure("invalid_value", "Invalid value: '"+kind+"'.", e)}, false
	}
}

func (s *Session) failure(code, message string, e gjson.Result) []byte {
	return s.event("error", object{"error": object{"type": "invalid_request_error", "code": code, "message": message, "param": nil, "event_id": e.Get("event_id").Value()}})
}

func (s *Session) update(given gjson.Result) {
	for _, path := range []string{"output_modalities", "modalities"} {
		if list := given.Get(path); list.Exists() {
			s.modality = modalityOf(list)
		}
	}
	for _, path := range []string{"audio.input.transcription.model", "input_audio_transcription.model"} {
		if m := given.Get(path); m.Exists() {
			s.writer = m.String()
		}
	}
	s.words += len(strings.Fields(given.Get("instructions").String()))
}

func modalityOf(list gjson.Result) string {
	if strings.Contains(list.Raw, `"audio"`) {
		return "audio"
	}
	return "text"
}

func (s *Session) item(item gjson.Result) [][]byte {
	id := item.Get("id").String()
	if id == "" {
		id = "item_mock_" + strconv.Itoa(s.ids)
	}
	for _, part := range item.Get("content").Array() {
		if text := part.Get("text").String(); text != "" {
			s.words += len(strings.Fields(text))
			s.last = text
		}
	}
	answer := object{"id": id, "object": "realtime.item", "type": item.Get("type").String(), "role": item.Get("role").String(), "status": "completed", "content": item.Get("content").Value()}
	return [][]byte{s.event("conversation.item.added", object{"item": answer}), s.event("conversation.item.done", object{"item": answer})}
}

// commit makes what is in the buffer an item of the conversation. The sound says its length.
func (s *Session) commit() [][]byte {
	seconds := s.sound / 48_000
	s.sound, s.seconds, s.last = 0, s.seconds+seconds, strconv.Itoa(seconds)+" seconds of sound"
	id := "item_mock_" + strconv.Itoa(s.ids)
	events := [][]byte{s.event("input_audio_buffer.committed", object{"item_id": id}),
		s.event("conversation.item.added", object{"item": object{"id": id, "object": "realtime.item", "type": "message", "role": "user", "content": []object{{"type": "input_audio"}}}})}
	if s.writer != "" {
		events = append(events, s.event("conversation.item.input_audio_transcription.completed", object{"item_id": id, "content_index": 0, "transcript": s.last,
			"usage": object{"type": "tokens", "total_tokens": seconds*10 + 4, "input_tokens": seconds * 10, "output_tokens": 4, "input_token_details": object{"text_tokens": 0, "audio_tokens": seconds * 10}}}))
	}
	return events
}

// respond writes a response.
func (s *Session) respond(asked gjson.Result) (events [][]byte, cut bool) {
	modality := s.modality
	for _, path := range []string{"output_modalities", "modalities"} {
		if list := asked.Get(path); list.Exists() {
			modality = modalityOf(list)
		}
	}
	s.ids++
	s.writing = "resp_mock_" + strconv.Itoa(s.ids)
	item := "item_mock_" + strconv.Itoa(s.ids)
	at := func(more object) object {
		more["response_id"], more["item_id"], more["output_index"], more["content_index"] = s.writing, item, 0, 0
		return more
	}
	response := object{"id": s.writing, "object": "realtime.response", "status": "in_progress", "output_modalities": []string{modality}, "max_output_tokens": "inf"}
	events = append(events, s.event("response.created", object{"response": response}),
		s.event("response.output_item.added", at(object{"item": object{"id": item, "object": "realtime.item", "type": "message", "role": "assistant", "content": []any{}}})))
	words := strings.SplitAfter(s.last, " ")
	for i, word := range words {
		if modality == "audio" {
			events = append(events, s.event("response.output_audio_transcript.delta", at(object{"delta": word})),
				s.event("response.output_audio.delta", at(object{"delta": base64.StdEncoding.EncodeToString(make([]byte, 480))})))
		} else {
			events = append(events, s.event("response.output_text.delta", at(object{"delta": word})))
		}
		if i == 0 && s.model != sessionModel && s.model != sessionModelMute {
			return events, s.model == sessionModelCut
		}
	}
	if modality == "audio" {
		events = append(events, s.event("response.output_audio.done", at(object{})), s.event("response.output_audio_transcript.done", at(object{"transcript": s.last})))
	} else {
		events = append(events, s.event("response.output_text.done", at(object{"text": s.last})))
	}
	sound := 0
	if modality == "audio" {
		sound = 10 * len(words)
	}
	return append(events, s.doneWith("completed", 2*len(words), sound)), false
}

func (s *Session) done(status string, words int) []byte { return s.doneWith(status, 2*words, 0) }

// doneWith ends the response that is being written.
func (s *Session) doneWith(status string, text, sound int) []byte {
	response := object{"id": s.writing, "object": "realtime.response", "status": status, "output": []any{}}
	if s.model != sessionModelMute {
		response["usage"] = object{"total_tokens": 2*s.words + 10*s.seconds + text + sound, "input_tokens": 2*s.words + 10*s.seconds, "output_tokens": text + sound,
			"input_token_details":  object{"text_tokens": 2 * s.words, "audio_tokens": 10 * s.seconds, "cached_tokens": s.cached, "cached_tokens_details": object{"text_tokens": s.cached, "audio_tokens": 0}},
			"output_token_details": object{"text_tokens": text, "audio_tokens": sound}}
	}
	s.cached, s.writing = s.words, ""
	return s.event("response.done", object{"response": response})
}

// OpenSession opens a session inside this process.
func OpenSession(t *gateway.Target, model string) (*SessionConn, error) {
	name := strings.TrimPrefix(model, "mock/")
	if !isSessionModel(name) {
		return nil, &gateway.Error{Op: "mock.OpenSession", Kind: gateway.Invalid, Param: "model", Code: "model_not_found", Target: t.Path,
			Public: "The provider 'mock' has no model '" + model + "' for realtime sessions. It has " + sessionModel + "."}
	}
	return newSessionConn(NewSession(name)), nil
}
