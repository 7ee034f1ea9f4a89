package jsonx

import "testing"

func TestObject(t *testing.T) {
	var o Object
	if !o.Empty() || string(o.JSON()) != "{}" {
		t.Errorf("empty: %s", o.JSON())
	}
	o.Text("a\"b", "line\n")
	o.Int("n", -3)
	o.Raw("list", []byte(`[1.0]`))
	if want := `{"a\"b":"line\n","n":-3,"list":[1.0]}`; o.Empty() || string(o.JSON()) != want {
		t.Errorf("got %s, want %s", o.JSON(), want)
	}
}
