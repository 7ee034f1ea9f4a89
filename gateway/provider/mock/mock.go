// Package mock is the built-in vendor "mock". It answers inside the process, without network
// and account, and always gives the same answer to the same request. It uses OpenAI's format.
// Its models have prices, so that a newcomer's first trace shows a cost. Some models fail on
// purpose, to try retries and fallbacks.
package mock

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/openai"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// Model is one model of the vendor.
type Model struct {
	ID          string // as in "mock/echo"
	Description string
	Ops         []gateway.Op // that it answers; nil = chat and completions
	Price       gateway.Price
}

func (m *Model) answers(op gateway.Op) bool {
	if m.Ops == nil {
		return op.GeneratesText()
	}
	return slices.Contains(m.Ops, op)
}

// Models lists the vendor's models.
func Models() []Model { return slices.Clone(models) }

const usd = 1_000_000_000 // one dollar per million tokens

var price = gateway.Price{Input: usd / 10, Output: usd * 4 / 10, Version: "mock@1"}

var models = []Model{
	{ID: "echo", Description: "repeats the last user message; as JSON if response_format asks for it", Price: price},
	{ID: "hello", Description: "always greets", Price: price},
	{ID: "reply", Description: "answers the text of the field mock_response", Price: price},
	{ID: "slow", Description: "echo that starts after 300 ms and takes 50 ms per word", Price: price},
	{ID: "tool", Description: "calls the first of the request's tools", Price: price},
	{ID: "fail-429", Description: "always answers 429 with a Retry-After of one second", Price: price},
	{ID: "fail-500", Description: "always answers 500", Price: price},
	{ID: "fail-503", Description: "always answers 503", Price: price},
	{ID: "fail-stream", Description: "streams two words and then breaks; unary: 502", Price: price},
	{ID: "embed", Description: "vectors of 64 dimensions; texts that share words are near each other", Ops: []gateway.Op{gateway.OpEmbeddings}, Price: gateway.Price{Input: usd / 100, Version: "mock@1"}},
	{ID: "rerank", Description: "ranks documents by the words that they share with the query", Ops: []gateway.Op{gateway.OpRerank}, Price: price},
	{ID: "moderate", Description: "flags texts with the word \"violence\"", Ops: []gateway.Op{gateway.OpModeration}, Price: price},
	{ID: "image", Description: "a picture of one pixel", Ops: []gateway.Op{gateway.OpImage, gateway.OpImageEdit, gateway.OpImageVariation}, Price: price},
	{ID: "speech", Description: "silence of 20 ms for each character, as WAV", Ops: []gateway.Op{gateway.OpSpeech}, Price: price},
	{ID: "transcribe", Description: "the prompt, or the size of the recording", Ops: []gateway.Op{gateway.OpTranscription, gateway.OpAudioTranslation}, Price: price},
	{ID: sessionModel, Description: "a realtime session that repeats what the user writes", Ops: []gateway.Op{gateway.OpRealtime}, Price: sessionPrice},
	{ID: sessionModelOpen, Description: "realtime whose responses end when they are cancelled", Ops: []gateway.Op{gateway.OpRealtime}, Price: sessionPrice},
	{ID: sessionModelCut, Description: "realtime that breaks off in its first response", Ops: []gateway.Op{gateway.OpRealtime}, Price: sessionPrice},
	{ID: liveModel, Description: "a session of Gemini's Live API that repeats what the user writes", Ops: []gateway.Op{gateway.OpRealtime}, Price: sessionPrice},
	{ID: liveModelOpen, Description: "Gemini's Live API whose turns end when they are interrupted", Ops: []gateway.Op{gateway.OpRealtime}, Price: sessionPrice},
	{ID: liveModelCut, Description: "Gemini's Live API that breaks off in its first turn", Ops: []gateway.Op{gateway.OpRealtime}, Price: sessionPrice},
	{ID: sessionModelMute, Description: "realtime that reports no usage", Ops: []gateway.Op{gateway.OpRealtime}, Price: sessionPrice},
}

// sessionPrice is ten times as high for sound as for text.
var sessionPrice = gateway.Price{Input: usd / 10, Output: usd * 4 / 10,
	Units: map[gateway.Unit]int64{gateway.UnitCacheRead: usd / 100, gateway.UnitAudioInput: usd, gateway.UnitAudioOutput: usd * 4}, Version: "mock@1"}

