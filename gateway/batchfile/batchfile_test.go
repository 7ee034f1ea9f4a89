package batchfile

import (
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/vendorobject"
)

const chat = `{"custom_id":"a","method":"POST","url":"/v1/chat/completions","body":{"model":"m","max_tokens":10,"messages":[{"role":"user","content":"Hi"}]}}`

// count reads a file, cut everywhere.
func count(file string, cut int) vendorobject.Batch {
	var c Counter
	for len(file) > 0 {
		n := min(cut, len(file))
		_, _ = io.WriteString(&c, file[:n])
		file = file[n:]
	}
	return c.Batch()
}

func TestCounter(t *testing.T) {
	body := int64(len(`{"model":"m","max_tokens":10,"messages":[{"role":"user","content":"Hi"}]}`))
	for name, c := range map[string]struct {
		file    string
		calls   []gateway.CallsOf
		objects []string
		refused string // a part of the reason
	}{
		"two calls":          {file: chat + "\n" + chat, calls: []gateway.CallsOf{{Model: "m", Input: 2 * body, Output: 20}}},
		"empty lines":        {file: "\n \r\n" + chat + "\r\n\n", calls: []gateway.CallsOf{{Model: "m", Input: body, Output: 10}}},
		"answers":            {file: strings.Replace(chat, `"max_tokens":10`, `"max_tokens":10,"n":3`, 1), calls: []gateway.CallsOf{{Model: "m", Input: body + 6, Output: 30}}},
		"no limit":           {file: strings.Replace(chat, `"max_tokens":10,`, ``, 1), calls: []gateway.CallsOf{{Model: "m", Input: body - 16, Open: 1}}},
		"embeddings":         {file: `{"url":"/v1/embeddings","body":{"model":"e","input":"Hi"}}`, calls: []gateway.CallsOf{{Model: "e", Input: int64(len(`{"model":"e","input":"Hi"}`))}}},
		"responses":          {file: `{"url":"/v1/responses","body":{"model":"r","input":"Hi","max_output_tokens":7}}`, calls: []gateway.CallsOf{{Model: "r", Input: int64(len(`{"model":"r","input":"Hi","max_output_tokens":7}`)), Output: 7}}},
		"what vendors keep":  {file: strings.Replace(chat, `"Hi"`, `[{"type":"file","file":{"file_id":"file-abc"}},{"type":"file","file":{"file_id":"file-abc"}}]`, 1), calls: []gateway.CallsOf{{Model: "m", Input: body + 91 - 2 + 400_000, Output: 10}}, objects: []string{"file-abc"}},
		"nothing":            {file: "\n", refused: "has no calls"},
		"no JSON":            {file: chat + "\nabc", refused: "line 2 of its file is no JSON object"},
		"a name twice":       {file: strings.Replace(chat, `"custom_id"`, `"body":{},"custom_id"`, 1), refused: "line 1 of its file is no JSON object that every vendor reads alike"},
		"a model twice":      {file: strings.Replace(chat, `"model":"m"`, `"model":"m","model":"dear"`, 1), refused: "no body that every vendor reads alike"},
		"another spelling":   {file: strings.Replace(chat, `"max_tokens":10`, `"max_tokens":10,"Max_Tokens":9`, 1), refused: "the field 'Max_Tokens'"},
		"another operation":  {file: strings.Replace(chat, "/v1/chat/completions", "/v1/images/generations", 1), refused: "asks '/v1/images/generations'"},
		"no model":           {file: strings.Replace(chat, `"model":"m",`, ``, 1), refused: "names no model"},
		"n as a string":      {file: strings.Replace(chat, `"max_tokens":10`, `"n":"3"`, 1), refused: "no positive number as 'n'"},
		"an earlier answer":  {file: `{"url":"/v1/responses","body":{"model":"r","input":"Hi","previous_response_id":"resp_1"}}`, refused: "'previous_response_id'"},
		"too long":           {file: strings.Replace(chat, "Hi", strings.Repeat("x", MaxLine), 1), refused: "longer than"},
		"no body":            {file: `{"url":"/v1/responses"}`, refused: "no body"},
		"a mark at the head": {file: "\ufeff" + chat, refused: "line 1 of its file is no JSON object"},
	} {
		for _, cut := range []int{1, 7, 1 << 30} {
			if len(c.file) > 10_000 && cut < 100 {
				continue
			}
			got := count(c.file, cut)
			if c.refused != "" {
				if !strings.Contains(got.Unbounded, c.refused) || got.Calls != nil {
					t.Errorf("%s, cut at %d: %+v", name, cut, got)
				}
				continue
			}
			if d := cmp.Diff(vendorobject.Batch{Calls: c.calls, Objects: c.objects}, got); d != "" {
				t.Errorf("%s, cut at %d: %s", name, cut, d)
			}
		}
	}
}

