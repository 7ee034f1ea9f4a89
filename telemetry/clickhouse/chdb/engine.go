package main

import (
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"unsafe"

	"github.com/ebitengine/purego"
)

// engine is one connection to the library. It answers one query at a time.
type engine struct {
	mu   sync.Mutex
	conn *uintptr // chdb_connection*

	connect func(argc int32, argv **byte) *uintptr
	closer  func(conn *uintptr)
	query   func(conn uintptr, q *byte, n uintptr, format *byte, fn uintptr) uintptr
	buffer  func(res uintptr) *byte
	length  func(res uintptr) uintptr
	fault   func(res uintptr) *byte
	destroy func(res uintptr)
}

func open(lib, path string) (*engine, error) {
	h, err := purego.Dlopen(lib, purego.RTLD_NOW|purego.RTLD_GLOBAL)
	if err != nil {
		return nil, fmt.Errorf("load %s: %w", lib, err)
	}
	e := &engine{}
	for name, f := range map[string]any{
		"chdb_connect": &e.connect, "chdb_close_conn": &e.closer, "chdb_query_n": &e.query,
		"chdb_result_buffer": &e.buffer, "chdb_result_length": &e.length, "chdb_result_error": &e.fault,
		"chdb_destroy_query_result": &e.destroy,
	} {
		purego.RegisterLibFunc(f, h, name)
	}
	args := [][]byte{[]byte("clickhouse\x00"), []byte("--path=" + path + "\x00")}
	argv := make([]*byte, len(args))
	for i := range args {
		argv[i] = &args[i][0]
	}
	e.conn = e.connect(int32(len(argv)), &argv[0])
	runtime.KeepAlive(args)
	if e.conn == nil || *e.conn == 0 {
		return nil, errors.New("the engine does not start at " + path)
	}
	return e, nil
}

func (e *engine) close() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.closer(e.conn)
}

// exec runs the statements in order and returns the result of the last but the ones in
// after, which run whatever happens. The first failure is the error.
func (e *engine) exec(before []string, q string, after []string) ([]byte, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	defer func() {
		for _, s := range after {
			_, _ = e.run(s) // resets a setting
		}
	}()
	for _, s := range before {
		if _, err := e.run(s); err != nil {
			return nil, err
		}
	}
	return e.run(q)
}

func (e *engine) run(q string) ([]byte, error) {
	text, format := []byte(q+"\x00"), []byte("Native\x00")
	res := e.query(*e.conn, &text[0], uintptr(len(q)), &format[0], uintptr(len(format)-1))
	runtime.KeepAlive(text)
	runtime.KeepAlive(format)
	if res == 0 {
		return nil, errors.New("Code: 1002. DB::Exception: the engine gave no result") //nolint:staticcheck // ClickHouse's own form, which the driver reads
	}
	defer e.destroy(res)
	if p := e.fault(res); p != nil {
		return nil, errors.New(text0(p))
	}
	n := e.length(res)
	p := e.buffer(res)
	if n == 0 || p == nil {
		return nil, nil
	}
	return append([]byte(nil), unsafe.Slice(p, n)...), nil
}

// text0 copies a C string.
func text0(p *byte) string {
	var b strings.Builder
	for ; *p != 0; p = (*byte)(unsafe.Add(unsafe.Pointer(p), 1)) {
		b.WriteByte(*p)
	}
	return b.String()
}