// Answer answers a request in OpenAI's format.
func Answer(ctx context.Context, t *gateway.Target, req *gateway.Request) (gateway.Stream, error) {
	const op = "mock.Answer"
	if req.Pass != nil {
		return passed(req)
	}
	name := strings.TrimPrefix(req.Model(), "mock/")
	i := slices.IndexFunc(models, func(m Model) bool { return m.ID == name })
	fails := strings.HasPrefix(name, "fail-") && name != "fail-stream"
	if i < 0 || !fails && !models[i].answers(req.Op) {
		return nil, &gateway.Error{Op: op, Kind: gateway.Invalid, Param: "model", Code: "model_not_found", Target: t.Path,
			Public: "The provider 'mock' has no model '" + req.Model() + "' for this operation. It has " + names() + "."}
	}
	if status, err := strconv.Atoi(strings.TrimPrefix(name, "fail-")); err == nil {
		e := &gateway.Error{Op: op, Kind: gateway.Upstream, Status: status, Target: t.Path, Code: "mock_failure",
			Public: "The provider 'mock' failed as asked: " + http.StatusText(status) + "."}
		if status == http.StatusTooManyRequests {
			e.RetryAfter = time.Second
		}
		return nil, e
	}
	switch {
	case req.Op == gateway.OpEmbeddings:
		return embeddings(req)
	case req.Op.IsTask():
		return answerTask(name, req)
	}
	return newAnswer(name, req).play(ctx, t)
}

func names() string {
	var ids []string
	for _, m := range models {
		ids = append(ids, m.ID)
	}
	return strings.Join(ids, ", ")
}

// answer is the content of one answer.
type answer struct {
	req    *gateway.Request
	name   string
	head   gateway.AnswerHead
	text   string
	call   *gateway.ToolDelta // a tool call in place of the text; nil: none
	finish string
	count  int // number of choices
	usage  gateway.Usage
}

// maxWords limits the words of an answer, in all its choices: each is an event while it is made.
const maxWords = 100_000

// maxChoices limits "n".
const maxChoices = 8

func newAnswer(name string, req *gateway.Request) *answer {
	sum := sha256.Sum256(req.Raw)
	params := req.Parameters()
	a := &answer{req: req, name: name, text: lastUser(req), finish: "stop", count: int(min(params.Choices, maxChoices)),
		head: gateway.AnswerHead{ID: "chatcmpl-mock-" + hex.EncodeToString(sum[:8]), Model: "mock/" + name, Created: time.Now().Unix()}}
	tool := gjson.GetBytes(req.Raw, "tools.0.function.name").String()
	switch {
	case name == "hello":
		a.text = "Hello! I am Sluice's built-in mock model. Nothing left this machine."
	case name == "reply":
		a.text = gjson.GetBytes(req.Raw, "mock_response").String()
	case name == "tool" && tool != "":
		a.text, a.finish = "", "tool_calls"
		a.call = &gateway.ToolDelta{ID: "call_mock_" + hex.EncodeToString(sum[8:14]), Name: tool, Args: "{}"}
	case params.JSON:
		a.text = `{"echo":` + string(jsonx.Quote(a.text)) + `}`
	}
	most := int64(maxWords / max(a.count, 1))
	if params.Bounded && params.MaxOutput > 0 {
		most = min(most, params.MaxOutput)
	}
	if words := splitWords(a.text); int64(len(words)) > most {
		a.text, a.finish = strings.Join(words[:most], ""), "length"
	}
	for _, t := range req.Texts() {
		a.usage.Input += tokens(t.Value)
	}
	each := tokens(a.text)
	if a.call != nil {
		each = 2
	}
	if params.MaxOutput > 0 { // as every vendor does, it bills no more than the limit
		each = min(each, params.MaxOutput)
	}
	a.usage.Output = int64(a.count) * each
	return a
}

// tokens estimates the tokens of a text: one per four bytes.
func tokens(s string) int64 { return int64(len(s)+3) / 4 }

// splitWords splits a text after each space.
func splitWords(s string) []string { return strings.SplitAfter(s, " ") }

// lastUser returns the text of the user's last message.
func lastUser(req *gateway.Request) string {
	m, err := openai.Dialect{}.ReadRequest(req.Raw)
	if err != nil {
		return ""
	}
	for i := len(m.Messages) - 1; i >= 0; i-- {
		if m.Messages[i].Role != "user" {
			continue
		}
		var text strings.Builder
		for _, p := range m.Messages[i].Parts {
			text.WriteString(p.Text)
		}
		return text.String()
	}
	return ""
}
