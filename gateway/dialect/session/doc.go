// Package session is what the formats of realtime sessions have in common: how their messages are read,
// how a session is recorded, and what is counted while it lasts.
//
// A session passes through: no message is changed. The request that opens one is an object with the model.
// All that the model says in it is one text, each response ended by a line break.
package session

import (
	"hash/crc32"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/opaque"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// Dialect is the part of gateway.Dialect that all formats of sessions share.
type Dialect struct{ opaque.Dialect }

// Routing implements gateway.RequestFormat.
func (Dialect) Routing(_ gateway.Op, raw []byte) (gateway.Routing, error) {
	return gateway.Routing{Model: jsonx.String(jsonx.Get(raw, "model")), Stream: true}, nil
}

// CallNumber tells the calls of tools of a session apart, by their ids.
func CallNumber(id string) int { return int(crc32.ChecksumIEEE([]byte(id))) }

// Names are the names of the members of a record.
type Names struct{ Text, Calls, CallID, Args string }

// Record adds what was said in a session to the object that records it. A call's arguments are written by
// args, which adds the member of the given name.
func Record(o *jsonx.Object, r *gateway.Response, names Names, args func(call *jsonx.Object, name, text string)) {
	if len(r.Choices) == 0 {
		return
	}
	said := &r.Choices[0] // a session has no other
	o.Text(names.Text, said.Text())
	if len(said.Tools) == 0 {
		return
	}
	calls := []byte{'['}
	for i := range said.Tools {
		var call jsonx.Object
		call.Text(names.CallID, said.Tools[i].ID)
		call.Text("name", said.Tools[i].Name)
		args(&call, names.Args, said.Tools[i].Args())
		if i > 0 {
			calls = append(calls, ',')
		}
		calls = append(calls, call.JSON()...)
	}
	o.Raw(names.Calls, append(calls, ']'))
}
