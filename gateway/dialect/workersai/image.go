package workersai

import (
	"encoding/base64"
	"strconv"
	"strings"
	"time"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect/vendorerror"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// WriteImage writes a request in OpenAI's format as the input of a model that makes images, such as
// https://developers.cloudflare.com/workers-ai/models/flux-1-schnell: size becomes "width" and "height".
// Fields that OpenAI does not know, such as "steps", are inputs of the model.
func WriteImage(raw []byte) ([]byte, error) {
	var o jsonx.Object
	for m := range jsonx.Members(raw) {
		text := jsonx.Text(m.Value) // a field of a form is a string
		if string(m.Value) == "null" {
			continue
		}
		switch m.Key {
		case "n":
			if text != "1" {
				return nil, refuse("n", "must be 1: this target makes one image at a time")
			}
		case "response_format":
			if text != "b64_json" {
				return nil, refuse("response_format", "must be b64_json: this target gives nothing else")
			}
		case "stream":
			if strings.EqualFold(text, "true") {
				return nil, refuse("stream", "must be false: this target makes images in one piece")
			}
		case "size":
			if text == "auto" {
				continue
			}
			width, height, ok := strings.Cut(text, "x")
			if !ok || !isLength(width) || !isLength(height) {
				return nil, refuse("size", "must be a width and a height such as 1024x1024 for this target")
			}
			o.Raw("width", []byte(width))
			o.Raw("height", []byte(height))
		case "model", "user":
		default:
			o.Raw(m.Key, m.Value)
		}
	}
	return o.JSON(), nil
}

// maxEdited is how many images a model takes to edit.
const maxEdited = 4

// WriteImageEdit writes a form in OpenAI's format as that of a model that edits images
// (https://developers.cloudflare.com/workers-ai/models/flux-2-dev): its fields, and its images under the
// names that the model gives them.
func WriteImageEdit(model string, raw []byte, files []gateway.File) ([]byte, []gateway.File, error) {
	if !TakesForm(model) {
		return nil, nil, refuse("model", "must be one that edits images, such as @cf/black-forest-labs/flux-2-dev")
	}
	fields, err := WriteImage(jsonx.Update(raw, jsonx.Change{Name: "image"}, jsonx.Change{Name: "image[]"}))
	if err != nil {
		return nil, nil, err
	}
	var images []gateway.File
	for _, f := range files {
		if f.Field != "image" && f.Field != "image[]" {
			return nil, nil, refuse(f.Field, "is not taken by this target")
		}
		f.Field = "input_image_" + strconv.Itoa(len(images))
		f.Name = f.Field
		images = append(images, f)
	}
	if len(images) == 0 || len(images) > maxEdited {
		return nil, nil, refuse("image", "must be one to four images for this target")
	}
	return fields, images, nil
}

// isLength reports a number of pixels.
func isLength(s string) bool {
	return s != "" && len(s) <= 5 && s[0] != '0' && strings.Trim(s, "0123456789") == ""
}

// TakesForm reports whether the input of a model is a form instead of an object
// (https://developers.cloudflare.com/workers-ai/models/flux-2-dev).
func TakesForm(model string) bool { return strings.Contains(model, "/flux-2-") }

// ReadImage reads an answer that is an object with an image in base64, or the bytes of the image, as its
// type tells. It is written in OpenAI's format as an answer of the given time.
func ReadImage(vendor, contentType string, body []byte, at time.Time) ([]byte, error) {
	const op = "workersai.ReadImage"
	image := ""
	if strings.HasPrefix(strings.ToLower(contentType), "image/") {
		if len(body) == 0 {
			return nil, vendorerror.Broken(op, "The provider's answer is empty.", nil)
		}
		image = base64.StdEncoding.EncodeToString(body)
	} else {
		result, err := readResult(op, vendor, body, "image")
		if err != nil {
			return nil, err
		}
		given := result.Get("image")
		image = given.Str
		if _, data, ok := strings.Cut(image, ";base64,"); ok && strings.HasPrefix(image, "data:") {
			image = data
		}
		if given.Type != gjson.String || image == "" || strings.Trim(image, base64Digits) != "" {
			return nil, vendorerror.Broken(op, "The provider's answer holds an image that cannot be read.", nil)
		}
	}
	var one, o jsonx.Object
	one.Text("b64_json", image)
	o.Int("created", at.Unix())
	o.Raw("data", append(append([]byte{'['}, one.JSON()...), ']'))
	return o.JSON(), nil
}

const base64Digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="
