package gateway

import (
	"strconv"
	"strings"

	"github.com/tidwall/gjson"
	"github.com/tidwall/sjson"
)

// dropPaths removes the values at the given paths: dots and brackets, [*] for every
// element ("messages[*].name"). A path that leads nowhere removes nothing.
func dropPaths(raw []byte, paths []string) ([]byte, error) {
	for _, p := range paths {
		var err error
		p = strings.ReplaceAll(strings.ReplaceAll(p, "[", "."), "]", "")
		if raw, err = dropPath(raw, "", strings.Split(strings.Trim(p, "."), ".")); err != nil {
			return nil, err
		}
	}
	return raw, nil
}

func dropPath(raw []byte, at string, rest []string) ([]byte, error) {
	join := func(seg string) string {
		if at == "" {
			return seg
		}
		return at + "." + seg
	}
	for i, seg := range rest {
		if seg != "*" {
			at = join(gjson.Escape(seg))
			continue
		}
		n := int(gjson.GetBytes(raw, join("#")).Int())
		for j := n - 1; j >= 0; j-- {
			var err error
			if raw, err = dropPath(raw, join(strconv.Itoa(j)), rest[i+1:]); err != nil {
				return nil, err
			}
		}
		return raw, nil
	}
	if at == "" || !gjson.GetBytes(raw, at).Exists() {
		return raw, nil
	}
	return sjson.DeleteBytes(raw, at)
}
