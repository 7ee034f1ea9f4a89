package batchfile

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/vendorobject/form"
)

// masking replaces "secret" by a longer text, and denies a call with "evil".
func masking(seen *[]string) gateway.PartFilter {
	return gateway.PartFilter{By: []string{"mask"}, Apply: func(call gateway.BodyPart) (gateway.BodyPart, error) {
		for _, req := range []**gateway.Request{&call.Request, &call.Around} {
			if *req == nil {
				continue
			}
			raw := (*req).Raw
			if seen != nil {
				*seen = append(*seen, call.Place+" "+string((*req).Op)+" "+string(raw))
			}
			if bytes.Contains(raw, []byte("evil")) {
				return call, &gateway.Error{Op: "test", Kind: gateway.Denied, Public: "No."}
			}
			next, err := (*req).WithRaw(bytes.ReplaceAll(raw, []byte("secret"), []byte("[REPLACED_1]")))
			if err != nil {
				return call, err
			}
			*req = next
		}
		return call, nil
	}}
}

func reserveAll(int64) error { return nil }

// filtered passes a form on through filters.
func filtered(t *testing.T, f Format, contentType, body string, one bool, filters ...gateway.PartFilter) (*Upload, string, error) {
	t.Helper()
	from := io.Reader(strings.NewReader(body))
	if one {
		from = iotest.OneByteReader(from)
	}
	u := NewUpload(f, contentType, from, reserveAll)
	for _, f := range filters {
		if err := u.Filter(f); err != nil {
			return u, "", err
		}
	}
	passed, err := io.ReadAll(u)
	if err == nil && u.Refused() != nil || err != nil && u.Refused() == nil {
		t.Errorf("ended with %v, refused with %v", err, u.Refused())
	}
	return u, string(passed), err
}

// field and file are parts of a form.
func field(name, value string) string {
	return "--b\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + value + "\r\n"
}

func file(lines ...string) string {
	return "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.jsonl\"\r\nContent-Type: application/jsonl\r\n\r\n" + strings.Join(lines, "\n") + "\r\n"
}

// fileIn is the file of a form that was passed on.
func fileIn(t *testing.T, passed string) string {
	t.Helper()
	for r := multipart.NewReader(strings.NewReader(passed), "b"); ; {
		p, err := r.NextPart()
		if err != nil {
			t.Fatalf("%q: %v", passed, err)
		}
		if p.FormName() == "file" {
			content, err := io.ReadAll(p)
			if err != nil {
				t.Fatal(err)
			}
			return string(content)
		}
	}
}

const formData = "multipart/form-data; boundary=b"

func lineOf(content string) string { return strings.Replace(chat, "Hi", content, 1) }

