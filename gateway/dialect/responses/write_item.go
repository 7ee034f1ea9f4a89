package responses

import (
	"strconv"

	"github.com/sluicegate/sluice/gateway/dialect/message"
)

// start opens the item of a part.
func (w *answerWriter) start(e *message.Event) {
	output := len(w.items)
	w.items = append(w.items, nil)
	i := &openItem{of: e.Of, spot: spot{place: place{output: output}}, encoded: e.Sign.Encrypted}
	w.open[e.Part] = i
	suffix := w.tail + "_" + strconv.Itoa(output)
	switch e.Of {
	case message.KindToolCall:
		i.section, i.texts, i.id = inItem, arguments, "fc_"+suffix
		i.call = toolCall{callID: e.Call.ID, name: toolName{name: e.Call.Name}, kind: functional}
		if t, known := w.tools[e.Call.Name]; known {
			i.call.name, i.call.kind = t.toolName, t.kind
		}
		if i.call.kind == freeForm {
			i.texts, i.id = customText, "ctc_"+suffix
		}
		if i.call.id = i.id; i.call.callID == "" { // some vendors give none, and the caller's result must name one
			i.call.callID = "call_" + suffix
		}
	case message.KindReasoning:
		i.section, i.texts, i.id = inSummary, summaryText, "rs_"+suffix
	case message.KindRefusal:
		i.texts, i.id = refusal, "msg_"+suffix
	default:
		i.texts, i.id, i.base = outputText, "msg_"+suffix, w.said
		for s := range w.sources {
			i.annotations = append(i.annotations, annotationOf(&w.sources[s], i.base))
		}
		w.sources = nil
	}
	w.item("response.output_item.added", output, i.json(inProgress, false))
}

// delta adds to an item. The input of a tool that takes any text is told at its end: until then
// it is part of a JSON string.
func (w *answerWriter) delta(e *message.Event) {
	i := w.open[e.Part]
	if i == nil {
		return
	}
	w.kept += len(e.Text) + len(e.Sign.Value)
	i.sign.WriteString(e.Sign.Value)
	if e.Text == "" || w.kept > maxAnswer {
		return
	}
	i.text.WriteString(e.Text)
	w.count(i, e.Text)
	if i.call.kind != freeForm {
		w.openPart(i)
		w.piece(i.spot, i.texts, e.Text)
	}
}

// openPart opens the part of an item, once.
func (w *answerWriter) openPart(i *openItem) {
	if !i.begun {
		i.begun = true
		w.eventWriter.open(i.spot, i.texts, i.part(""))
		w.tellAnnotations(i)
	}
}

// endPart closes an item.
func (w *answerWriter) endPart(part int) {
	i := w.open[part]
	if i == nil {
		return
	}
	delete(w.open, part)
	if i.of != message.KindReasoning || i.text.Len() > 0 {
		w.openPart(i)
		if i.call.kind == freeForm || i.text.Len() == 0 {
			w.piece(i.spot, i.texts, i.complete())
		}
		w.close(i.spot, i.texts, i.complete(), i.part(i.complete()))
	}
	item := i.json(completed, true)
	if sealed := i.sealed(w.model); sealed != "" {
		item = reasoningItem(i.id, i.summary(), sealed)
	}
	w.items[i.output] = item
	w.item("response.output_item.done", i.output, item)
}

// complete is the text of an item at its end.
func (i *openItem) complete() string {
	text := i.text.String()
	switch {
	case i.call.kind == freeForm:
		return inputOf(text)
	case i.call.kind == functional && text == "":
		return "{}"
	}
	return text
}

// part is the part of an item with a text; nil for a tool call.
func (i *openItem) part(text string) []byte {
	switch i.of {
	case message.KindToolCall:
		return nil
	case message.KindReasoning:
		return summaryPart(text)
	case message.KindRefusal:
		return refusalPart(text)
	}
	if text == "" {
		return textPart("", nil)
	}
	return textPart(text, i.annotations)
}

// summary is the part of reasoning, nil if it has no text.
func (i *openItem) summary() []byte {
	if i.text.Len() == 0 {
		return nil
	}
	return summaryPart(i.text.String())
}

// sealed is the encrypted_content of reasoning that its vendor signed or encrypted, else "".
func (i *openItem) sealed(model string) string {
	if i.of != message.KindReasoning || i.sign.Len() == 0 && i.encoded == "" {
		return ""
	}
	return seal{Model: model, Signature: i.sign.String(), Encrypted: i.encoded}.pack(i.text.String())
}

// json is the item; with its text if it is whole.
func (i *openItem) json(status string, isWhole bool) []byte {
	switch i.of {
	case message.KindToolCall:
		args := ""
		if isWhole {
			args = i.complete()
		}
		return i.call.item(status, args)
	case message.KindReasoning:
		if isWhole {
			return reasoningItem(i.id, i.summary(), "")
		}
		return reasoningItem(i.id, nil, "")
	}
	if isWhole {
		return outputMessage(i.id, status, i.part(i.complete()))
	}
	return outputMessage(i.id, status, nil)
}
