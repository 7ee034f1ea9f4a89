package form

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/sluicegate/sluice/gateway"
)

// masking replaces "secret", and denies what has "evil".
func masking(seen *[]string) gateway.PartFilter {
	return gateway.PartFilter{Apply: func(part gateway.BodyPart) (gateway.BodyPart, error) {
		raw := part.Around.Raw
		if seen != nil {
			*seen = append(*seen, string(raw))
		}
		if bytes.Contains(raw, []byte("evil")) {
			return part, &gateway.Error{Op: "test", Kind: gateway.Denied, Public: "No."}
		}
		around, err := part.Around.WithRaw(bytes.ReplaceAll(bytes.ReplaceAll(raw, []byte("secret"), []byte("[REPLACED_1]")), []byte(`"s\u0065cret"`), []byte(`"[REPLACED_1]"`)))
		part.Around = around
		return part, err
	}}
}

func reserveAll(int64) error { return nil }

func fileOf(name, filename, content string) string {
	return "--b\r\nContent-Disposition: form-data; name=\"" + name + "\"; filename=\"" + filename + "\"\r\nContent-Type: image/png\r\n\r\n" + content + "\r\n"
}

const formData = "multipart/form-data; boundary=b"

// TestFiltered: the texts of a form pass the filters before they go on, files are copied, and what a vendor
// could read in another way is refused.
func TestFiltered(t *testing.T) {
	const end = "--b--\r\n"
	for name, c := range map[string]struct{ body, passed, refused string }{
		"texts":                   {part("model", "m") + part("prompt", "a secret") + end, part("model", "m") + part("prompt", "a [REPLACED_1]") + end, ""},
		"a file":                  {part("prompt", "secret") + fileOf("image[]", "a.png", "\x00evil") + fileOf("image[]", "b.png", "secret") + end, part("prompt", "[REPLACED_1]") + fileOf("image[]", "a.png", "\x00evil") + fileOf("image[]", "b.png", "[REPLACED_1]") + end, ""},
		"the name of a file":      {fileOf("image", "secret.png", "x") + end, fileOf("image", "[REPLACED_1].png", "x") + end, ""},
		"a field twice":           {part("include[]", "a") + part("include[]", "secret") + end, part("include[]", "a") + part("include[]", "[REPLACED_1]") + end, ""},
		"JSON":                    {part("metadata", `{"a":"secret"}`) + end, part("metadata", `{"a":"[REPLACED_1]"}`) + end, ""},
		"JSON with escapes":       {part("metadata", `{"a":"x\n"}`) + end, part("metadata", `{"a":"x\n"}`) + end, ""},
		"behind escapes":          {part("metadata", `{"a":"s\u0065cret"}`) + end, "", "behind escapes"},
		"declared by its name":    {part("data", "evil") + end, "", "In the form: No."},
		"denied":                  {part("prompt", "evil") + end, "", "In the form: No."},
		"denied behind a file":    {fileOf("image", "a.png", "x") + part("prompt", "evil") + end, "", "In the form: No."},
		"the name of a file, too": {fileOf("image", "evil.png", "x") + end, "", "In the form: No."},
		"the name of a field":     {part("secret", "x") + end, "", "The name of a field"},
		"a name that is denied":   {part("evil", "x") + end, "", "In the form: No."},
		"a text as a file":        {fileOf("prompt", "a.txt", "evil") + end, "", "In the file: No."},
		"in capitals":             {fileOf("Prompt[]", "a.txt", "evil") + end, "", "In the file: No."},
		"an empty file name":      {fileOf("prompt", "", "evil") + end, "", "In the form: No."},
		"without a name":          {"--b\r\n\r\nevil\r\n" + end, "", "no name"},
		"an encoded file name":    {strings.Replace(fileOf("image", "a", "x"), `filename="a"`, "filename*=utf-8''%65vil", 1) + end, "", "In the form: No."},
		"a long field":            {part("prompt", strings.Repeat("x", maxTexts+1)) + end, "", "text of at most"},
		"no UTF-8":                {part("prompt", "\xff") + end, "", "text of at most"},
		"what waits is bounded":   {part("a", strings.Repeat("x", maxTexts-1)) + part("prompt", "secret") + end, part("a", strings.Repeat("x", maxTexts-1)) + part("prompt", "[REPLACED_1]") + end, ""},
		"a charset":               {strings.Replace(fileOf("image", "a", "x"), "image/png", "image/png; x=secret", 1) + end, fileOf("image", "a", "x") + end, ""},
		"around the form":         {"evil\r\n" + part("a", "x") + end + "evil", part("a", "x") + end, ""},
		"cut off":                 {part("prompt", "evil"), "", "not valid multipart/form-data"},
	} {
		for _, half := range []bool{false, true} {
			from := io.Reader(strings.NewReader(c.body))
			if half {
				from = iotest.HalfReader(from)
			}
			f := NewFiltered(formData, "multipart/form-data", from, reserveAll)
			if err := f.Filter(masking(nil)); err != nil {
				t.Fatal(err)
			}
			passed, err := io.ReadAll(f)
			if finished := f.Finish(); (finished == nil) != (err == nil) || (f.Refused() == nil) != (err == nil) {
				t.Errorf("%s: %v, %v, %v", name, err, finished, f.Refused())
			}
			switch {
			case c.refused == "" && (err != nil || string(passed) != c.passed):
				t.Errorf("%s: %.300q, %v", name, passed, err)
			case c.refused != "" && (err == nil || !strings.Contains(gateway.AsError(err).Public, c.refused) || bytes.Contains(passed, []byte("evil")) || bytes.Contains(passed, []byte("--b--"))):
				t.Errorf("%s: %v; passed on %q", name, err, passed)
			}
		}
	}
}

