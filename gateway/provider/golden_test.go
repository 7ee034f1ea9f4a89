package provider

import (
	"bytes"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/gatewaytest"
	"github.com/sluicegate/sluice/gateway/sse"
	"github.com/tidwall/sjson"
	"golang.org/x/tools/txtar"
)

var update = flag.Bool("update", false, "rewrite the expectations in testdata")

// TestGolden walks testdata/<vendor>/*.txtar. The comment holds "key: value" lines:
// base_url, status, header (an answer's), op. Of the files request.json, answer.json and
// answer.sse are given; the others are what comes of them. Where both answers are given
// they say the same, and so must both ways of reading them.
func TestGolden(t *testing.T) {
	files, err := filepath.Glob("testdata/*/*.txtar")
	if err != nil || len(files) < 15 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, name := range files {
		t.Run(strings.TrimSuffix(filepath.ToSlash(name[len("testdata/"):]), ".txtar"), func(t *testing.T) { golden(t, name) })
	}
}

type goldenCase struct {
	vendor  Vendor
	codec   Codec
	target  *gateway.Target
	op      gateway.Op
	status  int
	header  http.Header
	archive *txtar.Archive
	given   map[string][]byte
}

func readCase(t *testing.T, name string) *goldenCase {
	t.Helper()
	a, err := txtar.ParseFile(name)
	if err != nil {
		t.Fatal(err)
	}
	vendor := filepath.Base(filepath.Dir(name))
	c := &goldenCase{archive: a, op: gateway.OpChat, status: 200, given: map[string][]byte{}, header: http.Header{"Date": {"Sat, 01 Aug 2026 12:00:00 GMT"}}}
	var ok bool
	if c.vendor, ok = Lookup(vendor); !ok {
		t.Fatalf("no vendor %q", vendor)
	}
	c.codec = New(Config{}).codecs[c.vendor.ID]
	c.target = &gateway.Target{Path: "config", Provider: vendor}
	for _, line := range strings.Split(string(a.Comment), "\n") {
		switch k, v, _ := strings.Cut(line, ": "); k {
		case "base_url":
			c.target.BaseURL = v
		case "op":
			c.op = gateway.Op(v)
		case "status":
			c.status, _ = strconv.Atoi(v)
		case "header":
			h, v, _ := strings.Cut(v, ": ")
			c.header.Set(h, v)
		}
	}
	for _, f := range a.Files {
		c.given[f.Name] = f.Data
	}
	return c
}

