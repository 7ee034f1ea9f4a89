package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/test/sluice"
)

// model is the built-in one that repeats the question, which is in every script.
const (
	model    = "mock/echo"
	question = "Hello exporter."
)

// cell is one column of a row. problem is "" if it is whole.
type cell struct{ name, problem string }

// check drives an application and asks for its trace.
func (a application) check(ctx context.Context, server *sluice.Process, folder string) []cell {
	cells := []cell{{name: "spans"}, {name: "tree"}, {name: "model"}}
	id, err := a.drive(ctx, server, folder)
	if err != nil {
		for i := range cells {
			cells[i].problem = err.Error()
		}
		return cells
	}
	found := await(ctx, server, id)
	cells[0].problem, cells[1].problem, cells[2].problem = spans(found), tree(found), generation(found)
	return cells
}

// await asks until the exchange is there: its row is written later than the answer.
func await(ctx context.Context, server *sluice.Process, id string) (found sluice.Answer) {
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
		found = server.Do(ctx, sluice.Call{Path: "/v1/logs/" + id})
		if found.JSON("data.#").Int() > 0 && found.JSON("foreign_spans.#").Int() > 1 {
			break
		}
	}
	return found
}

// spans tells why not both spans of an application were found.
func spans(found sluice.Answer) string {
	if n := found.JSON("foreign_spans.#").Int(); n < 2 {
		return fmt.Sprintf("%d spans: %s", n, found.Brief())
	}
	return ""
}

// tree tells why the exchange does not stand below a span of the application.
func tree(found sluice.Answer) string {
	if n := found.JSON("data.#").Int(); n != 1 {
		return fmt.Sprintf("%d exchanges", n)
	}
	parent := found.JSON("data.0.spans.0.parent").String()
	for _, id := range found.JSON("foreign_spans.#.id").Array() {
		if id.String() == parent {
			return ""
		}
	}
	return "the exchange stands below " + parent
}

// generation tells what is missing of what a span tells about the call of the model.
func generation(found sluice.Answer) string {
	var g gjson.Result
	for _, s := range found.JSON("foreign_spans").Array() {
		if s.Get("generation.model").Exists() {
			g = s.Get("generation")
		}
	}
	for _, want := range []struct{ field, text string }{{"model", model}, {"input_tokens", "4"}, {"output_tokens", "4"}, {"input", question}, {"output", question}} {
		if got := g.Get(want.field).String(); !strings.Contains(got, want.text) {
			return fmt.Sprintf("%s is %q", want.field, got)
		}
	}
	return ""
}
