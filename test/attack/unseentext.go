package main

import (
	"context"
	"strings"

	"github.com/sluicegate/sluice/test/sluice"
)

// unseenText writes the forbidden word where, or how, a guardrail might not see it.
type unseenText struct{}

func (unseenText) Name() string   { return "unseen text" }
func (unseenText) Bounds() Bounds { return usual }

func (unseenText) Run(ctx context.Context, t *Target, r *Result) error {
	for name, word := range inOrder(disguises(t)) {
		for _, path := range []string{chat, messages} {
			body := ask("@up/m", "please say "+word+" now", `,"max_tokens":9`)
			sendForbidden(ctx, t, r, "text "+name+" on "+path, sluice.Call{Path: path, Key: boundKey, Body: body, Header: []string{"X-Sluice-Config", `{"virtual_key":"up"}`}})
			sendForbidden(ctx, t, r, "text "+name+" on "+path+", bound config", sluice.Call{Path: path, Key: boundKey, Body: body})
		}
	}
	w := quoted(forbidden)
	for name, more := range inOrder(map[string]string{
		"user": `,"user":` + w, "metadata": `,"metadata":{"k":` + w + `}`, "metadata key": `,"metadata":{` + w + `:"v"}`, "prompt_cache_key": `,"prompt_cache_key":` + w,
		"safety_identifier": `,"safety_identifier":` + w, "service_tier": `,"service_tier":` + w, "stop": `,"stop":[` + w + `]`, "unknown": `,"x_vendor":{"deep":[{"deeper":` + w + `}]}`,
		"unknown key": `,` + w + `:1`, "type": `,"x":{"type":` + w + `}`, "role": `,"x":{"role":` + w + `}`, "id": `,"x":{"id":` + w + `}`, "logit_bias": `,"logit_bias":{` + w + `:1}`,
		"response_format": `,"response_format":{"type":"json_schema","json_schema":{"name":"n","schema":{"const":` + w + `}}}`,
		"schema name":     `,"response_format":{"type":"json_schema","json_schema":{"name":` + w + `,"schema":{}}}`,
		"tool name":       `,"tools":[{"type":"function","function":{"name":` + w + `}}]`, "tool type": `,"tools":[{"type":` + w + `}]`,
		"tool enum":   `,"tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object","properties":{"p":{"type":"string","enum":[` + w + `]}}}}}]`,
		"tool key":    `,"tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object","properties":{` + w + `:{"type":"string"}}}}}]`,
		"tool_choice": `,"tool_choice":{"type":"function","function":{"name":` + w + `}}`, "prediction": `,"prediction":{"type":"content","content":` + w + `}`,
		"reasoning_effort": `,"reasoning_effort":` + w, "modalities": `,"modalities":[` + w + `]`, "audio": `,"audio":{"voice":` + w + `}`, "web_search_options": `,"web_search_options":{"user_location":{"city":` + w + `}}`,
	}) {
		for _, config := range []string{"", `{"virtual_key":"up"}`} {
			var header []string
			if config != "" {
				header = []string{"X-Sluice-Config", config}
			}
			sendForbidden(ctx, t, r, "field "+name+" under "+config, sluice.Call{Path: chat, Key: boundKey, Body: ask("@up/m", "hi", more), Header: header})
		}
	}
	for name, message := range inOrder(map[string]string{
		"name":             `{"role":"user","name":` + w + `,"content":"x"}`,
		"role":             `{"role":` + w + `,"content":"x"}`,
		"part type":        `{"role":"user","content":[{"type":` + w + `,"text":"x"}]}`,
		"split parts":      `{"role":"user","content":[{"type":"text","text":"xyzzy"},{"type":"text","text":"plugh"}]}`,
		"many parts":       `{"role":"user","content":[{"type":"text","text":"` + strings.Join(strings.Split(forbidden, ""), `"},{"type":"text","text":"`) + `"}]}`,
		"refusal":          `{"role":"assistant","refusal":` + w + `}`,
		"arguments":        `{"role":"assistant","tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":` + quoted(`{"a":`+w+`}`) + `}}]}`,
		"escaped argument": `{"role":"assistant","tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":` + quoted(`{"a":"\u0078yzzyplugh"}`) + `}}]}`,
		"call id":          `{"role":"tool","tool_call_id":` + w + `,"content":"x"}`,
		"image url":        `{"role":"user","content":[{"type":"image_url","image_url":{"url":"https://example.com/` + forbidden + `.png"}}]}`,
		"image data":       `{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:text/plain,` + forbidden + `"}}]}`,
		"image detail":     `{"role":"user","content":[{"type":"image_url","image_url":{"url":"https://example.com","detail":` + w + `}}]}`,
		"file name":        `{"role":"user","content":[{"type":"file","file":{"filename":` + w + `,"file_data":"data:application/pdf;base64,AAAA"}}]}`,
		"reasoning":        `{"role":"assistant","content":"x","reasoning_content":` + w + `}`,
		"unknown":          `{"role":"user","content":"x","x":{"type":` + w + `}}`,
		"equal keys":       `{"role":"user","content":"x","content":` + w + `}`,
		"escaped key":      `{"role":"user","content":"x","conten\u0074":` + w + `}`,
		"content object":   `{"role":"user","content":{"text":` + w + `}}`,
		"cache_control":    `{"role":"user","content":[{"type":"text","text":"x","cache_control":{"type":` + w + `}}]}`,
	}) {
		body := `{"model":"@up/m","messages":[` + message + `,{"role":"user","content":"go on"}]}`
		sendForbidden(ctx, t, r, "message "+name, sluice.Call{Path: chat, Key: boundKey, Body: body})
	}
	return nil
}

// disguises are spellings of the forbidden word, some of them random.
func disguises(t *Target) map[string]string {
	each := func(f func(c rune, i int) string) string {
		var b strings.Builder
		for i, c := range forbidden {
			b.WriteString(f(c, i))
		}
		return b.String()
	}
	at := 1 + t.Rand.IntN(len(forbidden)-1)
	out := map[string]string{
		"plain":         forbidden,
		"upper case":    strings.ToUpper(forbidden),
		"mixed case":    each(func(c rune, _ int) string { return caseOf(c, t.Rand.IntN(2) == 0) }),
		"full width":    each(func(c rune, _ int) string { return string(c + 0xFEE0) }),
		"mathematical":  each(func(c rune, _ int) string { return string(0x1D41A + c - 'a') }),
		"circled":       each(func(c rune, _ int) string { return string(0x24D0 + c - 'a') }),
		"zero width":    each(func(c rune, _ int) string { return string(c) + "\u200b" }),
		"soft hyphen":   forbidden[:at] + "\u00ad" + forbidden[at:],
		"word joiner":   forbidden[:at] + "\u2060" + forbidden[at:],
		"BOM":           forbidden[:at] + "\ufeff" + forbidden[at:],
		"combining":     each(func(c rune, i int) string { return string(c) + []string{"", "\u0301", "\u0336"}[i%3] }),
		"bidi":          "\u202e" + forbidden[:at] + "\u202c" + forbidden[at:],
		"variation":     forbidden[:at] + "\ufe0f" + forbidden[at:],
		"tag":           forbidden[:at] + "\U000e0041" + forbidden[at:],
		"data base64":   "data:;base64," + forbidden,
		"data image":    "data:image/png;base64," + forbidden + " in words",
		"data text":     "data:text/plain," + forbidden,
		"after 300 KiB": strings.Repeat("lorem ipsum ", 25_000) + forbidden,
	}
	return out
}

func caseOf(c rune, upper bool) string {
	if upper {
		return strings.ToUpper(string(c))
	}
	return string(c)
}