// TestFilteredUpload: each line passes the filters before it goes on, whatever stands around it; what they
// refuse, and what cannot be read, ends the form, and nothing of such a line goes on.
func TestFilteredUpload(t *testing.T) {
	batch, end := field("purpose", "batch"), "--b--\r\n"
	for name, c := range map[string]struct {
		body    string
		file    string // as it goes on
		refused string // a part of the reason
		judged  bool
	}{
		"a batch":                    {batch + file(chat, lineOf("my secret")) + end, chat + "\n" + lineOf("my [REPLACED_1]"), "", true},
		"purpose behind":             {file(chat, lineOf("my secret")) + batch + end, chat + "\n" + lineOf("my [REPLACED_1]"), "", true},
		"an end of its own":          {batch + file(lineOf("my secret")+"\r", "", "  ", chat+"\r", "") + end, lineOf("my [REPLACED_1]") + "\n\n  \n" + chat + "\r\n", "", true},
		"an empty file":              {batch + file() + end, "", "", true},
		"an unknown operation":       {batch + file(`{"url":"/v1/images","body":{"prompt":"secret"}}`) + end, `{"url":"/v1/images","body":{"prompt":"[REPLACED_1]"}}`, "", true},
		"a name with escapes":        {batch + file(`{"url":"/v1/x","bod\u0079":{"prompt":"secret"}}`) + end, `{"url":"/v1/x","bod\u0079":{"prompt":"[REPLACED_1]"}}`, "", true},
		"denied":                     {batch + file(chat, chat, lineOf("evil")) + end, "", "In line 3 of the file: No.", false},
		"denied beside the body":     {batch + file(strings.Replace(chat, `"custom_id":"a"`, `"custom_id":"evil"`, 1)) + end, "", "In line 1 of the file: No.", false},
		"a value beside the body":    {batch + file(strings.Replace(chat, `"custom_id":"a"`, `"custom_id":"secret"`, 1)) + end, "", "Line 1 of the file has personal data or a credential in the field 'custom_id'", false},
		"denied, purpose behind":     {file(lineOf("evil")) + batch + end, "", "In line 1 of the file: No.", false},
		"no JSON":                    {batch + file(chat, "abc") + end, "", "Line 2 of the file is no JSON object", false},
		"a field twice":              {batch + file(strings.Replace(chat, `"custom_id"`, `"body":{},"custom_id"`, 1)) + end, "", "Line 1 of the file is no JSON object that every vendor reads alike", false},
		"a field of the body twice":  {batch + file(strings.Replace(chat, `"model":"m"`, `"model":"m","model":"n"`, 1)) + end, "", "Line 1 of the file has no 'body' that every vendor reads alike", false},
		"no body":                    {batch + file(`{"url":"/v1/responses","Body":{"input":"x"}}`) + end, "", "Line 1 of the file has no 'body'", false},
		"a line within a line":       {batch + file(strings.Replace(chat, `"custom_id":"a"`, "\"x\":[\r"+chat+"\r]", 1)) + end, "", "carriage return", false},
		"a mark at the head":         {batch + file("\ufeff"+chat) + end, "", "Line 1 of the file is no JSON object", false},
		"too long":                   {batch + file(chat, lineOf(strings.Repeat("x", MaxLine))) + end, "", "Line 2 of the file is longer than", false},
		"another purpose":            {field("purpose", "assistants") + file("a secret") + end, "a [REPLACED_1]", "", false},
		"another purpose behind":     {file(`{"messages":"a secret"}`) + field("purpose", "fine-tune") + end, `{"messages":"a [REPLACED_1]"}`, "", false},
		"another purpose, denied":    {file("evil") + field("purpose", "fine-tune") + end, "", "In the file: No.", false},
		"another purpose, binary":    {field("purpose", "vision") + file("\x00 evil") + end, "\x00 evil", "", false},
		"another purpose, long":      {file(strings.Repeat("x", MaxLine+5)) + field("purpose", "fine-tune") + end, "", "A file of text is at most", false},
		"another purpose, long data": {file(strings.Repeat("\x00", MaxLine+5)) + field("purpose", "fine-tune") + end, strings.Repeat("\x00", MaxLine+5), "", false},
		"no calls, a batch behind":   {file("{}", lineOf("fine")) + batch + end, "", "its first line is no call of a batch", false},
		"no calls, batches behind":   {file("{}", lineOf("fine")) + field("purpose", " Batch\n") + end, "", "its first line is no call of a batch", false},
		"a purpose in capitals":      {field("purpose", "BATCH") + file("{}", lineOf("evil")) + end, "", "Line 1 of the file has no 'body'", false},
		"two purposes":               {field("purpose", "assistants") + file(chat) + batch + end, "", "'purpose' is given twice", false},
		"another spelling of it":     {field("purpose", "assistants") + file(chat) + field("Purpose", "batch") + end, "", "may be read as 'purpose'", false},
		"two files":                  {batch + file(chat) + file(lineOf("evil")) + end, "", "has one file", false},
		"a file of another name":     {batch + file(chat) + strings.Replace(file(lineOf("evil")), `"file"`, `"other"`, 1) + end, "", "has one file", false},
		"another spelling of file":   {batch + field("File", lineOf("evil")) + end, "", "has one file", false},
		"a part without a name":      {batch + "--b\r\n\r\nevil\r\n" + file(chat) + end, "", "no name that every vendor reads alike", false},
		"a name that nobody reads":   {batch + "--b\r\nContent-Disposition: form-data; name=\"x\"; name=\"file\"\r\n\r\nevil\r\n" + end, "", "no name that every vendor reads alike", false},
		"a field that is denied":     {field("note", "evil") + file(chat) + end, "", "In the form: No.", false},
		"a long field":               {field("note", strings.Repeat("x", maxField+1)) + end, "", "is text of at most", false},
		"cut off":                    {batch + file(chat), "", "not valid multipart/form-data", false},
		"cut off within the file":    {batch + file(chat)[:100], "", "not valid multipart/form-data", false},
		"no form":                    {"evil", "", "not valid multipart/form-data", false},
		"a name that would end":      {batch + strings.Replace(file(chat), `"a.jsonl"`, `"a\"; name=\"x\\"`, 1) + end, chat, "", true},
		"base64":                     {batch + strings.Replace(file(chat), "Content-Type", "Content-Transfer-Encoding: base64\r\nContent-Type", 1) + end, "", "content-transfer-encoding", false},
		"a first line that is blank": {file("", " ", lineOf("secret")) + batch + end, "\n \n" + lineOf("[REPLACED_1]"), "", true},
	} {
		for _, one := range []bool{false, true} {
			if one && len(c.body) > 100_000 {
				continue
			}
			u, passed, err := filtered(t, OpenAI, formData, c.body, one, masking(nil))
			if strings.Contains(passed, "evil") && c.refused != "" && !u.passed {
				t.Errorf("%s: passed on %q", name, passed)
			}
			if c.refused != "" {
				e := gateway.AsError(err)
				if err == nil || !strings.Contains(e.Public, c.refused) || e.Kind != gateway.Invalid && e.Kind != gateway.Denied || strings.Contains(passed, "--b--") {
					t.Errorf("%s: %v; passed on %q", name, err, passed)
				}
			} else if err != nil || fileIn(t, passed) != c.file {
				t.Errorf("%s: %q, %v", name, passed, err)
			}
			got := u.Batch()
			if judged := got != nil && len(got.Judged) == 1; judged != c.judged {
				t.Errorf("%s: %+v", name, got)
			}
		}
	}
}

