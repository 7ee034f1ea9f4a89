package main

import (
	"fmt"
	"io"
	"net"

	"github.com/sluicegate/sluice/gateway"
)

// welcome prints what a first start is for: the key, once, and calls that can be copied.
func welcome(w io.Writer, addr net.Addr, key gateway.Secret) {
	base := "http://" + reachable(addr)
	if key.Empty() {
		fmt.Fprintf(w, "Sluice answers on %s\n", base)
		return
	}
	fmt.Fprintf(w, firstStart, base, key.Reveal())
}

// reachable replaces the wildcard address by one that a client can call.
func reachable(addr net.Addr) string {
	tcp, ok := addr.(*net.TCPAddr)
	if ok && tcp.IP.IsUnspecified() {
		return fmt.Sprintf("127.0.0.1:%d", tcp.Port)
	}
	return addr.String()
}

const firstStart = `Sluice answers on %[1]s

This is the owner's API key. It is shown this once and stored as a hash only:

  %[2]s

Three ways to the first answer. The built-in provider "mock" needs no account:

  curl %[1]s/v1/chat/completions -H "Authorization: Bearer %[2]s" -d '{"model": "mock/echo", "messages": [{"role": "user", "content": "Hello"}]}'

  # npm install openai
  import OpenAI from 'openai'
  const openai = new OpenAI({ baseURL: '%[1]s/v1', apiKey: '%[2]s' })
  console.log(await openai.chat.completions.create({ model: 'mock/echo', messages: [{ role: 'user', content: 'Hello' }] }))

  # npm install portkey-ai
  import { Portkey } from 'portkey-ai'
  const portkey = new Portkey({ baseURL: '%[1]s/v1', apiKey: '%[2]s', provider: 'mock' })
  console.log(await portkey.chat.completions.create({ model: 'echo', messages: [{ role: 'user', content: 'Hello' }] }))

Then look at its trace ("latest" is the newest one):

  SLUICE_URL=%[1]s SLUICE_API_KEY=%[2]s sluice trace latest

`
