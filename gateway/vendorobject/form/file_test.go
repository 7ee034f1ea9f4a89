package form

import (
	"bytes"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/sluicegate/sluice/gateway"
)

// TestFile: a file passes as it is if it is binary, and passes the filters if it is a text, whatever its name
// and type say.
func TestFile(t *testing.T) {
	image := "\x89PNG\r\n\x1a\n\x00\x00secret evil" + strings.Repeat("\x00\xff\xfe", 100_000)
	line := `{"a":"secret"}` + "\n"
	for name, c := range map[string]struct{ content, passed, refused string }{
		"nothing":                   {"", "", ""},
		"a text":                    {"a secret\n", "a [REPLACED_1]\n", ""},
		"a long text":               {strings.Repeat("words\n", 100_000) + "secret", strings.Repeat("words\n", 100_000) + "[REPLACED_1]", ""},
		"what begins like an image": {"GIF89a secret", "GIF89a [REPLACED_1]", ""},
		"denied":                    {"evil", "", "In the file: No."},
		"an image":                  {image, image, ""},
		"JSON":                      {`{"a":"secret"}`, `{"a":"[REPLACED_1]"}`, ""},
		"behind escapes":            {`{"a":"s\u0065cret"}`, "", "A file has personal data"},
		"lines":                     {line + "\n" + line, `{"a":"[REPLACED_1]"}` + "\n\n" + `{"a":"[REPLACED_1]"}` + "\n", ""},
		"many lines":                {strings.Repeat(line, 400_000), strings.Repeat(`{"a":"[REPLACED_1]"}`+"\n", 400_000), ""},
		"a bad line":                {strings.Repeat(line, 400_000) + "no", "", "Line 400001 of the file is no JSON"},
		"a first line of JSON":      {"{}\na secret", "{}\na [REPLACED_1]", ""},
		"denied in a line":          {strings.Repeat(line, 2000) + `{"a":"evil"}`, "", "In the file: No."},
		"a text that is too long":   {strings.Repeat("words\n", 1_000_000), "", "at most 4194304 bytes"},
		"Latin-1":                   {"caf\xe9 secret", "", "another encoding"},
		"UTF-16":                    {"s\x00e\x00c\x00r\x00e\x00t\x00", "", "another encoding"},
		"a text with a zero":        {"secret" + strings.Repeat("words ", 100) + "\x00", "", "another encoding"},
		"no UTF-8 behind":           {strings.Repeat("words\n", 1000) + "\xff", "", "another encoding"},
	} {
		for _, plain := range []bool{false, true} {
			var from io.Reader
			var refused func() error
			asForm := fileOf("notes", "a.png", c.content) + "--b--\r\n"
			if plain {
				f := NewPlainFile(iotest.HalfReader(strings.NewReader(c.content)), reserveAll)
				if err := f.Filter(masking(nil)); err != nil {
					t.Fatal(err)
				}
				from, refused = f, f.Refused
			} else {
				f := NewFiltered(formData, "multipart/form-data", strings.NewReader(asForm), reserveAll)
				if err := f.Filter(masking(nil)); err != nil {
					t.Fatal(err)
				}
				defer func() { _ = f.Finish() }()
				from, refused = f, f.Refused
			}
			passed, err := io.ReadAll(from)
			want := c.passed
			if !plain {
				want = fileOf("notes", "a.png", c.passed) + "--b--\r\n"
			}
			switch {
			case c.refused != "":
				if err == nil || refused() == nil || !strings.Contains(gateway.AsError(err).Public, c.refused) || bytes.Contains(passed, []byte("evil")) || bytes.Contains(passed, []byte("--b--")) {
					t.Errorf("%s, plain %v: %v, %.100q", name, plain, err, passed)
				}
			case err != nil || string(passed) != want:
				t.Errorf("%s, plain %v: %v, %.200q", name, plain, err, passed)
			}
		}
	}
}

// TestFileWithoutFilters: nobody looks into a file without policies.
func TestFileWithoutFilters(t *testing.T) {
	f := NewPlainFile(strings.NewReader("caf\xe9 evil"), func(int64) error { t.Error("memory is taken"); return nil })
	if passed, err := io.ReadAll(f); err != nil || string(passed) != "caf\xe9 evil" || f.Refused() != nil {
		t.Error(string(passed), err, f.Refused())
	}
}

// TestPiece: the text of a piece cannot be judged alone; binary data passes.
func TestPiece(t *testing.T) {
	for content, refused := range map[string]bool{"a text": true, "\x89\x80 cut in a character": true, "\x00\x01\x02\x03": false, "": false} {
		f := NewFiltered(formData, "multipart/form-data", strings.NewReader(fileOf("data", "a", content)+"--b--\r\n"), reserveAll)
		f.Piece = true
		if err := f.Filter(masking(nil)); err != nil {
			t.Fatal(err)
		}
		_, err := io.ReadAll(f)
		if (err != nil) != refused || refused && !strings.Contains(gateway.AsError(err).Public, "in one call") {
			t.Errorf("%q: %v", content, err)
		}
		_ = f.Finish()
	}
}
