package provider

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"path"
	"reflect"
	"regexp"
	"slices"
	"sort"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/tidwall/sjson"
	"golang.org/x/tools/txtar"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect"
	"github.com/sluicegate/sluice/gateway/dialect/anthropic"
	"github.com/sluicegate/sluice/gateway/dialect/gemini"
	"github.com/sluicegate/sluice/gateway/dialect/openai"
	"github.com/sluicegate/sluice/gateway/dialect/workersai"
	"github.com/sluicegate/sluice/gateway/gatewaytest"
	"github.com/sluicegate/sluice/gateway/provider/auth"
	"github.com/sluicegate/sluice/gateway/provider/codec"
	"github.com/sluicegate/sluice/gateway/provider/vendor"
	"github.com/sluicegate/sluice/gateway/sse"
	"github.com/sluicegate/sluice/internal/goldentest"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// TestGolden reads testdata/<vendor>. The comment of a file has "key: value" lines: base_url, setting,
// cache_points, billing_line, status and header of the answer, op, caller (the caller's format, unless it is OpenAI's). The inputs
// are request.json, answer.json and answer.sse (answer.ndjson where a stream is lines of JSON); every other file is output. Where both answers
// are given they have the same content, and reading them must give the same result.
func TestGolden(t *testing.T) { goldentest.Run(t, "testdata/*/*.txtar", golden) }

type goldenCase struct {
	vendor  *vendor.Vendor
	caller  dialect.Format
	codec   codec.Codec
	target  *gateway.Target
	op      gateway.Op
	status  int
	header  http.Header
	archive *txtar.Archive
	given   map[string][]byte
}

