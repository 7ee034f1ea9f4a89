package audit

import (
	"encoding/hex"
	"strconv"
)

// actionBegin is the action of the first event of a chain that follows another one.
const actionBegin = "audit.begin"

// Details of that event.
const (
	detailChain = "predecessor"
	detailSeq   = "predecessor_seq"
	detailHash  = "predecessor_hash"
)

// Begin returns the first event of a chain: it names the chain that the store ended with before.
func Begin(predecessor string, head Head) Event {
	return Event{Action: actionBegin, Resource: "audit", Outcome: OutcomeOK, Detail: map[string]string{
		detailChain: predecessor, detailSeq: strconv.FormatUint(head.Seq, 10), detailHash: hex.EncodeToString(head.Hash[:])}}
}

// predecessor returns what the first row of a chain says of the chain before it.
func (r *Row) predecessor() (chain string, head Head, ok bool) {
	e, err := r.Event()
	if err != nil || r.Seq != 1 || e.Action != actionBegin {
		return "", Head{}, false
	}
	head.Seq, err = strconv.ParseUint(e.Detail[detailSeq], 10, 64)
	hash, herr := hex.DecodeString(e.Detail[detailHash])
	copy(head.Hash[:], hash)
	head.Time = r.Time
	return e.Detail[detailChain], head, err == nil && herr == nil && len(hash) == len(head.Hash)
}
