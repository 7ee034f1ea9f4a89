package gatewaytest

import (
	"strconv"
	"strings"

	"github.com/tidwall/gjson"
)

const responsesID = "resp_upstream"

// responsesEncrypted is what the upstream's reasoning carries in encrypted_content.
const responsesEncrypted = "gAAAAABupstream=="

func (a *answer) responsesUsage() string {
	in, out := a.input(), a.output()
	return `{"input_tokens":` + itoa(in) + `,"input_tokens_details":{"cached_tokens":` + itoa(a.Cached) + `,"cache_write_tokens":0},"output_tokens":` + itoa(out) +
		`,"output_tokens_details":{"reasoning_tokens":0},"total_tokens":` + itoa(in+out) + `}`
}

// responsesObject is the response in a state; output "" is an answer that has just begun.
func (a *answer) responsesObject(status, output string) string {
	usage, details := "null", "null"
	if output == "" {
		output = "[]"
	} else if a.Fault.Usage != UsageAbsent {
		usage = a.responsesUsage()
	}
	if status == "incomplete" {
		details = `{"reason":"max_output_tokens"}`
	}
	return `{"id":"` + responsesID + `","object":"response","created_at":1750000000,"status":"` + status + `","background":false,"error":null,"incomplete_details":` + details +
		`,"model":` + quoted(a.Model) + `,"output":` + output + `,"parallel_tool_calls":true,"tool_choice":"auto","tools":[],"instructions":` + orNull(gjson.GetBytes(a.body, "instructions").Raw) +
		`,"vendor_field":{"kept":true},"usage":` + usage + `,"metadata":{}}`
}

func orNull(raw string) string {
	if raw == "" {
		return "null"
	}
	return raw
}

func (a *answer) responsesStatus() string {
	if a.finish() == "length" {
		return "incomplete"
	}
	return "completed"
}

// responsesItem is one item of the output, with the events that tell it.
type responsesItem struct {
	opened, done string // the item
	part         string // its part, with TEXT in place of the text; "" = it has none
	id           string
	events       string // name of the events with pieces
	member       string // of the complete text
	pieces       []string
}

func (a *answer) responsesItems() []responsesItem {
	var out []responsesItem
	if a.Reasoning != "" {
		head := `{"id":"rs_up","type":"reasoning","summary":[`
		part := `{"type":"summary_text","text":TEXT}`
		out = append(out, responsesItem{head + `]}`, head + strings.Replace(part, "TEXT", quoted(a.Reasoning), 1) + `],"encrypted_content":"` + responsesEncrypted + `"}`,
			part, "rs_up", "response.reasoning_summary_text", "text", a.reasoningPieces()})
	}
	if p := a.pieces(); len(p) > 0 {
		part := `{"type":"output_text","annotations":[],"logprobs":[],"text":TEXT}`
		item := func(status, parts string) string {
			return `{"id":"msg_up","type":"message","status":"` + status + `","content":[` + parts + `],"role":"assistant"}`
		}
		out = append(out, responsesItem{item("in_progress", ""), item("completed", strings.Replace(part, "TEXT", quoted(a.Text), 1)), part, "msg_up", "response.output_text", "text", p})
	}
	for i, t := range a.Tools {
		id := "fc_up" + strconv.Itoa(i)
		item := func(status, args string) string {
			return `{"id":"` + id + `","type":"function_call","status":"` + status + `","arguments":` + quoted(args) + `,"call_id":` + quoted(t.ID) + `,"name":` + quoted(t.Name) + `}`
		}
		out = append(out, responsesItem{item("in_progress", ""), item("completed", strings.Join(t.Args, "")), "", id, "response.function_call_arguments", "arguments", a.argPieces(t)})
	}
	return out
}

func (a *answer) responsesOutput() string {
	var items []string
	for _, i := range a.responsesItems() {
		items = append(items, i.done)
	}
	return "[" + strings.Join(items, ",") + "]"
}

func (a *answer) responsesBody() string {
	return a.responsesObject(a.responsesStatus(), a.responsesOutput())
}

func (a *answer) responsesFrames() []frame {
	var out []frame
	add := func(name, rest string) {
		out = append(out, frame{name, `{"type":"` + name + `","sequence_number":` + strconv.Itoa(len(out)) + `,` + rest + `}`})
	}
	add("response.created", `"response":`+a.responsesObject("in_progress", ""))
	add("response.in_progress", `"response":`+a.responsesObject("in_progress", ""))
	for n, i := range a.responsesItems() {
		index := `"output_index":` + strconv.Itoa(n)
		at, group := `"item_id":"`+i.id+`",`+index, "response.content_part"
		switch i.events {
		case "response.output_text":
			at += `,"content_index":0`
		case "response.reasoning_summary_text":
			at, group = at+`,"summary_index":0`, "response.reasoning_summary_part"
		}
		add("response.output_item.added", index+`,"item":`+i.opened)
		if i.part != "" {
			add(group+".added", at+`,"part":`+strings.Replace(i.part, "TEXT", `""`, 1))
		}
		for _, p := range i.pieces {
			add(i.events+".delta", at+`,"delta":`+quoted(p)+`,"obfuscation":"xxxx"`)
		}
		whole := quoted(strings.Join(i.pieces, ""))
		add(i.events+".done", at+`,"`+i.member+`":`+whole)
		if i.part != "" {
			add(group+".done", at+`,"part":`+strings.Replace(i.part, "TEXT", whole, 1))
		}
		add("response.output_item.done", index+`,"item":`+i.done)
	}
	if !a.Fault.NoFinish && !a.Fault.NoDone {
		add("response."+a.responsesStatus(), `"response":`+a.responsesBody())
	}
	return out
}
