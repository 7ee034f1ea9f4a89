package key

import (
	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// question finds the user's last text, with its quotes, and returns the body without it:
// the text is replaced by an empty one. Such a body can only equal another one whose text
// was removed at the same place, since the last text of both is the empty one. quoted is
// nil where the answer depends on more than a question.
func question(req *gateway.Request) (rest, quoted []byte) {
	at, ok := req.Dialect.Question(req.Raw)
	if !ok {
		return req.Raw, nil
	}
	rest = jsonx.Splice(req.Raw, []jsonx.Edit{{Start: at.Start, End: at.End, New: []byte(`""`)}})
	return rest, req.Raw[at.Start:at.End]
}