// TestFilteredCount: what the budget counts is what goes on.
func TestFilteredCount(t *testing.T) {
	u, _, err := filtered(t, OpenAI, formData, field("purpose", "batch")+file(lineOf("secret"))+"--b--\r\n", false, masking(nil))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := u.Batch(), count(lineOf("[REPLACED_1]"), 1<<30); got.Unbounded != "" || got.Calls[0] != want.Calls[0] {
		t.Errorf("%+v, want %+v", got, want)
	}
}

// TestFilterOrder: filters see what those before them have left, all of a line, and the names of the form.
func TestFilterOrder(t *testing.T) {
	var first, second []string
	if _, _, err := filtered(t, OpenAI, formData, field("purpose", "batch")+strings.Replace(file(lineOf("secret")), "a.jsonl", "secret.jsonl", 1)+"--b--\r\n", true, masking(&first), masking(&second)); err != nil {
		t.Fatal(err)
	}
	want := []string{
		`the form pass_through {"fields":[["purpose","batch"]]}`, `the form pass_through {"fields":[["filename","[REPLACED_1].jsonl"]]}`,
		`line 1 of the file chat {"model":"m","max_tokens":10,"messages":[{"role":"user","content":"[REPLACED_1]"}]}`,
		`line 1 of the file pass_through {"custom_id":"a","method":"POST","url":"/v1/chat/completions"}`,
	}
	if fmt.Sprint(second) != fmt.Sprint(want) || len(first) != len(want) || !strings.Contains(first[1], "secret.jsonl") {
		t.Errorf("%q\n%q", first, second)
	}
}

// TestFilteredGemini: of a file for Gemini, the first line tells whether it is a batch's.
func TestFilteredGemini(t *testing.T) {
	related := func(about, kind, content string) string {
		return "--b\r\nContent-Type: application/json\r\n\r\n" + about + "\r\n--b\r\nContent-Type: " + kind + "\r\n\r\n" + content + "\r\n--b--\r\n"
	}
	line := func(text string) string {
		return `{"key":"a","request":{"contents":[{"parts":[{"text":"` + text + `"}]}]}}`
	}
	const about = `{"file":{"display_name":"x"}}`
	for name, c := range map[string]struct {
		body, passed, refused string
		judged                bool
	}{
		"a batch":         {related(about, "application/jsonl", line("secret")), related(about, "application/jsonl", line("[REPLACED_1]")), "", true},
		"as a text":       {related(about, "text/plain", line("secret")+"\n"), related(about, "text/plain", line("[REPLACED_1]")+"\n"), "", true},
		"its name":        {related(`{"file":{"display_name":"secret"}}`, "text/plain", line("x")), related(`{"file":{"display_name":"[REPLACED_1]"}}`, "text/plain", line("x")), "", true},
		"an image":        {related(about, "image/png", "\x89PNG\r\n\x1a\n\x00secret"), related(about, "image/png", "\x89PNG\r\n\x1a\n\x00secret"), "", false},
		"denied":          {related(about, "text/plain", line("x")+"\n"+line("evil")), "", "In line 2 of the file", false},
		"a broken line":   {related(about, "text/plain", line("x")+"\nabc"), "", "Line 2 of the file", false},
		"no description":  {related("abc", "text/plain", line("x")), "", "not valid JSON", false},
		"more than parts": {strings.TrimSuffix(related(about, "text/plain", line("x")), "--\r\n") + "\r\n\r\nevil\r\n--b--\r\n", "", "has two parts", false},
	} {
		for _, one := range []bool{false, true} {
			u, passed, err := filtered(t, Gemini, "multipart/related; boundary=b", c.body, one, masking(nil))
			if c.refused != "" {
				if err == nil || !strings.Contains(gateway.AsError(err).Public, c.refused) || strings.Contains(passed, "evil") {
					t.Errorf("%s: %v, %q", name, err, passed)
				}
			} else if err != nil || passed != c.passed {
				t.Errorf("%s: %v\n%q\n%q", name, err, passed, c.passed)
			}
			if got := u.Batch(); (got != nil && got.Judged != nil) != c.judged {
				t.Errorf("%s: %+v", name, got)
			}
		}
	}
}

