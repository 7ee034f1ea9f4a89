package main

import (
	"context"
	"fmt"
	"net"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/sluicegate/sluice/test/sluice"
)

// customHosts spells addresses of this machine and of private networks in every way.
type customHosts struct{}

func (customHosts) Name() string   { return "custom hosts" }
func (customHosts) Bounds() Bounds { return usual }

func (customHosts) Run(ctx context.Context, t *Target, r *Result) error {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	var reached atomic.Int64
	done := make(chan struct{})
	go func() { // ends when the listener is closed
		defer close(done)
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			reached.Add(1)
			_ = c.Close()
		}
	}()
	defer func() { _ = l.Close(); <-done }()
	_, port, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		return err
	}
	octal := fmt.Sprintf("0%o", 127)
	hosts := []string{
		"127.0.0.1", "127.1", "127.0.1", "2130706433", "0x7f000001", "0x7f.0.0.1", "0x7f.1", octal + ".0.0.1", "017700000001", "127.0.0.1.", "0", "0.0.0.0", "[::]", "[::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[0:0:0:0:0:ffff:127.0.0.1]",
		"[::127.0.0.1]", "[64:ff9b::127.0.0.1]", "[2002:7f00:1::]", "[fe80::1%25lo]", "[::1%25lo]", "localhost", "LOCALHOST", "localhost.", "localhost.localdomain", "ip6-localhost", "①②⑦.⓪.⓪.①", "１２７.0.0.1", "127。0。0。1", "127.0.0.1%00.example.com", "127.0.0.1%2f.example.com",
		"example.com@127.0.0.1", "127.0.0.1#.example.com", "127.0.0.1?.example.com", "127.0.0.1\\.example.com", "%31%32%37.0.0.1", "127.0.0.1%20", " 127.0.0.1", "127.0.0.1:80@127.0.0.1", "127.%30.0.1", "localtest.me", "127.0.0.1.nip.io", "0177.0x0.0.01", "000127.0.0.1", "127.000.000.001", "1.0.0.127.in-addr.arpa",
	}
	for range 20 { // any address of 127.0.0.0/8 leads here
		hosts = append(hosts, fmt.Sprintf("127.%d.%d.%d", t.Rand.IntN(256), t.Rand.IntN(256), 1+t.Rand.IntN(254)), strconv.Itoa(0x7f000000+t.Rand.IntN(1<<24)))
	}
	var urls []string
	for _, h := range hosts {
		urls = append(urls, "http://"+h+":"+port+"/v1")
	}
	urls = append(urls, "//127.0.0.1:"+port, "127.0.0.1:"+port, "file:///etc/passwd", "gopher://127.0.0.1:"+port, "unix:///tmp/x", "http:/127.0.0.1:"+port, "http:///127.0.0.1:"+port, "HTTP://127.0.0.1:"+port, "http:\\\\127.0.0.1:"+port, "https://127.0.0.1:"+port,
		"http://169.254.169.254/latest/meta-data", "http://[fd00:ec2::254]/", "http://metadata.google.internal/", "http://10.0.0.1/", "http://192.168.0.1/", "http://172.16.0.1/", "http://100.64.0.1/", "http://0x0a000001/", "http://224.0.0.1/", "http://255.255.255.255/", "data:text/plain,x")
	for _, u := range urls {
		before := reached.Load()
		calls := map[string]sluice.Call{
			"header":       {Path: chat, Key: memberKey, Body: ask("m", "x", ""), Header: []string{"X-Sluice-Provider", "openai", "X-Sluice-Custom-Host", u, "X-Sluice-Api-Key", memberKey, "Authorization", "Bearer sk-own"}},
			"config":       {Path: chat, Key: memberKey, Body: ask("m", "x", ""), Header: []string{"X-Sluice-Config", `{"virtual_key":"up","custom_host":` + quoted(u) + `}`}},
			"target":       {Path: chat, Key: memberKey, Body: ask("m", "x", ""), Header: []string{"X-Sluice-Config", `{"strategy":{"mode":"fallback"},"targets":[{"provider":"openai","api_key":"k","custom_host":` + quoted(u) + `}]}`}},
			"body":         {Path: chat, Key: memberKey, Body: ask("m", "x", `,"config":{"virtual_key":"up","customHost":`+quoted(u)+`}`)},
			"messages":     {Path: messages, Key: memberKey, Body: ask("m", "x", `,"max_tokens":9`), Header: []string{"X-Sluice-Config", `{"virtual_key":"up","custom_host":` + quoted(u) + `}`}},
			"virtual key":  {Path: "/v1/virtual-keys", Key: adminKey, Body: fmt.Sprintf(`{"name":"h%d","provider":"openai","api_key":"k","base_url":%s}`, t.Rand.Uint32(), quoted(u))},
			"saved config": {Path: "/v1/configs", Key: adminKey, Body: `{"config":{"virtual_key":"up","custom_host":` + quoted(u) + `}}`},
		}
		for where, c := range inOrder(calls) {
			if strings.ContainsAny(strings.Join(c.Header, ""), "\x00\n") {
				continue
			}
			c.Within = 8 * time.Second
			a := t.Do(ctx, c)
			if where == "virtual key" && a.Status == 201 { // taken: what counts is where it leads
				name := a.JSON("name").String()
				a = t.Do(ctx, sluice.Call{Path: chat, Key: memberKey, Body: ask("@"+name+"/m", "x", ""), Within: 8 * time.Second})
			}
			if where == "saved config" && a.Status == 201 {
				a = t.Do(ctx, sluice.Call{Path: chat, Key: memberKey, Body: ask("m", "x", ""), Header: []string{"X-Sluice-Config", a.JSON("slug").String()}, Within: 8 * time.Second})
			}
			r.Check(a.Status >= 400 && a.Status <= 502, "%s %q: %s", where, u, a.Brief())
		}
		r.Check(reached.Load() == before, "%q leads to a listener on this machine", u)
	}
	lentCredentials(ctx, t, r)
	r.Check(t.Upstream.Conns() == 0, "the upstream on this machine was reached %d times", t.Upstream.Conns())
	return nil
}

