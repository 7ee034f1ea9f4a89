package promptcache

import (
	"github.com/sluicegate/sluice/gateway"
)

// call is one call that a vendor has begun to answer.
type call struct {
	request string // its id
	model   string // that the caller asked for
	target  uint64 // hash of the vendor's account and the model
	stages  stages
	body    []byte // as it was sent upstream
	prompt  gateway.Prompt
	parts   []uint64 // hashes of the prompt's parts
}

// stages are the fingerprints of the body that the caller sent, and of what each stage made of
// it, in the order of changers.
type stages [len(changers)]fingerprint

// changers are those who may have changed the prompt before it was written for the target.
var changers = [...]gateway.ChangeBy{gateway.ByCaller, gateway.ByRedaction, gateway.ByPrompt, gateway.ByOverride}

// conversation remembers the last call of a conversation to one target.
type conversation struct {
	request string
	model   string
	target  uint64
	stages  stages
	parts   []uint64 // of the upstream prompt
	ends    []int    // where each of them ends in text
	text    sealedText
}

// newConversation begins with a call.
func newConversation(s *sealer, c *call) *conversation {
	size := 0
	for i := range c.prompt.Parts {
		size += c.prompt.Parts[i].Size()
	}
	v := &conversation{target: c.target, text: s.newText(size)}
	v.extend(c)
	return v
}

// extend notes a call that goes on from the last one: the text of its new parts is added. A call
// that only repeats the beginning changes nothing, because the longer prompt stays cached.
func (v *conversation) extend(c *call) {
	if len(c.parts) < len(v.parts) {
		return
	}
	v.request, v.model, v.stages = c.request, c.model, c.stages
	v.text.append(func(add func([]byte)) {
		for i := len(v.ends); i < len(c.prompt.Parts); i++ {
			c.prompt.Parts[i].Segments(c.body, func(_ int, segment []byte) bool {
				add(segment)
				return true
			})
			v.ends = append(v.ends, len(v.text.text))
		}
	})
	v.parts = c.parts
}

// size is about how many bytes of memory the conversation takes.
func (v *conversation) size() int64 {
	n := conversationOverhead + int64(cap(v.text.text)) + 8*int64(cap(v.parts)+cap(v.ends))
	var last *fingerprint
	for i := range v.stages {
		f := &v.stages[i]
		if last == nil || len(f.parts) == 0 || len(last.parts) == 0 || &f.parts[0] != &last.parts[0] {
			n += 9 * int64(cap(f.parts))
		}
		last = f
	}
	return n
}

const conversationOverhead = 768

// compare returns what a call is to the conversation's last one.
func (v *conversation) compare(c *call) gateway.PromptCacheFact {
	fact := gateway.PromptCacheFact{State: gateway.PromptKept, Previous: v.request, Bytes: len(v.text.text)}
	k, most := 0, min(len(v.parts), len(c.parts))
	for k < most && v.parts[k] == c.parts[k] {
		k++
	}
	before := 0
	if k > 0 {
		before = v.ends[k-1]
	}
	if fact.Kept = before; k == most {
		return fact
	}
	part := &c.prompt.Parts[k]
	at, same := part.At.End-1, 0
	earlier := v.text.read(before, v.ends[k])
	part.Segments(c.body, func(from int, segment []byte) bool {
		n := commonBytes(segment, earlier[same:])
		same += n
		if n < len(segment) {
			at = from + n
		}
		return n == len(segment)
	})
	fact.State, fact.DepartedAt, fact.Kept = gateway.PromptDeparted, at, before+same
	fact.Path, fact.ChangedBy = pathAt(c.body, at), c.stages.changedSince(&v.stages)
	return fact
}

func commonBytes(a, b []byte) int {
	n := min(len(a), len(b))
	for i := range n {
		if a[i] != b[i] {
			return i
		}
	}
	return n
}

// changedSince names who changed the earliest part. If no stage changed any, the change was made
// while the body was written in the target's format.
func (s *stages) changedSince(earlier *stages) gateway.ChangeBy {
	by, most := gateway.ByTranslation, 0
	for i := range s {
		if fromEnd, ok := s[i].departed(&earlier[i]); ok && fromEnd > most {
			by, most = changers[i], fromEnd
		}
	}
	return by
}
