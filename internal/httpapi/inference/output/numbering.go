package output

import (
	"strconv"

	"github.com/sluicegate/sluice/internal/jsonx"
)

// numbering keeps the events of a stream numbered in order where a format numbers them. Events
// keep the vendor's numbers until one is added; the ones after that are counted on.
type numbering struct{ next int64 }

const numberField = "sequence_number"

// Number is the number of an event; 0 if it has none.
func Number(event []byte) int64 { return jsonx.Int(jsonx.Get(event, numberField)) }

// number returns the event with its number.
func (n *numbering) number(event []byte) []byte {
	own := jsonx.Get(event, numberField)
	k := jsonx.Int(own)
	if len(own) > 0 && k >= n.next {
		n.next = k + 1
		return event
	}
	event = jsonx.Update(event, jsonx.Change{Name: numberField, Value: strconv.AppendInt(nil, n.next, 10)})
	n.next++
	return event
}
