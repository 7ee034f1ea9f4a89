package codec

import (
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect"
	"github.com/sluicegate/sluice/gateway/dialect/replicate"
	"github.com/sluicegate/sluice/gateway/dialect/task"
	"github.com/sluicegate/sluice/gateway/dialect/vendorerror"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// replicateImages is the codec of images, which callers ask for in OpenAI's format.
type replicateImages struct{ replicateCodec }

func (*replicateImages) Format() dialect.TargetFormat { return task.Dialect{Op: gateway.OpImage} }

// Request implements Codec. Fields that OpenAI does not know are inputs of the model.
func (c *replicateImages) Request(t *gateway.Target, req *gateway.Request) (*http.Request, []byte, error) {
	refuse := func(field, what string) error {
		e := gateway.InvalidField("codec.replicateImages.Request", field, "The field '"+field+"' "+what+".")
		e.Target = t.Path
		return e
	}
	var input, body jsonx.Object
	for m := range jsonx.Members(req.Raw) {
		switch text := jsonx.String(m.Value); {
		case m.Value[0] == 'n' && m.Key != "prompt":
		case m.Key == "response_format" && text != "url":
			return nil, nil, refuse("response_format", "must be url: this target gives nothing else")
		case m.Key == "stream" && m.Value[0] == 't':
			return nil, nil, refuse("stream", "must be false: this target makes images in one piece")
		case m.Key == "n":
			input.Raw("num_outputs", m.Value)
		case m.Key == "size":
			width, height, ok := strings.Cut(text, "x")
			if !ok || !isCount(width) || !isCount(height) {
				return nil, nil, refuse("size", "must be a width and a height such as 1024x1024 for this target")
			}
			input.Raw("width", []byte(width))
			input.Raw("height", []byte(height))
		case m.Key != "model" && m.Key != "response_format" && m.Key != "stream" && m.Key != "user":
			input.Raw(m.Key, m.Value)
		}
	}
	body.Raw("input", input.JSON())
	return c.post(t, req.Model(), body.JSON(), true)
}

// isCount reports a number of up to five digits.
func isCount(s string) bool {
	return s != "" && len(s) <= 5 && s[0] != '0' && strings.Trim(s, "0123456789") == ""
}

func (c *replicateImages) Decoder(*gateway.Request) Decoder {
	return &replicateImagesDecoder{replicate.NewDecoder(c.vendor.ID)}
}

// replicateImagesDecoder writes a prediction as OpenAI's list of images.
type replicateImagesDecoder struct{ prediction *replicate.Decoder }

// Feed implements Decoder: nobody asks for a stream.
func (*replicateImagesDecoder) Feed(Frame) ([]gateway.Chunk, error) { return nil, io.EOF }

// End implements Decoder.
func (*replicateImagesDecoder) End() ([]gateway.Chunk, error) {
	return nil, vendorerror.Broken("codec.replicateImagesDecoder.End", "The provider's answer is a stream.", nil)
}

// Body implements Decoder.
func (d *replicateImagesDecoder) Body(raw []byte) (gateway.Chunk, error) {
	whole, err := d.prediction.Body(raw)
	if err != nil {
		return gateway.Chunk{}, err
	}
	root := gjson.ParseBytes(whole.Raw)
	output := root.Get("output")
	list := []gjson.Result{output}
	if output.IsArray() {
		list = output.Array()
	}
	var images []byte
	for _, image := range list {
		if image.Type != gjson.String {
			return gateway.Chunk{}, vendorerror.Broken("codec.replicateImagesDecoder.Body", "The provider's prediction holds no images.", nil)
		}
		var o jsonx.Object
		o.Text("url", image.Str)
		images = append(append(images, ','), o.JSON()...)
	}
	if len(images) == 0 {
		return gateway.Chunk{}, vendorerror.Broken("codec.replicateImagesDecoder.Body", "The provider's prediction holds no images.", nil)
	}
	images[0] = '['
	var o jsonx.Object
	created, err := time.Parse(time.RFC3339Nano, root.Get("created_at").String())
	if err != nil {
		created = time.Unix(0, 0)
	}
	o.Int("created", created.Unix())
	o.Raw("data", append(images, ']'))
	c := gateway.Chunk{Raw: o.JSON(), Form: gateway.FormBody, Dialect: task.Dialect{Op: gateway.OpImage}}
	c.Read()
	return c, nil
}
