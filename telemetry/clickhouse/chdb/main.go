// Command chdb serves ClickHouse's HTTP interface over libchdb, the ClickHouse engine as a
// library, on a loopback port: a real engine for tests where no server can be installed. It
// is a process of its own because the library takes over signal handling, and because tests
// kill it.
//
// It speaks what clickhouse-go v2 uses in HTTP mode: a query in the body, or in ?query= with
// the data of an INSERT in the body; settings and parameters as URL parameters; results in
// Native. Not served: users, TLS, compression, the native protocol.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"time"
)

func main() {
	lib := flag.String("lib", "", "path of libchdb.so")
	path := flag.String("path", "", "directory of the data")
	listen := flag.String("listen", "127.0.0.1:0", "address to listen on")
	flag.Parse()
	if err := run(*lib, *path, *listen); err != nil {
		fmt.Fprintln(os.Stderr, "chdb:", err)
		os.Exit(1)
	}
}

// run serves until standard input ends, which it does when the parent dies.
func run(lib, path, listen string) error {
	e, err := open(lib, path)
	if err != nil {
		return err
	}
	defer e.close()
	l, err := net.Listen("tcp", listen)
	if err != nil {
		return err
	}
	srv := &http.Server{Handler: &server{engine: e, tmp: path}, ReadHeaderTimeout: 10 * time.Second}
	ended := make(chan error, 1)
	go func() { ended <- srv.Serve(l) }()
	fmt.Println(l.Addr().String())
	_, _ = io.Copy(io.Discard, os.Stdin) // until the parent closes it
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	if err := srv.Shutdown(ctx); err != nil {
		return err
	}
	if err := <-ended; !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
