package inference

import (
	"bytes"
	"context"
	"io"
	"mime/multipart"
	"net/http/httptest"
	"net/textproto"
	"strings"
	"testing"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/gatewaytest"
)

// refusing answers every exchange with what is wrong with it, else with a rerank.
func refusing(_ context.Context, ex *gateway.Exchange) (gateway.Stream, error) {
	if ex.Refused != nil {
		return nil, ex.Refused
	}
	return gatewaytest.NewStream(nil, gatewaytest.Body(`{"results":[]}`)), nil
}

// TestBadTasks: what is wrong with a request is named.
func TestBadTasks(t *testing.T) {
	s := api(Settings{Pipeline: refusing})
	for _, c := range []struct{ path, body, param string }{
		{"/v1/completions", `{"model":"m"}`, "prompt"},
		{"/v1/completions", `{"prompt":{}}`, "prompt"},
		{"/v1/completions", `{"prompt":"x","stream":"perhaps"}`, "stream"},
		{"/v1/completions", `{"prompt":"x","model":["m"]}`, "model"},
		{"/v1/rerank", `{"documents":["x"]}`, "query"},
		{"/v1/rerank", `{"query":"x"}`, "documents"},
		{"/v1/rerank", `{"query":"x","documents":"x"}`, "documents"},
		{"/v1/rerank", `{"query":"x","documents":["x",7]}`, "documents[1]"},
		{"/v1/moderations", `{}`, "input"},
		{"/v1/moderations", `{"input":7}`, "input"},
		{"/v1/images/generations", `{}`, "prompt"},
		{"/v1/images/generations", `{"prompt":["x"]}`, "prompt"},
		{"/v1/images/edits", `{"image":"x"}`, "prompt"},
		{"/v1/audio/speech", `{"voice":"x"}`, "input"},
		{"/v1/audio/speech", `{"input":["x"]}`, "input"},
		{"/v1/audio/speech", `{"input":"x","stream_format":1}`, "stream_format"},
		{"/v1/audio/transcriptions", `{"file":"x"}`, "content-type"},
		{"/v1/images/variations", `{"image":"x"}`, "content-type"},
	} {
		w := httptest.NewRecorder()
		s.ServeHTTP(w, call(c.path, c.body))
		if got := gjson.Get(w.Body.String(), "error.param").String(); w.Code != 400 || got != c.param {
			t.Errorf("%s %s: %d, the field is %q, want %q: %s", c.path, c.body, w.Code, got, c.param, w.Body)
		}
	}
}

// part is one part of a form.
type part struct {
	name, file, data string
	header           textproto.MIMEHeader
}

func formOf(parts ...part) (body, contentType string) {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for _, p := range parts {
		h := textproto.MIMEHeader{}
		h.Set("Content-Disposition", `form-data; name="`+p.name+`"`)
		if p.file != "" {
			h.Set("Content-Disposition", `form-data; name="`+p.name+`"; filename="`+p.file+`"`)
		}
		for name, values := range p.header {
			h[name] = values
		}
		to, _ := w.CreatePart(h) // a buffer takes everything
		_, _ = to.Write([]byte(p.data))
	}
	_ = w.Close()
	return b.String(), w.FormDataContentType()
}