func (c *goldenCase) request(t *testing.T, stream bool) *gateway.Request {
	raw := bytes.TrimSpace(c.given["request.json"])
	if stream {
		var err error
		if raw, err = sjson.SetRawBytes(raw, "stream", []byte("true")); err != nil {
			t.Fatal(err)
		}
	}
	r, err := gateway.NewRequest(c.op, raw)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func golden(t *testing.T, name string) {
	c := readCase(t, name)
	made := map[string]string{}
	wire, err := c.wire(t, false)
	if err != nil {
		made["refused.txt"] = err.Error() + "\n"
		c.check(t, name, made)
		return
	}
	made["wire.http"] = wire
	unary, streamed := "", ""
	if body, ok := c.given["answer.json"]; ok && c.status != 200 {
		made["error.txt"] = describe(c.codec.Error(c.status, c.header, body))
	} else if ok {
		chunk, err := c.codec.Decoder(c.target, c.request(t, false), c.header).Body(bytes.TrimSpace(body))
		if err != nil {
			made["error.txt"] = describe(gateway.AsError(err))
		} else {
			made["body.json"] = string(chunk.Raw) + "\n"
			unary = fold(chunk)
			made["response.txt"] = unary
		}
	}
	if events, ok := c.given["answer.sse"]; ok {
		if made["wire_stream.http"], err = c.wire(t, true); err != nil {
			t.Fatal(err)
		}
		chunks, end := c.decode(t, string(events))
		made["chunks.txt"] = dump(chunks, end)
		streamed = fold(chunks...)
		made["response.txt"] = streamed
		for i := range len(events) + 1 {
			again, e := c.decode(t, string(events[:i]), string(events[i:]))
			if got := dump(again, e); got != made["chunks.txt"] {
				t.Fatalf("cut at byte %d:\n%s", i, cmp.Diff(made["chunks.txt"], got))
			}
		}
	}
	if unary != "" && streamed != "" && unary != streamed {
		t.Errorf("unary (-) and streamed (+) differ:\n%s", cmp.Diff(unary, streamed))
	}
	c.check(t, name, made)
}

func (c *goldenCase) wire(t *testing.T, stream bool) (string, error) {
	req := c.request(t, stream)
	before := string(req.Raw)
	out, err := c.codec.Request(c.target, req, gateway.NewSecret("sk-test"))
	if err != nil {
		return "", err
	}
	if string(req.Raw) != before {
		t.Error("the codec wrote to the caller's bytes")
	}
	var lines []string
	for name, values := range out.header {
		for _, v := range values {
			lines = append(lines, name+": "+v+"\n")
		}
	}
	sort.Strings(lines)
	return "POST " + out.to.url.String() + "\n" + strings.Join(lines, "") + "\n" + string(out.body) + "\n", nil
}

// decode reads the events, cut into parts, as the client does.
func (c *goldenCase) decode(t *testing.T, parts ...string) (out []gateway.Chunk, end error) {
	var readers []io.Reader
	for _, p := range parts {
		readers = append(readers, strings.NewReader(p))
	}
	r := sse.NewReader(io.MultiReader(readers...), 0)
	defer r.Release()
	d := c.codec.Decoder(c.target, c.request(t, true), c.header)
	for {
		e, err := r.Next()
		if err == io.EOF {
			return out, d.End()
		}
		if err != nil {
			t.Fatal(err)
		}
		chunks, err := d.Feed(e)
		for _, ch := range chunks {
			out = append(out, gatewaytest.Clone(ch))
		}
		if err == io.EOF {
			return out, nil
		}
		if err != nil {
			return out, err
		}
	}
}

func dump(chunks []gateway.Chunk, end error) string {
	s := ""
	for _, c := range chunks {
		if len(c.Raw) == 0 {
			s += "(nothing to send)"
		}
		s += string(c.Raw)
		if c.Usage != nil {
			s += fmt.Sprintf("  usage %+v", *c.Usage)
		}
		s += "\n"
	}
	if end != nil {
		return s + describe(gateway.AsError(end))
	}
	return s + "end\n"
}

func fold(chunks ...gateway.Chunk) string {
	var r gateway.Response
	for _, c := range chunks {
		r.Fold(c)
	}
	s := "model " + r.Model + "\n"
	for i := range r.Choices {
		c := &r.Choices[i]
		s += fmt.Sprintf("choice %d: %s\n", c.Index, c.Finish)
		for _, f := range []struct{ name, text string }{{"text", c.Text()}, {"reasoning", c.Reasoning()}, {"refusal", c.Refusal()}} {
			if f.text != "" {
				s += fmt.Sprintf("  %s %q\n", f.name, f.text)
			}
		}
		for _, tool := range c.Tools {
			s += fmt.Sprintf("  tool %s %s %s\n", tool.ID, tool.Name, tool.Args)
		}
	}
	if r.Usage != nil {
		s += fmt.Sprintf("usage %+v\n", *r.Usage)
	}
	return s
}

func describe(e *gateway.Error) string {
	return fmt.Sprintf("%s %d retry=%v\n%s\ntype=%q code=%q param=%q\n", e.Kind, e.HTTPStatus(), e.Retryable(), e.Public, e.Type, e.Code, e.Param)
}

// check compares with the archive, or rewrites it.
func (c *goldenCase) check(t *testing.T, name string, made map[string]string) {
	t.Helper()
	input := map[string]bool{"request.json": true, "answer.json": true, "answer.sse": true}
	if *update {
		out := &txtar.Archive{Comment: c.archive.Comment}
		for _, f := range c.archive.Files {
			if input[f.Name] {
				out.Files = append(out.Files, f)
			}
		}
		for _, n := range []string{"wire.http", "wire_stream.http", "body.json", "chunks.txt", "response.txt", "error.txt", "refused.txt"} {
			if s, ok := made[n]; ok {
				out.Files = append(out.Files, txtar.File{Name: n, Data: []byte(s)})
			}
		}
		if err := os.WriteFile(name, txtar.Format(out), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want := map[string]string{}
	for n, data := range c.given {
		if !input[n] {
			want[n] = string(data)
		}
	}
	if d := cmp.Diff(want, made); d != "" {
		t.Errorf("-file +made (run with -update and read the diff):\n%s", d)
	}
}
