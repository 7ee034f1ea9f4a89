package responses

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"github.com/tidwall/gjson"
)

// toolName is the name of a tool as the caller knows it: tools may stand in a namespace.
type toolName struct{ namespace, name string }

// maxName is how long the name of a function may be for every target.
const maxName = 64

// flat is the name that a tool has for targets that know no namespaces.
func (n toolName) flat() string {
	if n.namespace == "" {
		return n.name
	}
	joined := n.namespace + "__" + n.name
	if strings.HasSuffix(n.namespace, "_") {
		joined = n.namespace + n.name
	}
	joined = strings.Map(func(r rune) rune {
		if r|0x20 >= 'a' && r|0x20 <= 'z' || r >= '0' && r <= '9' || r == '_' || r == '-' {
			return r
		}
		return '_'
	}, joined)
	if len(joined) <= maxName {
		return joined
	}
	sum := sha256.Sum256([]byte(joined))
	return joined[:maxName-9] + "_" + hex.EncodeToString(sum[:4])
}

// definedTool is a tool of the caller's as the request defines it.
type definedTool struct {
	toolName
	kind       call
	definition gjson.Result
	path       string
}

// hostedTool is a tool that the vendor runs.
type hostedTool struct{ kind, path string }

// definedTools lists the tools of a request: those of the field "tools", of namespaces, and of
// items of the input that add tools.
func definedTools(root gjson.Result) (tools []definedTool, hosted []hostedTool, err error) {
	var read func(list gjson.Result, namespace, path string)
	read = func(list gjson.Result, namespace, path string) {
		i := -1
		list.ForEach(func(_, t gjson.Result) bool {
			i++
			tool := definedTool{toolName: toolName{namespace, text(t.Get("name"))}, definition: t, path: at(path, i)}
			kind := text(t.Get("type"))
			switch {
			case !t.IsObject():
				err = invalid(tool.path, "must be an object")
			case kind == "namespace" && namespace == "" && tool.name != "":
				read(t.Get("tools"), tool.name, tool.path+".tools")
			case kind != "function" && kind != "custom":
				hosted = append(hosted, hostedTool{kind, tool.path})
			case tool.name == "":
				err = invalid(tool.path+".name", "is missing")
			default:
				if tool.kind = functional; kind == "custom" {
					tool.kind = freeForm
				}
				tools = append(tools, tool)
			}
			return err == nil
		})
	}
	if list := root.Get("tools"); list.IsArray() {
		read(list, "", "tools")
	} else if given(list) {
		err = invalid("tools", "must be a list")
	}
	i := -1
	if input := root.Get("input"); input.IsArray() {
		input.ForEach(func(_, item gjson.Result) bool {
			if i++; text(item.Get("type")) == "additional_tools" && item.Get("tools").IsArray() {
				read(item.Get("tools"), "", at("input", i)+".tools")
			}
			return err == nil
		})
	}
	return tools, hosted, err
}

// given reports whether a field is there and not null.
func given(v gjson.Result) bool { return v.Exists() && v.Type != gjson.Null }
