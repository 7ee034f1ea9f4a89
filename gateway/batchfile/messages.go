package batchfile

import (
	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/anthropic"
	"github.com/sluicegate/sluice/gateway/vendorobject"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// Messages is what the calls in the body of a new batch of Anthropic's can use
// (https://docs.anthropic.com/en/api/creating-message-batches). body was checked.
func Messages(body []byte) vendorobject.Batch {
	c := Counter{part: "requests[%d]"}
	c.lines = -1
	for e := range jsonx.Elements(jsonx.Get(body, "requests")) {
		c.lines++
		req, err := gateway.NewRequest(anthropic.Dialect{}, gateway.OpChat, jsonx.Get(e.Value, "params"))
		if err != nil {
			c.refuse("has no 'params' that the vendor and Sluice read alike")
		} else {
			c.add(req)
		}
		if c.batch.Unbounded != "" {
			return c.batch
		}
	}
	if len(c.batch.Calls) == 0 {
		return vendorobject.Batch{Unbounded: "The batch has no calls in 'requests'."}
	}
	c.batch.Objects = nil // the body is checked like that of any call
	return c.batch
}
