package header

import (
	"net/http"
	"strconv"
	"time"

	"github.com/sluicegate/sluice/gateway"
)

// setLiteLLM sets the headers that clients of LiteLLM's proxy read, as far as Sluice knows
// their values when the answer begins (https://docs.litellm.ai/docs/proxy/response_headers).
func (a Answer) setLiteLLM(to http.Header) {
	const prefix = "X-Litellm-"
	facts := a.Facts
	to.Set(prefix+"Call-Id", a.ID)
	if a.Model != "" && printable(a.Model, maxTraceRef) {
		to.Set(prefix+"Model-Group", a.Model)
	}
	retries, fallbacks := attempted(facts.Attempts)
	to.Set(prefix+"Attempted-Retries", strconv.Itoa(retries))
	to.Set(prefix+"Attempted-Fallbacks", strconv.Itoa(fallbacks))
	if facts.Cost.Known {
		to.Set(prefix+"Response-Cost", strconv.FormatFloat(float64(facts.Cost.Nano)/1e9, 'f', -1, 64))
	}
	to.Set(prefix+"Response-Duration-Ms", strconv.FormatFloat(float64(a.Now.Sub(a.Start))/float64(time.Millisecond), 'f', 3, 64))
}

// attempted counts the calls that repeated a target, and the targets behind the first one.
func attempted(attempts []gateway.Attempt) (retries, fallbacks int) {
	for i := range attempts {
		switch {
		case attempts[i].Retry > 0:
			retries++
		case i > 0:
			fallbacks++
		}
	}
	return retries, fallbacks
}
