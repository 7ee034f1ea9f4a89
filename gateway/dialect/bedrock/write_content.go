package bedrock

import (
	"encoding/base64"
	"encoding/json"
	"path"
	"regexp"
	"strings"

	"github.com/sluicegate/sluice/gateway/dialect/message"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// content is one block. Exactly one member is set.
type content struct {
	Text     string      `json:"text,omitempty"`
	Image    *media      `json:"image,omitempty"`
	Document *media      `json:"document,omitempty"`
	Call     *toolUse    `json:"toolUse,omitempty"`
	Result   *toolResult `json:"toolResult,omitempty"`
	Cache    *cachePoint `json:"cachePoint,omitempty"`
}

type media struct {
	Format string `json:"format"`
	Name   string `json:"name,omitempty"` // of a document
	Source struct {
		Bytes string `json:"bytes"`
	} `json:"source"`
}

type toolUse struct {
	ID    string          `json:"toolUseId"`
	Name  string          `json:"name"`
	Input json.RawMessage `json:"input"`
}

type toolResult struct {
	ID      string    `json:"toolUseId"`
	Content []content `json:"content"`
	Status  string    `json:"status,omitempty"`
}

type cachePoint struct {
	Type string `json:"type"`
	TTL  string `json:"ttl,omitempty"`
}

// pointOf is a cache point of Anthropic's spelling.
func pointOf(cache json.RawMessage) *cachePoint {
	return &cachePoint{Type: "default", TTL: jsonx.String(jsonx.Get(cache, "ttl"))}
}

// writeParts writes the parts of one message or result. Parts that say nothing are left out. Reasoning
// is left out: nobody here could check who signed it.
func writeParts(parts []message.Part) ([]content, error) {
	var out []content
	for i := range parts {
		p := &parts[i]
		c, ok, err := writePart(p)
		if err != nil {
			return nil, err
		}
		if ok {
			out = append(out, c)
		}
		if p.Cache != nil && len(out) > 0 && out[len(out)-1].Cache == nil {
			out = append(out, content{Cache: pointOf(p.Cache)})
		}
	}
	return out, nil
}

func writePart(p *message.Part) (c content, ok bool, err error) {
	switch p.Kind {
	case message.KindText, message.KindRefusal:
		return content{Text: p.Text}, strings.TrimSpace(p.Text) != "", nil // blank texts are refused
	case message.KindReasoning:
		return c, false, nil
	case message.KindToolCall:
		args, err := p.Arguments(refuse)
		if err != nil {
			return c, false, err
		}
		return content{Call: &toolUse{p.Call.ID, p.Call.Name, args}}, true, nil
	case message.KindToolResult:
		return writeResult(p)
	case message.KindImage, message.KindFile:
		return writeMedia(p)
	}
	return c, false, refuse(p.Path+".type", "names a kind of part that this target does not take")
}

func writeResult(p *message.Part) (c content, ok bool, err error) {
	parts, err := writeParts(p.Reply.Parts)
	if err != nil {
		return c, false, err
	}
	r := &toolResult{ID: p.Reply.CallID, Content: parts}
	if r.Content == nil {
		r.Content = []content{}
	}
	if p.Reply.Error {
		r.Status = "error"
	}
	return content{Result: r}, true, nil
}

// formats are the formats of images and documents by their type.
var formats = map[string]string{
	"image/png": "png", "image/jpeg": "jpeg", "image/jpg": "jpeg", "image/gif": "gif", "image/webp": "webp",
	"application/pdf": "pdf", "text/csv": "csv", "text/html": "html", "text/plain": "txt", "text/markdown": "md", "application/msword": "doc",
	"application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx", "application/vnd.ms-excel": "xls",
	"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
}

// notInNames is what the name of a document must not hold.
var notInNames = regexp.MustCompile(`[^A-Za-z0-9 ()\[\]-]+`)

// writeMedia writes an image or a document. The format takes data in place only.
func writeMedia(p *message.Part) (c content, ok bool, err error) {
	kind, _, _ := strings.Cut(p.Media.Type, ";")
	if kind == "" && p.Kind == message.KindFile {
		kind = "application/pdf"
	}
	format := formats[kind]
	if _, bad := base64.StdEncoding.DecodeString(p.Media.Data); p.Media.Data == "" || bad != nil {
		return c, false, refuse(p.Path, "must be a data: URL in base64: this target reads no other addresses and no uploads")
	}
	if format == "" {
		return c, false, refuse(p.Path, "has a type that this target does not take")
	}
	m := &media{Format: format}
	m.Source.Bytes = p.Media.Data
	if strings.HasPrefix(kind, "image/") {
		return content{Image: m}, true, nil
	}
	name := strings.TrimSuffix(path.Base(p.Media.Name), path.Ext(p.Media.Name))
	if m.Name = strings.TrimSpace(notInNames.ReplaceAllString(name, " ")); m.Name == "" || len(m.Name) > 200 {
		m.Name = "document"
	}
	return content{Document: m}, true, nil
}
