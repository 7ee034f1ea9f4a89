package output

import "testing"

func TestNumbering(t *testing.T) {
	var n numbering
	for _, c := range []struct{ event, want string }{
		{`{"sequence_number": 0}`, `{"sequence_number": 0}`},
		{`{"sequence_number":4,"a":1}`, `{"sequence_number":4,"a":1}`}, // the vendor left some out
		{`{"type":"x"}`, `{"type":"x","sequence_number":5}`},           // added by a stage
		{`{"sequence_number":5,"a":1}`, `{"sequence_number":6,"a":1}`},
		{`{"sequence_number":6}`, `{"sequence_number":7}`},
		{`{"sequence_number":"x"}`, `{"sequence_number":8}`},
	} {
		if got := string(n.number([]byte(c.event))); got != c.want {
			t.Errorf("%s: got %s, want %s", c.event, got, c.want)
		}
	}
}
