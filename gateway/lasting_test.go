package gateway

import (
	"testing"
	"unsafe"
)

// What a Lasting chunk gives out shares its memory; what another one gives out is a copy,
// which its stream cannot change any more.
func TestLasting(t *testing.T) {
	for _, lasting := range []bool{false, true} {
		raw := []byte(`{"id":"c1","model":"m","choices":[{"index":0,"message":{"content":"plain"},"finish_reason":"stop"},{"index":1,"message":{"content":"with \"escapes\""}}]}`)
		c := Chunk{Form: FormBody, Raw: raw, Lasting: lasting}
		c.ReadDeltas(nil)
		var r Response
		r.Fold(c)
		if shares(raw, r.Raw) != lasting || shares(raw, view(r.Choices[0].Text())) != lasting {
			t.Errorf("lasting %v: shared %v and %v", lasting, shares(raw, r.Raw), shares(raw, view(r.Choices[0].Text())))
		}
		if !lasting {
			for i := range raw {
				raw[i] = 'x'
			}
		}
		if r.Choices[0].Text() != "plain" || r.Choices[1].Text() != `with "escapes"` || r.Model != "m" || r.Choices[0].Finish != "stop" {
			t.Errorf("lasting %v: %q", lasting, r.Choices[0].Text())
		}
	}
}

func shares(memory, part []byte) bool {
	first, at := uintptr(unsafe.Pointer(&memory[0])), uintptr(unsafe.Pointer(&part[0]))
	return at >= first && at < first+uintptr(len(memory))
}

func view(s string) []byte { return unsafe.Slice(unsafe.StringData(s), len(s)) }