// TestFilterRefuses: a body whose form readers may take for another one cannot be filtered.
func TestFilterRefuses(t *testing.T) {
	for contentType, f := range map[string]Format{
		"multipart/related; boundary=b":             OpenAI,
		"multipart/form-data; boundary=b":           Gemini,
		"multipart/form-data; boundary*0=b":         Mistral,
		"multipart/form-data; boundary*=utf-8''b":   OpenAI,
		"multipart/form-data; boundary=b; x=\"\xff": Mistral,
	} {
		u := NewUpload(f, contentType, strings.NewReader(""), reserveAll)
		if u == nil {
			continue
		}
		if err := u.Filter(masking(nil)); gateway.AsError(err) == nil || gateway.AsError(err).Param != "content-type" {
			t.Errorf("%s: %v", contentType, err)
		}
	}
	_, _, err := filtered(t, OpenAI, `multipart/form-data; boundary="a{b"`, "--a{b--\r\n", false, masking(nil))
	if e := gateway.AsError(err); e == nil || e.Param != "content-type" {
		t.Error(err)
	}
	full := errors.New("no memory")
	u := NewUpload(OpenAI, formData, strings.NewReader(""), func(int64) error { return full })
	if err := u.Filter(masking(nil)); !errors.Is(err, full) {
		t.Error(err)
	}
}

// TestFilterPanics: a filter that panics ends the form, and nothing else.
func TestFilterPanics(t *testing.T) {
	panics := gateway.PartFilter{Apply: func(gateway.BodyPart) (gateway.BodyPart, error) { panic("evil") }}
	_, passed, err := filtered(t, OpenAI, formData, formOf("batch", chat), false, panics)
	if e := gateway.AsError(err); e == nil || e.Kind != gateway.Internal || strings.Contains(e.Public, "evil") || strings.Contains(passed, "custom_id") {
		t.Errorf("%v, %q", err, passed)
	}
}

// TestFilteredLeft: a form that is not passed on to its end holds nobody up, and is not judged.
func TestFilteredLeft(t *testing.T) {
	u := NewUpload(OpenAI, formData, strings.NewReader(formOf("batch", strings.Repeat(chat+"\n", 10_000))), reserveAll)
	if err := u.Filter(masking(nil)); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadFull(u, make([]byte, 100_000)); err != nil {
		t.Fatal(err)
	}
	if err := u.Finish(); !errors.Is(err, form.ErrUnfinished) {
		t.Error(err)
	}
	if got := u.Batch(); got != nil && got.Judged != nil {
		t.Errorf("%+v", got)
	}
}

// FuzzFiltered: however a form is made and cut, nothing that a filter denies goes on in a form that ends,
// unless the file was no batch's.
func FuzzFiltered(f *testing.F) {
	f.Add(field("purpose", "batch")+file(chat, lineOf("evil"))+"--b--\r\n", true)
	f.Add(file("{}", lineOf("evil"))+field("purpose", "batch")+"--b--\r\n", false)
	f.Add(file(lineOf("secret"))+field("purpose", "batch")+"--b--\r\n", false)
	f.Fuzz(func(t *testing.T, body string, one bool) {
		u, passed, err := filtered(t, OpenAI, formData, body, one, masking(nil))
		batch := u.Batch()
		if err != nil {
			if batch != nil && batch.Judged != nil {
				t.Errorf("refused and judged: %+v", batch)
			}
			return
		}
		if (batch != nil && batch.Judged != nil || u.saysBatch()) && (strings.Contains(passed, "evil") || strings.Contains(passed, "secret")) {
			t.Errorf("passed on %q", passed)
		}
	})
}
