package route_test

import (
	"fmt"
	"strings"
	"testing"
)

// Work is bounded when a config is read, whether it is saved or stands in a request.
func TestConfigBoundsWork(t *testing.T) {
	var paths, fields []string
	for i := range 201 {
		paths = append(paths, fmt.Sprintf(`"messages[*].f%d"`, i))
		fields = append(fields, fmt.Sprintf(`"f%d":1`, i))
	}
	for name, c := range map[string]struct{ config, path string }{
		"drop paths":        {`{"drop_params":[` + strings.Join(paths, ",") + `]}`, "config.drop_params"},
		"drop paths, apart": {`{"strategy":{"mode":"fallback"},"targets":[{"drop_params":[` + strings.Join(paths[:150], ",") + `]},{"drop_params":[` + strings.Join(paths[:51], ",") + `]}]}`, "config.targets[1].drop_params"},
		"overrides":         {`{"override_params":{` + strings.Join(fields, ",") + `}}`, "config.override_params"},
		"defaults":          {`{"default_params":{` + strings.Join(fields, ",") + `}}`, "config.default_params"},
		"at the bound":      {`{"drop_params":[` + strings.Join(paths[:200], ",") + `],"override_params":{` + strings.Join(fields[:200], ",") + `}}`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench()
			if c.path == "" {
				if problems := b.Validate([]byte(c.config)); len(problems) > 0 {
					t.Error(problems)
				}
				return
			}
			problems := b.Validate([]byte(c.config))
			if len(problems) != 1 || problems[0].Path != c.path {
				t.Errorf("saved: %v", problems)
			}
			if _, err := b.plan(t, "model: @own/m\nconfig: "+c.config); err == nil || !strings.Contains(err.Error(), c.path) {
				t.Errorf("inline: %v", err)
			}
		})
	}
}
