package settle

import (
	"strconv"
	"strings"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/gemini"
	"github.com/sluicegate/sluice/gateway/vendorobject"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// stateOfMessageBatch reads a batch of Anthropic's, whose results are a path of its own.
func stateOfMessageBatch(work *vendorobject.Work, answer []byte) (s state) {
	if s.ended = text(answer, "processing_status") == "ended"; !s.ended {
		return s
	}
	if string(jsonx.Get(answer, "request_counts", "succeeded")) == "0" {
		s.usageKnown = true
	} else if text(answer, "results_url") != "" {
		s.results = work.Path + "/results"
	}
	return s
}

// stateOfGoogleBatch reads a batch of Gemini's: an operation with the answers, or with the name of their
// file.
func stateOfGoogleBatch(answer []byte) (s state) {
	switch state := text(answer, "metadata", "state"); {
	case string(jsonx.Get(answer, "done")) == "true":
	case strings.HasSuffix(state, "_SUCCEEDED"), strings.HasSuffix(state, "_FAILED"), strings.HasSuffix(state, "_CANCELLED"), strings.HasSuffix(state, "_EXPIRED"):
	default:
		return s
	}
	s.ended = true
	var inline usageReader
	some := false
	for _, list := range [][]string{{"response", "inlinedResponses", "inlinedResponses"}, {"metadata", "output", "inlinedResponses", "inlinedResponses"}} {
		for e := range jsonx.Elements(jsonx.Get(answer, list...)) {
			some = true
			for _, u := range usageOf(gemini.Dialect{}, jsonx.Get(e.Value, "response")) {
				inline.add(u)
			}
		}
		if some {
			break
		}
	}
	file := vendorobject.Resource(googleFile(answer))
	switch {
	case some && !inline.unreadable:
		s.usageKnown, s.used = true, inline.used
	case file != "":
		s.results = "/download/v1beta/" + file + ":download?alt=media"
	case failed(answer):
		s.usageKnown = true
	}
	return s
}

// failed reports an operation of Google's that ended with an error.
func failed(answer []byte) bool {
	e := jsonx.Get(answer, "error")
	return len(e) > 0 && e[0] == '{'
}

// googleFile is the name of the file with the answers of a batch.
func googleFile(answer []byte) string {
	for _, path := range [][]string{{"response", "responsesFile"}, {"metadata", "output", "responsesFile"}, {"dest", "fileName"}} {
		if name := text(answer, path...); name != "" {
			return name
		}
	}
	return ""
}

// stateOfVideo reads a video of OpenAI's. It is billed by the second, and one that failed is not.
func stateOfVideo(answer []byte) (s state) {
	switch text(answer, "status") {
	case "completed":
		s.ended, s.usageKnown, s.used = true, true, VideoUsage(text(answer, "model"), answer)
	case "failed":
		s.ended, s.usageKnown = true, true
	}
	return s
}

// defaultSeconds is the length of a video of OpenAI's that was asked for without one.
const defaultSeconds = 4

// maxSeconds is longer than any video that a vendor makes.
const maxSeconds = 100_000

// VideoUsage is what a video uses by the request or the answer of the API of OpenAI.
func VideoUsage(model string, raw []byte) []gateway.ModelUsage {
	seconds, err := strconv.ParseInt(text(raw, "seconds"), 10, 64)
	if err != nil {
		seconds = jsonx.Int(jsonx.Get(raw, "seconds"))
	}
	if seconds <= 0 {
		seconds = defaultSeconds
	}
	used := gateway.Usage{OutputSeconds: min(seconds, maxSeconds)}
	used.Terms.Size = gateway.Size(text(raw, "size"))
	return []gateway.ModelUsage{{Model: model, Usage: used}}
}

// googleSeconds is the length of a video of Veo's that was asked for without one.
const googleSeconds = 8

// GoogleVideoUsage is what one video of Veo's uses by its request, and how many are asked for.
func GoogleVideoUsage(model string, request []byte) (one gateway.ModelUsage, videos int64) {
	seconds := jsonx.Int(jsonx.Get(request, "parameters", "durationSeconds"))
	if seconds <= 0 {
		seconds = googleSeconds
	}
	videos = max(jsonx.Int(jsonx.Get(request, "parameters", "sampleCount")), jsonx.Int(jsonx.Get(request, "parameters", "numberOfVideos")), 1)
	used := gateway.Usage{OutputSeconds: min(seconds, maxSeconds)}
	used.Terms.Size = gateway.Size(text(request, "parameters", "resolution"))
	return gateway.ModelUsage{Model: model, Usage: used}, min(videos, 100)
}

// stateOfGoogleVideo reads an operation of Veo's, at Gemini or Vertex AI. What it uses was noted when it was
// begun.
func stateOfGoogleVideo(work *vendorobject.Work, answer []byte) (s state) {
	if s.ended = string(jsonx.Get(answer, "done")) == "true"; !s.ended {
		return s
	}
	s.usageKnown = true
	if failed(answer) {
		return s
	}
	videos := int64(0)
	for _, list := range [][]string{{"response", "generateVideoResponse", "generatedSamples"}, {"response", "videos"}, {"response", "generatedSamples"}} {
		for range jsonx.Elements(jsonx.Get(answer, list...)) {
			videos++
		}
		if videos > 0 {
			break
		}
	}
	for _, u := range work.Uses {
		u.Usage.OutputSeconds *= min(videos, 100)
		s.used = append(s.used, u)
	}
	return s
}