// TestCounterBounds: a file names so many models and objects, and not more.
func TestCounterBounds(t *testing.T) {
	var models, objects strings.Builder
	for i := range maxObjects + 1 {
		models.WriteString(strings.Replace(chat, `"m"`, `"m`+strings.Repeat("x", i%30)+`"`, 1) + "\n")
		objects.WriteString(strings.Replace(chat, "Hi", "file-"+strings.Repeat("ab", 2+i%90)+strings.Repeat("c", i/90), 1) + "\n")
	}
	if got := count(models.String(), 1<<30); !strings.Contains(got.Unbounded, "line 21 of its file names more models than 20") {
		t.Errorf("%+v", got)
	}
	if got := count(objects.String(), 1<<30); !strings.Contains(got.Unbounded, "more than 500 objects") {
		t.Errorf("%+v", got)
	}
}

// form is one with a purpose and files.
func formOf(purpose string, files ...string) string {
	var b strings.Builder
	for _, f := range files {
		b.WriteString("--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.jsonl\"\r\n\r\n" + f + "\r\n")
	}
	return b.String() + "--b\r\nContent-Disposition: form-data; name=\"purpose\"\r\n\r\n" + purpose + "\r\n--b--\r\n"
}

func TestUpload(t *testing.T) {
	good := formOf("batch", chat)
	for name, c := range map[string]struct {
		body  string
		calls int
		none  bool // it is no batch
		bad   bool // it is refused
	}{
		"a batch":         {body: good, calls: 1},
		"another purpose": {body: formOf("assistants", chat), none: true},
		"two files":       {body: formOf("batch", chat, chat)},
		"cut off":         {body: good[:len(good)-8], bad: true},
		"no form":         {body: "abc", none: true, bad: true},
		"no parts":        {body: "--b--\r\n", none: true},
	} {
		for _, one := range []bool{false, true} {
			from := io.Reader(strings.NewReader(c.body))
			if one {
				from = iotest.OneByteReader(from)
			}
			u := NewUpload(OpenAI, "multipart/form-data; boundary=b", from, nil)
			passed, err := io.ReadAll(u)
			if (err != nil) != c.bad || !c.bad && string(passed) != c.body || len(passed) > len(c.body) {
				t.Errorf("%s: passed on %q, %v", name, passed, err)
			}
			got := u.Batch()
			if c.none != (got == nil) || got != nil && (len(got.Calls) != c.calls || (got.Unbounded == "") != (c.calls > 0)) {
				t.Errorf("%s: %+v", name, got)
			}
		}
	}
	if NewUpload(OpenAI, "application/octet-stream", nil, nil) != nil || NewUpload(OpenAI, "multipart/form-data", nil, nil) != nil {
		t.Error("what is no form is read as one")
	}
}

// TestUploadLeft: a form that is not passed on to its end holds nobody up.
func TestUploadLeft(t *testing.T) {
	u := NewUpload(OpenAI, "multipart/form-data; boundary=b", strings.NewReader(formOf("batch", strings.Repeat(chat+"\n", 10_000))), nil)
	if _, err := io.ReadFull(u, make([]byte, 100_000)); err != nil {
		t.Fatal(err)
	}
	if got := u.Batch(); got == nil || got.Unbounded == "" {
		t.Errorf("%+v", got)
	}
	if got := u.Batch(); got == nil {
		t.Error("it is gone the second time")
	}
}

func FuzzCounter(f *testing.F) {
	f.Add(chat+"\n"+chat, 3)
	f.Add(`{"url":"/v1/responses","body":{"model":"r","input":"Hi"}}`, 1)
	f.Fuzz(func(t *testing.T, file string, cut int) {
		whole := count(file, 1<<30)
		if d := cmp.Diff(whole, count(file, max(cut, 1))); d != "" {
			t.Error(d)
		}
		if (whole.Unbounded == "") != (len(whole.Calls) > 0) {
			t.Errorf("%+v", whole)
		}
	})
}
