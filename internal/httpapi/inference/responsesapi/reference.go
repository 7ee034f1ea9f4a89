package responsesapi

import (
	"strconv"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/responses"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// What the references of one request can make us read and write.
const (
	maxReferenced = 64       // responses
	maxResolved   = 32 << 20 // bytes of items
)

// resolveReferences puts the items themselves in the place of references to items of earlier
// answers, so that every stage sees them, and every target can answer. The vendor that knows the
// items gets them as well: what it is asked must not depend on who may read its account.
func (t *turn) resolveReferences() error {
	ex := t.call.Exchange
	input := ex.Request.Field("input")
	var list []string // ids, in order
	given := map[string]bool{}
	for e := range jsonx.Elements(input) {
		id, is := responses.Reference(e.Value)
		if !is {
			continue
		}
		if given[id] {
			return gateway.InvalidField("responsesapi.responses", "input", "The item '"+gateway.Clip(id, 100)+"' is referred to twice in 'input'.")
		}
		given[id] = true
		list = append(list, id)
	}
	if len(list) == 0 {
		return nil
	}
	items, err := t.items(list)
	if err != nil {
		return err
	}
	size := 0
	var edits []jsonx.Edit
	for e := range jsonx.Elements(input) {
		if id, is := responses.Reference(e.Value); is {
			item := items[id]
			if size += len(item); size > maxResolved {
				return gateway.InvalidField("responsesapi.responses", "input", "The items that 'input' refers to have more than "+strconv.Itoa(maxResolved>>20)+" MiB.")
			}
			edits = append(edits, jsonx.Edit{Start: e.Start, End: e.End, New: item})
		}
	}
	ex.Request, err = ex.Request.WithFields(jsonx.Change{Name: "input", Value: jsonx.Splice(input, edits)})
	if err == nil {
		err = gateway.CheckBody("responsesapi.responses", ex.Request.Raw)
	}
	return err
}

// items finds items by their ids. A response is kept with the conversation that led to it, so the
// one with the last item mostly has all of them.
func (t *turn) items(ids []string) (map[string][]byte, error) {
	who := t.call.Exchange.Principal
	found := map[string][]byte{}
	for i, read := len(ids)-1, 0; i >= 0; i-- {
		id := ids[i]
		if found[id] != nil {
			continue
		}
		absent := &gateway.Error{Op: "responsesapi.responses", Kind: gateway.NotFound, Param: "input",
			Public: "Item with id '" + gateway.Clip(id, 100) + "' not found. Items are kept for 30 days for the API key that asked for them, and not with `store` set to false. Send the item itself instead of the reference."}
		if t.history == nil {
			return nil, absent
		}
		if read++; read > maxReferenced {
			return nil, gateway.InvalidField("responsesapi.responses", "input", "The field 'input' refers to items of more than "+strconv.Itoa(maxReferenced)+" responses.")
		}
		e, err := t.history.FindItem(t.call.Context(), who.Workspace, who.APIKey, id)
		if err != nil && gateway.AsError(err).Kind != gateway.NotFound {
			return nil, err
		}
		for _, list := range [][]byte{jsonx.Get(e.Response, "output"), e.Input} { // an id of the caller's own never hides an item of the answer
			for item := range jsonx.Elements(list) {
				if known := itemID(item.Value); known != "" && found[known] == nil {
					found[known] = item.Value
				}
			}
		}
		if found[id] == nil {
			return nil, absent
		}
	}
	return found, nil
}
