package output

import "testing"

func TestAddMember(t *testing.T) {
	for in, want := range map[string]string{
		`{}`: `{"x":1}`, `{"a":2}`: `{"a":2,"x":1}`, "{ }\n": `{"x":1}`, "{\"a\":2 }\n": `{"a":2,"x":1}`, `[1]`: `[1]`, ``: ``,
	} {
		if got := addMember([]byte(in), []byte(`"x":1`)); string(got) != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}
