package yamltree

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

const (
	maxNodes = 100_000 // bounds the growth of nested aliases
	maxDepth = 100
)

// Parse reads one document. An empty document is an empty map. A tree with problems lacks the
// values that have them; the tree is nil if the text is not YAML.
func Parse(raw []byte) (root *Node, ps Problems) {
	defer func() {
		if r := recover(); r != nil {
			root, ps = nil, Problems{{Line: 1, Column: 1, Message: "this is not YAML that can be read"}}
		}
	}()
	file, err := parser.ParseBytes(raw, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		return nil, Problems{syntax(raw, err)}
	}
	b := builder{anchors: map[string]ast.Node{}}
	var body ast.Node
	for _, d := range file.Docs {
		if d.Body == nil || d.Body.Type() == ast.CommentType {
			continue
		}
		if body != nil {
			b.problem(d.Body, "", "a second document; only one is read")
			break
		}
		body = d.Body
	}
	if body == nil {
		return &Node{Kind: Map, Line: 1, Column: 1}, nil
	}
	root = b.node(body, "", 0)
	return root, b.problems
}

func syntax(raw []byte, err error) Problem {
	p := Problem{Line: 1, Column: 1, Message: strings.SplitN(err.Error(), "\n", 2)[0]}
	var y yaml.Error
	if !errors.As(err, &y) {
		return p
	}
	p.Message = y.GetMessage()
	if t := y.GetToken(); t != nil && t.Position != nil {
		p.Line, p.Column = t.Position.Line, t.Position.Column
		if lines := strings.Split(string(raw), "\n"); p.Line <= len(lines) && strings.Contains(lines[p.Line-1], "${") {
			p.Message += ` (inside { } or [ ] write "${NAME}" with quotes)`
		}
	}
	return p
}

type builder struct {
	anchors  map[string]ast.Node
	open     []string // anchors being built: an alias to one of them is a cycle
	nodes    int
	problems Problems
}

func (b *builder) problem(n ast.Node, path, format string, args ...any) {
	line, column := place(n)
	b.problems = append(b.problems, Problem{Line: line, Column: column, Path: path, Message: fmt.Sprintf(format, args...)})
}

func place(n ast.Node) (line, column int) {
	if m, ok := n.(*ast.MappingNode); ok && !m.IsFlowStyle && len(m.Values) > 0 {
		n = m.Values[0].Key
	}
	if n == nil || n.GetToken() == nil || n.GetToken().Position == nil {
		return 1, 1
	}
	p := n.GetToken().Position
	return p.Line, p.Column
}

func (b *builder) node(n ast.Node, path string, depth int) *Node {
	out := &Node{Path: path}
	out.Line, out.Column = place(n)
	if b.nodes++; b.nodes > maxNodes || depth > maxDepth {
		if b.nodes == maxNodes+1 || depth == maxDepth+1 {
			b.problem(n, path, "the document is too large or too deep")
		}
		return out
	}
	switch v := n.(type) {
	case nil, *ast.NullNode:
	case *ast.BoolNode:
		out.Kind, out.Text = Bool, strconv.FormatBool(v.Value)
	case *ast.IntegerNode:
		out.Kind, out.Text = Number, fmt.Sprint(v.Value)
	case *ast.FloatNode:
		out.Kind, out.Text = Number, v.GetToken().Value
		if !isNumber(out.Text) {
			out.Text = strconv.FormatFloat(v.Value, 'g', -1, 64)
		}
		if math.IsInf(v.Value, 0) || math.IsNaN(v.Value) {
			b.problem(n, path, "not a finite number")
			out.Kind = Null
		}
	case *ast.InfinityNode, *ast.NanNode:
		b.problem(n, path, "not a finite number")
	case *ast.StringNode:
		out.Kind, out.Text = String, v.Value
		text := v.GetToken().Origin
		text = strings.TrimSpace(text)
		out.Quoted = strings.HasPrefix(text, `"`) || strings.HasPrefix(text, `'`)
	case *ast.LiteralNode:
		out.Kind, out.Text, out.Quoted = String, v.Value.Value, true
	case *ast.SequenceNode:
		out.Kind, out.Items = List, make([]*Node, 0, len(v.Values))
		for i, c := range v.Values {
			out.Items = append(out.Items, b.node(c, fmt.Sprintf("%s[%d]", path, i), depth+1))
		}
	case *ast.MappingNode:
		out.Kind = Map
		b.fields(out, v.Values, depth)
	case *ast.MappingValueNode:
		out.Kind = Map
		b.fields(out, []*ast.MappingValueNode{v}, depth)
	case *ast.AnchorNode:
		return b.anchor(v, path, depth)
	case *ast.AliasNode:
		return b.alias(v, path, depth)
	case *ast.TagNode:
		b.problem(n, path, "the tag %s is not read here", v.Start.Value)
	default:
		b.problem(n, path, "%s is not read here", n.Type())
	}
	return out
}

func (b *builder) anchor(v *ast.AnchorNode, path string, depth int) *Node {
	name := v.Name.GetToken().Value
	b.anchors[name] = v.Value
	b.open = append(b.open, name)
	out := b.node(v.Value, path, depth+1)
	b.open = b.open[:len(b.open)-1]
	return out
}

func (b *builder) alias(v *ast.AliasNode, path string, depth int) *Node {
	name := v.Value.GetToken().Value
	target, ok := b.anchors[name]
	for _, o := range b.open {
		ok = ok && o != name
	}
	if !ok {
		b.problem(v, path, "*%s names no anchor above it", name)
		line, column := place(v)
		return &Node{Path: path, Line: line, Column: column}
	}
	b.open = append(b.open, name)
	out := b.node(target, path, depth+1)
	b.open = b.open[:len(b.open)-1]
	return out
}

func (b *builder) fields(out *Node, values []*ast.MappingValueNode, depth int) {
	for _, e := range values {
		f := Field{}
		f.Line, f.Column = place(e.Key)
		switch k := e.Key.(type) {
		case *ast.StringNode:
			f.Name = k.Value
		case *ast.MergeKeyNode:
			b.problem(e.Key, out.Path, "merge keys (<<) are not read here")
			continue
		default:
			f.Name = e.Key.GetToken().Value
		}
		path := f.Name
		if strings.ContainsAny(path, ".[] ") || path == "" {
			path = strconv.Quote(path)
		}
		if out.Path != "" {
			path = out.Path + "." + path
		}
		if out.Get(f.Name) != nil {
			b.problem(e.Key, path, "given twice")
			continue
		}
		f.Value = b.node(e.Value, path, depth+1)
		out.Fields = append(out.Fields, f)
	}
}
