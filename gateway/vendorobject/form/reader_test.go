package form

import (
	"errors"
	"io"
	"mime/multipart"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/sluicegate/sluice/gateway"
)

// refuses refuses a part that is called "bad".
func refuses(p *multipart.Part) error {
	if p.FormName() == "bad" {
		return gateway.InvalidField("form_test", "bad", "It is bad.")
	}
	return nil
}

func part(name, value string) string {
	return "--b\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + value + "\r\n"
}

// TestReader: a form passes on as it is; of one that is refused, the end never passes.
func TestReader(t *testing.T) {
	big := strings.Repeat("x", 1<<20)
	for name, c := range map[string]struct{ body, field string }{
		"small":           {part("good", "1") + "--b--\r\n", ""},
		"large":           {part("file", big) + part("good", "1") + "--b--\r\n", ""},
		"an epilogue":     {part("good", "1") + "--b--\r\n" + big, ""},
		"bad":             {part("bad", "1") + "--b--\r\n", "bad"},
		"bad at the end":  {part("file", big) + part("bad", "1") + "--b--\r\n", "bad"},
		"bad before more": {part("bad", "1") + part("file", big) + "--b--\r\n", "bad"},
		"encoded":         {"--b\r\nContent-Disposition: form-data; name=\"a\"\r\nContent-Transfer-Encoding: base64\r\n\r\nYQ==\r\n--b--\r\n", "a"},
		"many parts":      {strings.Repeat(part("good", "1"), maxParts+1) + "--b--\r\n", "body"},
		"cut off":         {part("good", "1"), "body"},
		"no form":         {big, "body"},
		"cut in a head":   {part("good", "1") + part("good", "1")[:30], "body"},
		"without a line":  {part("good", "1") + "--b--", ""},
	} {
		for _, small := range []bool{false, true} {
			from := io.Reader(strings.NewReader(c.body))
			if small {
				from = iotest.HalfReader(from)
			}
			r := NewReader(`multipart/form-data; boundary=b`, from, refuses)
			passed, err := io.ReadAll(r)
			switch {
			case c.field == "" && (err != nil || string(passed) != c.body):
				t.Errorf("%s: %d bytes of %d, %v", name, len(passed), len(c.body), err)
			case c.field != "" && (err == nil || len(passed) > len(c.body)-min(len(c.body), heldBack) || c.field != "body" && gateway.AsError(err).Param != c.field):
				t.Errorf("%s: %d bytes of %d passed, %v", name, len(passed), len(c.body), err)
			}
			if done := r.Finish(); (done == nil) != (c.field == "") {
				t.Errorf("%s: %v", name, done)
			}
		}
	}
	r := NewReader(`multipart/form-data; boundary=b`, strings.NewReader(part("file", big)+"--b--\r\n"), refuses)
	if _, err := io.ReadFull(r, make([]byte, 100)); err != nil {
		t.Fatal(err)
	}
	if err := r.Finish(); !errors.Is(err, ErrUnfinished) {
		t.Error(err)
	}
	if NewReader("application/json", nil, nil) != nil || NewReader("multipart/form-data", nil, nil) != nil {
		t.Error("what is no form is read as one")
	}
}