// lentCredentials names a host of the attacker's beside a virtual key, whose credential would go there.
func lentCredentials(ctx context.Context, t *Target, r *Result) {
	const host = `"custom_host":"https://collector.example.com/v1"`
	for name, config := range inOrder(map[string]string{
		"both": `{"virtual_key":"up",` + host + `}`, "a provider": `{"provider":"@up",` + host + `}`, "the caller's key": `{` + host + `}`, "an outer host": `{` + host + `,"strategy":{"mode":"fallback"},"targets":[{"virtual_key":"up"}]}`,
		"an inner host": `{"strategy":{"mode":"fallback"},"virtual_key":"up","targets":[{` + host + `}]}`, "a short form": `{` + host + `,"fallback":["@up/m"]}`,
	}) {
		calls := map[string]sluice.Call{"header": {Header: []string{"X-Sluice-Config", config}}}
		if a := t.Do(ctx, sluice.Call{Path: "/v1/configs", Key: adminKey, Body: `{"config":` + config + `}`}); a.Status == 201 {
			calls["saved config"] = sluice.Call{Header: []string{"X-Sluice-Config", a.JSON("slug").String()}}
			calls["saved config, Messages"] = sluice.Call{Path: messages, Header: []string{"X-Sluice-Config", a.JSON("slug").String()}}
			calls["saved config, pinned"] = sluice.Call{Header: []string{"X-Sluice-Config", a.JSON("slug").String() + "@1"}}
		}
		for where, c := range inOrder(calls) {
			if c.Path == "" {
				c.Path = chat
			}
			c.Key, c.Body, c.Within = memberKey, ask("@up/m", "x", `,"max_tokens":9`), 8*time.Second
			a := t.Do(ctx, c)
			r.Check(a.Status == 400 && strings.Contains(a.Body, "its credential would go to that host"), "%s, %s: the credential of a virtual key may go to a caller's host: %s", name, where, a.Brief())
		}
	}
}
