package message

import "slices"

// KeepWholeTails returns messages in which each run of the model's turns has all of its reasoning or
// none. A run is what the model thought, called and was told between two turns of the user's. Where a
// target cannot carry a part of the reasoning, as after a switch of the model, what remains would
// have a gap in the middle, which vendors that sign their reasoning refuse.
func KeepWholeTails(messages []Message, carries func(*Part) bool) []Message {
	out := messages
	for start := 0; start < len(messages); {
		end := start + 1
		for end < len(messages) && !beginsRun(&messages[end]) {
			end++
		}
		if whole := isWhole(messages[start:end], carries); !whole {
			if &out[0] == &messages[0] {
				out = slices.Clone(messages)
			}
			for i := start; i < end; i++ {
				out[i].Parts = slices.DeleteFunc(slices.Clone(messages[i].Parts), func(p Part) bool { return p.Kind == KindReasoning })
			}
		}
		start = end
	}
	return out
}

// beginsRun reports a turn of the user's that is no result of a tool.
func beginsRun(m *Message) bool {
	return m.Role == RoleUser && !slices.ContainsFunc(m.Parts, func(p Part) bool { return p.Kind == KindToolResult })
}

func isWhole(run []Message, carries func(*Part) bool) bool {
	for i := range run {
		for j := range run[i].Parts {
			if p := &run[i].Parts[j]; p.Kind == KindReasoning && !carries(p) {
				return false
			}
		}
	}
	return true
}