// TestFilteredTogether: texts that stand next to each other are read together.
func TestFilteredTogether(t *testing.T) {
	var seen []string
	f := NewFiltered(formData, "multipart/form-data", strings.NewReader(part("model", "m")+part("prompt", "p")+fileOf("image", "a.png", "x")+part("size", "s")+"--b--\r\n"), reserveAll)
	if err := f.Filter(masking(&seen)); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadAll(f); err != nil {
		t.Fatal(err)
	}
	if got, want := strings.Join(seen, " "), `{"fields":[["model","m"],["prompt","p"]]} {"fields":[["image","a.png"]]} {"fields":[["","x"]]} {"fields":[["size","s"]]}`; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// TestUnfiltered: without filters a body passes as it came, whatever it is.
func TestUnfiltered(t *testing.T) {
	for _, body := range []string{part("prompt", "evil") + "--b--\r\nbehind", "no form"} {
		f := NewFiltered(formData, "multipart/form-data", strings.NewReader(body), func(int64) error { return errors.New("no memory is needed") })
		if passed, err := io.ReadAll(f); string(passed) != body || err != nil || f.Finish() != nil {
			t.Errorf("%q, %v", passed, err)
		}
	}
}

// TestFilteredRelated: of a file for Google, the description is read, and the file if it is a text.
func TestFilteredRelated(t *testing.T) {
	related := func(about, more string) string {
		return "--b\r\nContent-Type: application/json\r\n\r\n" + about + "\r\n--b\r\nContent-Type: text/plain\r\n\r\na secret\r\n" + more + "--b--\r\n"
	}
	for name, c := range map[string]struct{ body, passed, refused string }{
		"a description": {related(`{"displayName":"secret"}`, ""), strings.Replace(related(`{"displayName":"[REPLACED_1]"}`, ""), "a secret", "a [REPLACED_1]", 1), ""},
		"denied":        {related(`{"displayName":"evil"}`, ""), "", "In the form: No."},
		"no JSON":       {related("evil", ""), "", "not valid JSON"},
		"three parts":   {related("{}", "--b\r\n\r\nevil\r\n"), "", "two parts"},
	} {
		f := NewFiltered("multipart/related; boundary=b", "multipart/related", strings.NewReader(c.body), reserveAll)
		if err := f.Filter(masking(nil)); err != nil {
			t.Fatal(err)
		}
		passed, err := io.ReadAll(f)
		if c.refused == "" && (err != nil || string(passed) != c.passed) || c.refused != "" && (err == nil || !strings.Contains(gateway.AsError(err).Public, c.refused) || bytes.Contains(passed, []byte("--b--"))) {
			t.Errorf("%s: %q, %v", name, passed, err)
		}
	}
}

// TestFilterRefuses: what readers may take for another form cannot be filtered, nor what is none.
func TestFilterRefuses(t *testing.T) {
	if err := NewFiltered("multipart/form-data; boundary*=utf-8''b", "multipart/form-data", strings.NewReader(""), reserveAll).Filter(masking(nil)); err == nil {
		t.Error("a boundary that not all read alike")
	}
	full := errors.New("no memory")
	if err := NewFiltered(formData, "multipart/form-data", strings.NewReader(""), func(int64) error { return full }).Filter(masking(nil)); !errors.Is(err, full) {
		t.Error(err)
	}
	if NewFiltered(formData, "multipart/related", nil, nil) != nil || NewFiltered("text/plain", "multipart/form-data", nil, nil) != nil {
		t.Error("what is no such form is read as one")
	}
	if err := Unreadable("It must be a form.").Filter(masking(nil)); gateway.AsError(err).Param != "content-type" {
		t.Error(err)
	}
}

// FuzzFiltered: however a form is made, no text that a filter denies goes on in one that ends.
func FuzzFiltered(f *testing.F) {
	f.Add(part("model", "m") + part("prompt", "evil") + "--b--\r\n")
	f.Add(fileOf("image", "secret", "x") + part("prompt", "secret") + "--b--\r\n")
	f.Fuzz(func(t *testing.T, body string) {
		form := NewFiltered(formData, "multipart/form-data", strings.NewReader(body), reserveAll)
		if err := form.Filter(masking(nil)); err != nil {
			t.Fatal(err)
		}
		passed, err := io.ReadAll(form)
		_ = form.Finish()
		if err == nil && !strings.Contains(body, "filename") && (bytes.Contains(passed, []byte("evil")) || bytes.Contains(passed, []byte("secret"))) {
			t.Errorf("passed on %q", passed)
		}
	})
}