// TestBadForms: a form is bounded, and what is wrong with it is named.
func TestBadForms(t *testing.T) {
	s := api(Settings{Pipeline: refusing})
	file := part{name: "file", file: "a.mp3", data: "\x00\x01"}
	var many []part
	for range 64 + 1 {
		many = append(many, part{name: "x[]", data: "x"})
	}
	for name, c := range map[string]struct {
		parts       []part
		contentType string // "" = the form's
		cut         int    // bytes at the end that are missing
		param       string
	}{
		"no file":                {parts: []part{{name: "model", data: "m"}}, param: "file"},
		"a file that is text":    {parts: []part{{name: "file", data: "x"}}, param: "file"},
		"a field twice":          {parts: []part{{name: "model", data: "a"}, {name: "model", data: "b"}, file}, param: "model"},
		"a field and a file":     {parts: []part{{name: "file", data: "a"}, file}, param: "file"},
		"no name":                {parts: []part{{data: "a"}, file}},
		"a name that is long":    {parts: []part{{name: strings.Repeat("a", 100+1), data: "a"}, file}, param: strings.Repeat("a", 100)},
		"a text that is long":    {parts: []part{{name: "prompt", data: strings.Repeat("a", 1<<20+1)}, file}, param: "prompt"},
		"a text that is binary":  {parts: []part{{name: "prompt", data: "\xff"}, file}, param: "prompt"},
		"a file name, long":      {parts: []part{{name: "file", file: strings.Repeat("a", 255+1)}}, param: "file"},
		"a file name, no UTF-8":  {parts: []part{{name: "file", file: "\xff"}}, param: "file"},
		"too many parts":         {parts: many},
		"stream":                 {parts: []part{file, {name: "stream", data: "perhaps"}}, param: "stream"},
		"an encoding":            {parts: []part{{name: "prompt", data: "YQ==", header: textproto.MIMEHeader{"Content-Transfer-Encoding": {"base64"}}}, file}, param: "prompt"},
		"no boundary":            {parts: []part{file}, contentType: "multipart/form-data", param: "content-type"},
		"another boundary":       {parts: []part{file}, contentType: "multipart/form-data; boundary=other", param: "file"},
		"no end":                 {parts: []part{file}, cut: 80, param: ""},
		"a content-type, broken": {parts: []part{file}, contentType: "multipart/form-data; boundary", param: "content-type"},
	} {
		body, contentType := formOf(c.parts...)
		if c.contentType != "" {
			contentType = c.contentType
		}
		if len(body) > 1<<16 {
			s = httpapiWith(Settings{Pipeline: refusing}, 4<<20)
		}
		r := call("/v1/audio/transcriptions", body[:len(body)-c.cut])
		r.Header.Set("Content-Type", contentType)
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		if got := gjson.Get(w.Body.String(), "error.param").String(); w.Code != 400 || got != c.param && name != "no end" && name != "another boundary" {
			t.Errorf("%s: %d, the field is %q, want %q: %s", name, w.Code, got, c.param, w.Body)
		}
	}
}

// TestForm: stages see the fields of a form and the names of its files, and no file's content.
func TestForm(t *testing.T) {
	var got *gateway.Request
	var contents []string
	s := api(Settings{Pipeline: func(_ context.Context, ex *gateway.Exchange) (gateway.Stream, error) {
		got = ex.Request
		for _, f := range got.Files { // they are there as long as the call
			data, _ := io.ReadAll(io.NewSectionReader(f.Content, 0, f.Size))
			contents = append(contents, string(data))
		}
		return nil, &gateway.Error{Op: "test", Kind: gateway.Unavailable}
	}})
	body, contentType := formOf(part{name: "image[]", file: "a.png", data: "\x00a", header: textproto.MIMEHeader{"Content-Type": {"image/png"}}},
		part{name: "model", data: "m"}, part{name: "prompt", data: `a "cat"`}, part{name: "image[]", file: "b.png", data: "\x00b"}, part{name: "n", data: "2"})
	r := call("/v1/images/edits", body)
	r.Header.Set("Content-Type", contentType)
	s.ServeHTTP(httptest.NewRecorder(), r)
	const want = `{"image[]":[{"filename":"a.png","content_type":"image/png","bytes":2},{"filename":"b.png","content_type":"","bytes":2}],"model":"m","prompt":"a \"cat\"","n":"2"}`
	if got == nil || string(got.Raw) != want || got.Model() != "m" || got.Parameters().Choices != 2 {
		t.Fatalf("%+v", got)
	}
	if len(got.Files) != 2 || contents[1] != "\x00b" || got.Files[1].Field != "image[]" || got.Files[0].Type != "image/png" {
		t.Errorf("%+v", got.Files)
	}
}
