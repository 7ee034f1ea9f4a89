package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/sluicegate/sluice/test/sluice"
)

// textBombs are texts, templates and variables that cost much processor time.
type textBombs struct{}

func (textBombs) Name() string   { return "text bombs" }
func (textBombs) Bounds() Bounds { return Bounds{CPU: 30 * time.Second, RSS: 400 * mib} }

func (textBombs) Run(ctx context.Context, t *Target, r *Result) error {
	for name, text := range inOrder(map[string]string{ // for the redaction of the workspace
		"digits": strings.Repeat("4539578763621486", 60_000), "almost mail": strings.Repeat("a.b@", 250_000), "plus signs": strings.Repeat("+1 415 555 ", 90_000),
		"placeholders": strings.Repeat("[EMAIL_1]", 110_000), "mail": repeat(30_000, func(i int) string { return fmt.Sprintf("m%d@example.com", i) }),
		"entities": strings.Repeat("&#52;", 200_000), "brackets": strings.Repeat("[", 1_000_000), "combining": "a" + strings.Repeat("\u0301", 500_000),
	}) {
		bomb(ctx, t, r, "redaction of "+name, sluice.Call{Path: chat, Key: memberKey, Body: ask("@up/m", text, "")}, clip(text))
	}
	var variables []string
	for i := range 50_000 {
		variables = append(variables, fmt.Sprintf(`"v%d":"x"`, i))
	}
	if _, err := t.Create(ctx, "/v1/prompts", `{"slug":"p","body":{"model":"@up/m","messages":[{"role":"user","content":"{{v1}}"}]}}`, "slug"); err != nil {
		return err
	}
	bomb(ctx, t, r, "50,000 unknown variables", sluice.Call{Path: "/v1/prompts/p/completions", Key: memberKey, Body: `{"variables":{` + strings.Join(variables, ",") + `}}`}, "prompt {{v1}}")
	template := repeat(50_000, func(i int) string { return fmt.Sprintf(`{{v%d}}`, i) })
	bomb(ctx, t, r, "a prompt of 50,000 variables, saving", sluice.Call{Path: "/v1/prompts", Key: adminKey, Body: `{"slug":"many","body":{"model":"@up/m","messages":[{"role":"user","content":` + quoted(template) + `}]}}`}, "")
	bomb(ctx, t, r, "a prompt of 50,000 variables", sluice.Call{Path: "/v1/prompts/many/render", Key: memberKey, Body: `{"variables":{` + strings.Join(variables, ",") + `}}`}, "")
	sections := strings.Repeat("{{#l}}", 6) + "x" + strings.Repeat("{{/l}}", 6)
	bomb(ctx, t, r, "nested sections, saving", sluice.Call{Path: "/v1/prompts", Key: adminKey, Body: `{"slug":"nested","body":{"model":"@up/m","messages":[{"role":"user","content":` + quoted(sections) + `}],"variables":{"l":{"type":"array"}}}}`}, "")
	bomb(ctx, t, r, "nested sections", sluice.Call{Path: "/v1/prompts/nested/render", Key: memberKey, Body: `{"variables":{"l":[` + strings.Repeat(`"a",`, 40) + `"a"]}}`}, sections+" with 41 elements")
	return ctx.Err()
}
