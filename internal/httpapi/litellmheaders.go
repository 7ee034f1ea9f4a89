package httpapi

import (
	"strconv"
	"time"

	"github.com/sluicegate/sluice/gateway"
)

// setLiteLLMHeaders sets the headers that clients of LiteLLM's proxy read, as far as Sluice knows
// their values when the answer begins (https://docs.litellm.ai/docs/proxy/response_headers).
func (c *Call) setLiteLLMHeaders() {
	const prefix = "X-Litellm-"
	facts := c.Exchange.Facts
	c.SetHeader(prefix+"Call-Id", c.ID)
	if c.Exchange.Request != nil {
		if model := c.Exchange.Request.Model(); model != "" && printable(model, maxTraceRef) {
			c.SetHeader(prefix+"Model-Group", model)
		}
	}
	retries, fallbacks := attempted(facts.Attempts)
	c.SetHeader(prefix+"Attempted-Retries", strconv.Itoa(retries))
	c.SetHeader(prefix+"Attempted-Fallbacks", strconv.Itoa(fallbacks))
	if facts.Cost.Known {
		c.SetHeader(prefix+"Response-Cost", strconv.FormatFloat(float64(facts.Cost.Nano)/1e9, 'f', -1, 64))
	}
	c.SetHeader(prefix+"Response-Duration-Ms", strconv.FormatFloat(float64(c.Now().Sub(c.Start))/float64(time.Millisecond), 'f', 3, 64))
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
