package cache

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/sluicegate/sluice/gateway"
)

// TestChange: what a target sets reads the same whether it is noted or spliced.
func TestChange(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 7))
	members := []string{`"model":"m"`, `"model":"other"`, `"temperature":1`, `"temperature" : 0.50`, `"tools":[{"b":1,"a":2}]`, `"seed":null`, `"stop":{"z":1,"b":[ ]}`,
		`"user":"u"`, `"stream":true`, `"response_format":{"y":{"b":1,"a":2}}`, `"top_p":"\u0041\n"`, `"messages":[{"role":"user","content":"other"}]`, `"a.b":1`, `"s\u0065ed":4`}
	object := func(n int, first ...string) []byte {
		seen := map[string]bool{"messages": len(first) > 0}
		for range n {
			m := members[r.IntN(len(members))]
			name, _, _ := strings.Cut(m, ":")
			if name = strings.TrimSpace(name); !seen[name] && (len(first) == 0 || name != `"messages"`) {
				seen[name] = true
				first = append(first, m)
			}
		}
		r.Shuffle(len(first), func(i, j int) { first[i], first[j] = first[j], first[i] })
		return []byte("{" + strings.Join(first, ", ") + "}")
	}
	s := newMacs([]byte("key")).get()
	noted := 0
	for range 20000 {
		raw := object(5, `"messages":[{"role":"user","content":"hello there"}]`)
		req, err := gateway.NewRequest(gateway.OpChat, raw)
		if err != nil {
			continue // two spellings of one key
		}
		target := &gateway.Target{Model: []string{"", "m", "n"}[r.IntN(3)]}
		if r.IntN(2) == 0 {
			target.Override = object(r.IntN(4))
		}
		if r.IntN(2) == 0 {
			target.Default = object(r.IntN(4))
		}
		for range r.IntN(3) {
			target.Drop = append(target.Drop, []string{"seed", "temperature", "none", "model", "stop.b", "messages[*].name"}[r.IntN(6)])
		}
		spliced, err := target.Apply(req)
		if _, _, plain := lastText(raw); err != nil || !plain || !s.change(target, req.Model()) {
			continue
		}
		noted++
		got := string(write(raw, s.json.sets))
		if want := string(write(spliced.Raw, nil)); got != want {
			t.Fatalf("body %s\ndefault %s\noverride %s\ndrop %q model %q\n got %q\nwant %q", raw, target.Default, target.Override, target.Drop, target.Model, got, want)
		}
	}
	if noted < 2000 {
		t.Errorf("only %d targets were noted", noted)
	}
}

func write(raw []byte, sets []change) []byte {
	at, ok, _ := lastText(raw)
	if !ok {
		at = span{}
	}
	c := canonical{cursor: cursor{raw: raw}, hole: at, sets: append([]change(nil), sets...)}
	c.body()
	return c.dst
}
