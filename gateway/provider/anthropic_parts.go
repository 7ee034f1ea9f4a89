package provider

import (
	"strings"

	"github.com/tidwall/gjson"
)

// part translates one part of a content; nil for one that says nothing.
func part(p gjson.Result, path string, cache gjson.Result) ([]byte, error) {
	switch kind := p.Get("type").String(); kind {
	case "text", "input_text", "output_text", "refusal":
		text := pick(p.Get("text").String(), p.Get("refusal").String())
		if text == "" {
			return nil, nil
		}
		return textBlock(text, cache), nil
	case "image_url":
		url := p.Get("image_url.url").String()
		if v := p.Get("image_url"); v.Type == gjson.String {
			url = v.Str
		}
		return source("image", url, path+".image_url.url", cache)
	case "file":
		data := p.Get("file.file_data").String()
		if data == "" {
			return nil, refuseAt(path+".file.file_data", "is missing: files of another provider cannot be read")
		}
		return source("document", data, path+".file.file_data", cache)
	case "image", "document", "thinking", "redacted_thinking", "search_result":
		return []byte(p.Raw), nil // Anthropic's own
	default:
		if p.Type == gjson.String {
			return textBlock(p.Str, cache), nil
		}
		return nil, refuseAt(path+".type", "names a kind of part that the provider 'anthropic' does not take")
	}
}

// source makes a block of an image or a document from a data: URL or a web address.
func source(kind, url, path string, cache gjson.Result) ([]byte, error) {
	w := fields{dst: []byte{'{'}}
	w.text("type", kind)
	src := fields{dst: []byte{'{'}}
	switch {
	case strings.HasPrefix(url, "https://"), strings.HasPrefix(url, "http://"):
		src.text("type", "url")
		src.text("url", url)
	case strings.HasPrefix(url, "data:"):
		media, data, ok := strings.Cut(url[len("data:"):], ",")
		media, isBase64 := strings.CutSuffix(media, ";base64")
		if !ok || !isBase64 || data == "" {
			return nil, refuseAt(path, "must be a data: URL in base64")
		}
		media, _, _ = strings.Cut(media, ";")
		if media == "image/jpg" {
			media = "image/jpeg"
		}
		src.text("type", "base64")
		src.text("media_type", media)
		src.text("data", data)
	default:
		return nil, refuseAt(path, "must be a data:, https: or http: URL")
	}
	w.raw("source", string(append(src.dst, '}')))
	if cache.IsObject() {
		w.raw("cache_control", cache.Raw)
	}
	return append(w.dst, '}'), nil
}
