package main

import (
	"io"
	"net/http"
	"os"
	"regexp"
	"sort"
	"strings"

	chproto "github.com/ClickHouse/ch-go/proto"
	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/column"
	"github.com/ClickHouse/clickhouse-go/v2/lib/proto"
)

type server struct {
	engine *engine
	tmp    string
}

// Parameters of the URL that are no settings of the query.
var notSettings = map[string]bool{"query": true, "database": true, "default_format": true, "client_protocol_version": true,
	"query_id": true, "quota_key": true, "compress": true, "decompress": true, "wait_end_of_query": true, "session_id": true,
	"user": true, "password": true}

var insertNative = regexp.MustCompile(`(?is)^(\s*INSERT\s.*?)\s+FORMAT\s+Native\s*;?\s*$`)

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/ping" {
		_, _ = io.WriteString(w, "Ok.\n")
		return
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, "Code: 210. DB::Exception: "+err.Error(), http.StatusBadRequest)
		return
	}
	out, err := s.answer(r, body)
	if err != nil {
		w.Header().Set("X-ClickHouse-Exception-Code", code(err.Error()))
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	_, _ = w.Write(out) // the client went away
}

func (s *server) answer(r *http.Request, body []byte) ([]byte, error) {
	v := r.URL.Query()
	q := v.Get("query")
	if q == "" {
		q, body = string(body), nil
	}
	if strings.Contains(q, "revision(), timezone()") {
		return hello(s.engine)
	}
	if m := insertNative.FindStringSubmatch(q); m != nil && len(body) > 0 {
		// Inline data would be cut at its first empty line; a file is read whole.
		f, err := os.CreateTemp(s.tmp, "insert-*.native")
		if err != nil {
			return nil, err
		}
		defer os.Remove(f.Name())
		if _, err := f.Write(body); err != nil {
			return nil, err
		}
		if err := f.Close(); err != nil {
			return nil, err
		}
		q = m[1] + " FROM INFILE '" + f.Name() + "' FORMAT Native"
	} else if len(body) > 0 {
		q += "\n" + string(body)
	}
	var before, after []string
	if db := v.Get("database"); db != "" {
		before = append(before, "USE "+ident(db))
	}
	var names []string
	for k := range v {
		if !notSettings[k] && !strings.HasPrefix(k, "http_") {
			names = append(names, k)
		}
	}
	sort.Strings(names)
	for _, k := range names {
		before = append(before, "SET "+k+" = "+quote(v.Get(k)))
		if !strings.HasPrefix(k, "param_") {
			after = append(after, "SET "+k+" = DEFAULT")
		}
	}
	return s.engine.exec(before, q, after)
}

// hello tells the client that the protocol's revision is 0, the one that the library's
// Native output has. The answer itself still has the client's own revision.
func hello(e *engine) ([]byte, error) {
	raw, err := e.exec(nil, "SELECT version()", nil)
	if err != nil {
		return nil, err
	}
	in := proto.NewBlock()
	if err := in.Decode(chproto.NewReader(strings.NewReader(string(raw))), 0); err != nil {
		return nil, err
	}
	version := in.Columns[0].Row(0, false).(string)
	out := proto.NewBlock()
	for _, c := range [...]struct{ name, kind string }{{"displayName()", "String"}, {"version()", "String"}, {"revision()", "UInt32"}, {"timezone()", "String"}} {
		if err := out.AddColumn(c.name, column.Type(c.kind)); err != nil {
			return nil, err
		}
	}
	if err := out.Append("chdb", version, uint32(0), "UTC"); err != nil {
		return nil, err
	}
	buf := new(chproto.Buffer)
	if err := out.Encode(buf, clickhouse.ClientTCPProtocolVersion); err != nil {
		return nil, err
	}
	return buf.Buf, nil
}

func quote(s string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(s) + "'"
}

func ident(s string) string { return "`" + strings.NewReplacer("`", "``", `\`, `\\`).Replace(s) + "`" }

var number = regexp.MustCompile(`^Code: (\d+)`)

func code(msg string) string {
	if m := number.FindStringSubmatch(msg); m != nil {
		return m[1]
	}
	return "1002"
}
