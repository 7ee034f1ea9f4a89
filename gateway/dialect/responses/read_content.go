package responses

import (
	"strings"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway/dialect/message"
)

// readContent reads a string, a list of parts, or nothing. Empty texts say nothing and are left
// out.
func readContent(v gjson.Result, path string) ([]message.Part, error) {
	switch {
	case !given(v), v.Type == gjson.String && v.Str == "":
		return nil, nil
	case v.Type == gjson.String:
		return []message.Part{{Kind: message.KindText, Text: v.Str, Path: path}}, nil
	case !v.IsArray():
		return nil, invalid(path, "must be a string or a list of parts")
	}
	var parts []message.Part
	var err error
	i := -1
	v.ForEach(func(_, part gjson.Result) bool {
		i++
		var p message.Part
		if p, err = readPart(part, at(path, i)); err != nil {
			return false
		}
		if p.Kind != message.KindText || p.Text != "" {
			parts = append(parts, p)
		}
		return true
	})
	return parts, err
}

func readPart(v gjson.Result, path string) (message.Part, error) {
	p := message.Part{Path: path}
	switch kind := text(v.Get("type")); kind {
	case "input_text", "output_text", "text":
		p.Text = text(v.Get("text"))
	case "refusal":
		p.Kind, p.Text = message.KindRefusal, text(v.Get("refusal"))
	case "input_image":
		p.Kind = message.KindImage
		p.Media = message.Media{Detail: text(v.Get("detail")), FileID: text(v.Get("file_id"))}
		return p, readMedia(&p, "image_url", text(v.Get("image_url")))
	case "input_file":
		p.Kind = message.KindFile
		p.Media = message.Media{Name: text(v.Get("filename")), FileID: text(v.Get("file_id")), URL: text(v.Get("file_url"))}
		if data := text(v.Get("file_data")); data != "" {
			return p, readMedia(&p, "file_data", data)
		}
	case "input_audio":
		p.Kind = message.KindAudio
		p.Media = message.Media{Data: text(v.Get("input_audio.data")), Format: text(v.Get("input_audio.format"))}
	default:
		return p, invalid(path+".type", "is '"+kind+"', which "+onlyThere)
	}
	return p, nil
}

// readMedia takes a reference, a data: URL, or nothing where a file is named by its id.
func readMedia(p *message.Part, field, url string) error {
	rest, inline := strings.CutPrefix(url, "data:")
	if !inline {
		if field == "file_data" { // base64 alone
			p.Media.Type, p.Media.Data = "application/pdf", url
			return nil
		}
		p.Media.URL = url
		return nil
	}
	p.Path += "." + field
	head, data, found := strings.Cut(rest, ",")
	kind, base64 := strings.CutSuffix(head, ";base64")
	if !found || !base64 {
		return invalid(p.Path, "must be a URL or a data: URL in base64")
	}
	p.Media.Type, p.Media.Data = kind, data
	return nil
}
