package redact

import (
	"strings"
	"testing"
)

const chat = `{"model":"gpt-mock","messages":[{"role":"system","content":"You are a helpful assistant of a shop that sells garden tools. Answer shortly and kindly, and never promise what is not in stock."},{"role":"user","content":"Good morning, I ordered a spade two weeks ago and it has not come yet. Could you look where it is? %s It was the green one with the long handle, and a pair of gloves in size nine."},{"role":"assistant","content":"I am sorry to hear that. I will gladly look for your parcel. May I ask when exactly you ordered it?"},{"role":"user","content":"On the third of November in the evening, I think it was about eight. The confirmation came at once, but nothing since then. My neighbour ordered the same one a day later and has had it for a week, so I wonder whether mine was lost on its way. If it was, please send another one, but only if it can be here before the first frost, because the garden will not wait for me any longer."}],"temperature":0.3,"stream":true}`

func BenchmarkRedact(b *testing.B) {
	for name, extra := range map[string]string{"nothing": "", "found": "I am alice@example.com, 415-555-2671, card 4111 1111 1111 1111."} {
		b.Run(name, func(b *testing.B) {
			req := request(b, strings.Replace(chat, "%s", extra, 1))
			d := NewDetector([]byte("k"), nil)
			b.SetBytes(int64(len(req.Raw)))
			b.ReportAllocs()
			for b.Loop() {
				r, err := d.Begin(b.Context(), []string{"email", "phone", "card"})
				if err != nil {
					b.Fatal(err)
				}
				if _, err = r.Request(req); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