func readCase(t *testing.T, id string, a *txtar.Archive) *goldenCase {
	t.Helper()
	c := &goldenCase{archive: a, op: gateway.OpChat, status: 200, given: map[string][]byte{}, header: http.Header{}, caller: openai.Dialect{}}
	v := vendor.ByID(id)
	if v == nil {
		t.Fatalf("no vendor %q", id)
	}
	c.vendor = v
	c.codec = codec.For(v, v.OwnFormat(jsonx.String(jsonx.Get(fileOf(a, "request.json"), "model"))))
	c.target = &gateway.Target{Path: "config", Provider: id, Credential: gateway.NewSecret("sk-test")}
	for _, line := range strings.Split(string(a.Comment), "\n") {
		switch k, v, _ := strings.Cut(line, ": "); k {
		case "base_url":
			c.target.BaseURL = v
		case "setting":
			name, value, _ := strings.Cut(v, "=")
			if c.target.Settings == nil {
				c.target.Settings = gateway.ProviderSettings{}
			}
			c.target.Settings[name] = value
		case "cache_points":
			c.target.CachePoints = v == "auto"
		case "billing_line":
			c.target.BillingLine = gateway.BillingLine(v)
		case "op":
			c.op = gateway.Op(v)
		case "caller":
			c.caller = map[string]dialect.Format{"anthropic": anthropic.Dialect{}, "gemini": gemini.Dialect{}}[v]
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
	if own, ok := codec.ForEmbeddings(v, jsonx.String(jsonx.Get(fileOf(a, "request.json"), "model"))); ok && own != nil && c.op == gateway.OpEmbeddings {
		c.codec = own
	}
	if v.RunPath != "" && codec.RunsRequest(v, c.target, c.request(t, false)) {
		c.codec = codec.For(v, workersai.Dialect{}.Name())
	}
	c.target = codec.ReachedIn(v, c.target, c.codec.Format().Name())
	return c
}

func fileOf(a *txtar.Archive, name string) []byte {
	for _, f := range a.Files {
		if f.Name == name {
			return f.Data
		}
	}
	return nil
}

func (c *goldenCase) request(t *testing.T, stream bool) *gateway.Request {
	raw := bytes.TrimSpace(c.given["request.json"])
	if stream {
		var err error
		if raw, err = sjson.SetRawBytes(raw, "stream", []byte("true")); err != nil {
			t.Fatal(err)
		}
	}
	r, err := gateway.NewRequest(c.caller, c.op, raw)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func golden(t *testing.T, in *txtar.Archive) *txtar.Archive {
	_, name, _ := strings.Cut(t.Name(), "/")
	c := readCase(t, path.Dir(name), in)
	made := map[string]string{}
	wire, err := c.wire(t, false)
	if err != nil {
		made["refused.txt"] = err.Error() + "\n"
		return c.expected(made)
	}
	made["wire.http"] = wire
	unary, streamed := "", ""
	if body, ok := c.given["answer.json"]; ok && c.status != 200 {
		made["error.txt"] = describe(c.codec.Error(c.status, c.header, body))
	} else if ok {
		chunks, err := c.decode(t, false, string(body))
		if err != nil {
			made["error.txt"] = describe(gateway.AsError(err))
		} else {
			made["body.json"] = undated(string(chunks[0].Raw)) + "\n"
			unary = fold(chunks...)
			made["response.txt"] = unary
		}
	}
	if events := slices.Concat(c.given["answer.sse"], c.given["answer.ndjson"]); len(events) > 0 {
		if made["wire_stream.http"], err = c.wire(t, true); err != nil {
			t.Fatal(err)
		}
		chunks, end := c.decode(t, true, string(events))
		made["chunks.txt"] = dump(chunks, end)
		streamed = fold(chunks...)
		made["response.txt"] = streamed
		for i := range len(events) + 1 {
			again, e := c.decode(t, true, string(events[:i]), string(events[i:]))
			if got := dump(again, e); got != made["chunks.txt"] {
				t.Fatalf("cut at byte %d:\n%s", i, cmp.Diff(made["chunks.txt"], got))
			}
		}
	}
	if unary != "" && streamed != "" && unary != streamed {
		t.Errorf("unary (-) and streamed (+) differ:\n%s", cmp.Diff(unary, streamed))
	}
	return c.expected(made)
}

// wire is the call as it goes to the vendor.
func (c *goldenCase) wire(t *testing.T, stream bool) (string, error) {
	req := c.request(t, stream)
	before := string(req.Raw)
	wire := ""
	_, err := withTranslation(exchangeOf(req), c.codec.Format(), func(native *gateway.Request) (gateway.Stream, error) {
		if native != req {
			native = codec.ForTarget(c.vendor, c.target, native)
		}
		out, _, err := c.codec.Request(c.target, native)
		if err != nil {
			return nil, err
		}
		if err := keySigner(c.vendor).Sign(context.Background(), out, &auth.Call{Credential: c.target.Credential}); err != nil {
			return nil, err
		}
		var lines []string
		for name, values := range out.Header {
			lines = append(lines, name+": "+strings.Join(values, ", ")+"\n")
		}
		sort.Strings(lines)
		body, err := io.ReadAll(out.Body)
		wire = "POST " + out.URL.String() + "\n" + strings.Join(lines, "") + "\n" + string(body) + "\n"
		return gatewaytest.NewStream(nil, gatewaytest.Event(`{"choices":[]}`)), err
	})
	if string(req.Raw) != before {
		t.Error("the codec wrote to the caller's bytes")
	}
	if wire != "" {
		return wire, nil
	}
	return "", err
}

// decode reads an answer, cut into parts, as the client does, and turns it into the
// caller's format.
func (c *goldenCase) decode(t *testing.T, stream bool, parts ...string) ([]gateway.Chunk, error) {
	s, err := withTranslation(exchangeOf(c.request(t, stream)), c.codec.Format(), func(native *gateway.Request) (gateway.Stream, error) {
		d := c.codec.Decoder(native)
		if r, ok := d.(codec.HeaderReader); ok {
			r.Header(c.header)
		}
		if !stream {
			chunk, err := d.Body([]byte(strings.TrimSpace(strings.Join(parts, ""))))
			return gateway.Chunks(chunk), err
		}
		var readers []io.Reader
		for _, p := range parts {
			readers = append(readers, strings.NewReader(p))
		}
		chunks, end := feed(t, c.frames(io.MultiReader(readers...)), d)
		return gatewaytest.NewStream(end, chunks...), nil
	})
	if err != nil {
		return nil, err
	}
	return gatewaytest.Collect(s)
}

// frames is a reader of a body: cases in lines of JSON are in a file of that name, all others are
// server-sent events.
func (c *goldenCase) frames(body io.Reader) codec.FrameReader {
	if c.given["answer.ndjson"] != nil {
		return codec.FramingOf(c.codec).Frames(body, 0)
	}
	return sse.NewReader(body, 0)
}

// feed feeds the frames of a body to d. The error is how the answer ended.
func feed(t *testing.T, r codec.FrameReader, d codec.Decoder) (out []gateway.Chunk, end error) {
	defer r.Release()
	for {
		frame, err := r.Next()
		if err == io.EOF {
			rest, err := d.End()
			return append(out, rest...), err
		}
		if err != nil {
			t.Fatal(err)
		}
		chunks, err := d.Feed(frame)
		for _, ch := range chunks {
			out = append(out, ch.Clone())
		}
		if err == io.EOF {
			return out, nil
		}
		if err != nil {
			return out, err
		}
	}
}

var created = regexp.MustCompile(`"created":\d{10}`)

// undated replaces the time of an answer that Sluice wrote.
func undated(s string) string { return created.ReplaceAllString(s, `"created":1785585600`) }

func dump(chunks []gateway.Chunk, end error) string {
	s := ""
	for _, c := range chunks {
		if len(c.Raw) == 0 {
			s += "(nothing to send)"
		}
		s += undated(string(c.Raw))
		if c.Usage != nil {
			s += "  usage " + usageText(*c.Usage)
		}
		s += "\n"
	}
	if end != nil {
		return s + describe(gateway.AsError(end))
	}
	return s + "end\n"
}

// usageText writes the tokens of a usage, and of its other units those that are used.
func usageText(u gateway.Usage) string {
	s := fmt.Sprintf("{Input:%d Output:%d CacheRead:%d CacheWrite:%d Reasoning:%d", u.Input, u.Output, u.CacheRead, u.CacheWrite, u.Reasoning)
	u.Input, u.Output, u.CacheRead, u.CacheWrite, u.Reasoning = 0, 0, 0, 0, 0
	v := reflect.ValueOf(u)
	for i := range v.NumField() {
		if !v.Field(i).IsZero() {
			s += fmt.Sprintf(" %s:%+v", v.Type().Field(i).Name, v.Field(i).Interface())
		}
	}
	return s + "}"
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
		for i := range c.Tools {
			tool := &c.Tools[i]
			s += fmt.Sprintf("  tool %s %s %s\n", tool.ID, tool.Name, tool.Args())
		}
	}
	if r.Usage != nil {
		s += "usage " + usageText(*r.Usage) + "\n"
	}
	return s
}

func describe(e *gateway.Error) string {
	return fmt.Sprintf("%s %d retry=%v\n%s\ntype=%q code=%q param=%q\n", e.Kind, e.HTTPStatus(), e.Retryable(), e.Public, e.Type, e.Code, e.Param)
}

// expected returns the archive with its inputs and the outputs that were made.
func (c *goldenCase) expected(made map[string]string) *txtar.Archive {
	out := &txtar.Archive{Comment: c.archive.Comment}
	for _, f := range c.archive.Files {
		if slices.Contains([]string{"request.json", "answer.json", "answer.sse", "answer.ndjson"}, f.Name) {
			out.Files = append(out.Files, f)
		}
	}
	for _, n := range []string{"wire.http", "wire_stream.http", "body.json", "chunks.txt", "response.txt", "error.txt", "refused.txt"} {
		if s, ok := made[n]; ok {
			out.Files = append(out.Files, txtar.File{Name: n, Data: []byte(s)})
		}
	}
	return out
}

// exchangeOf is the least exchange that carries a request.
func exchangeOf(req *gateway.Request) *gateway.Exchange {
	return &gateway.Exchange{Request: req, Facts: &gateway.Facts{}}
}
