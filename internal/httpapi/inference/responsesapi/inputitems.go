package responsesapi

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/httpapi"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// itemList is a page of items (https://platform.openai.com/docs/api-reference/responses/input-items).
type itemList struct {
	Object string            `json:"object"`
	Data   []json.RawMessage `json:"data"`
	First  *string           `json:"first_id"`
	Last   *string           `json:"last_id"`
	More   bool              `json:"has_more"`
}

// inputItems answers GET /v1/responses/{id}/input_items with the parameters limit, order
// and after.
func (s *Surface) inputItems(c *httpapi.Call) error {
	_, e, err := s.keptResponse(c)
	if err != nil {
		return err
	}
	limit := 20
	if v := c.Query("limit"); v != "" {
		if limit, err = strconv.Atoi(v); err != nil || limit < 1 || limit > 100 {
			return gateway.InvalidField("responsesapi.inputItems", "limit", "The parameter 'limit' must be a number from 1 to 100.")
		}
	}
	var items []json.RawMessage
	tail := strings.TrimPrefix(e.ID, "resp_")
	for item := range jsonx.Elements(e.Input) {
		items = append(items, listedItem(item.Value, tail, item.Index))
	}
	switch order := c.Query("order"); order {
	case "", "desc":
		slices.Reverse(items)
	case "asc":
	default:
		return gateway.InvalidField("responsesapi.inputItems", "order", "The parameter 'order' must be asc or desc.")
	}
	if after := c.Query("after"); after != "" {
		at := slices.IndexFunc(items, func(item json.RawMessage) bool { return itemID(item) == after })
		if at < 0 {
			return gateway.InvalidField("responsesapi.inputItems", "after", "The parameter 'after' names no item of this response.")
		}
		items = items[at+1:]
	}
	page := itemList{Object: "list", Data: items[:min(limit, len(items))], More: len(items) > limit}
	if page.Data == nil {
		page.Data = []json.RawMessage{}
	}
	if n := len(page.Data); n > 0 {
		first, last := itemID(page.Data[0]), itemID(page.Data[n-1])
		page.First, page.Last = &first, &last
	}
	return c.SendJSON(http.StatusOK, page)
}

func itemID(item []byte) string { return jsonx.String(jsonx.Get(item, "id")) }

// itemPrefixes begin the ids of items by their type.
var itemPrefixes = map[string]string{"message": "msg_", "function_call": "fc_", "function_call_output": "fco_", "reasoning": "rs_",
	"custom_tool_call": "ctc_", "custom_tool_call_output": "ctco_"}

// listedItem is an item as OpenAI lists it: it has an id and a type, and a content is a list.
func listedItem(item []byte, tail string, index int) []byte {
	kind := jsonx.String(jsonx.Get(item, "type"))
	var changes []jsonx.Change
	if kind == "" {
		kind = "message"
		changes = append(changes, jsonx.Change{Name: "type", Value: jsonx.Quote(kind)})
	}
	if itemID(item) == "" {
		prefix, known := itemPrefixes[kind]
		if !known {
			prefix = "item_"
		}
		changes = append(changes, jsonx.Change{Name: "id", Value: jsonx.Quote(prefix + tail + "_in" + strconv.Itoa(index))})
	}
	if text, ok := jsonx.Unquote(jsonx.Get(item, "content")); ok {
		partType := "input_text"
		if jsonx.String(jsonx.Get(item, "role")) == "assistant" {
			partType = "output_text"
		}
		var part jsonx.Object
		part.Text("type", partType)
		part.Text("text", text)
		changes = append(changes, jsonx.Change{Name: "content", Value: append(append([]byte{'['}, part.JSON()...), ']')})
	}
	return jsonx.Update(item, changes...)
}
