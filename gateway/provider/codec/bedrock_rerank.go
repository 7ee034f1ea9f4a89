package codec

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/gateway/dialect"
	"github.com/sluicegate/sluice/gateway/dialect/task"
	"github.com/sluicegate/sluice/gateway/provider/vendor"
	"github.com/sluicegate/sluice/internal/jsonx"
)

// bedrockRerank is the codec of the rerank models of Cohere and Amazon, which are called by
// InvokeModel (https://docs.aws.amazon.com/bedrock/latest/userguide/rerank-supported.html): they take and
// answer Cohere's format, with documents that are texts.
type bedrockRerank struct{ bedrockCodec }

// reranks reports whether a model on Bedrock is a rerank model.
func reranks(v *vendor.Vendor, model string) bool {
	return v.Scheme == vendor.SchemeAWS && strings.Contains(model, "rerank")
}

// perQuery is how many documents AWS bills as one query (https://aws.amazon.com/bedrock/pricing). That
// it divides documents of more than 512 tokens is not counted here.
const perQuery = 100

func (c *bedrockRerank) Format() dialect.TargetFormat { return task.Dialect{Op: gateway.OpRerank} }

func (c *bedrockRerank) Request(t *gateway.Target, req *gateway.Request) (*http.Request, []byte, error) {
	documents, _, err := rerankDocuments(req)
	if err != nil {
		return nil, nil, err
	}
	body := jsonx.Update(req.Raw, jsonx.Change{Name: "model"}, jsonx.Change{Name: "return_documents"}, jsonx.Change{Name: "documents", Value: documents})
	if strings.Contains(req.Model(), "cohere.") {
		body = jsonx.Update(body, jsonx.Change{Name: "api_version", Value: []byte("2"), IfAbsent: true})
	}
	return c.post(t, req, body, "invoke")
}

// rerankDocuments are the documents as texts, and how many they are.
func rerankDocuments(req *gateway.Request) (list []byte, count int64, err error) {
	list = []byte{'['}
	for e := range jsonx.Elements(req.Field("documents")) {
		text := e.Value
		if text[0] == '{' {
			if text = jsonx.Get(text, "text"); len(text) == 0 || text[0] != '"' {
				field := "documents[" + strconv.Itoa(e.Index) + "].text"
				return nil, 0, gateway.InvalidField("codec.rerankDocuments", field, "The field '"+field+"' must be a string: this target takes texts only.")
			}
		}
		if count++; count > 1 {
			list = append(list, ',')
		}
		list = append(list, text...)
	}
	return append(list, ']'), count, nil
}

func (c *bedrockRerank) Decoder(req *gateway.Request) Decoder {
	_, count, _ := rerankDocuments(req) // Request told the error
	return &rerankDecoder{newTaskDecoder(c.vendor.ID, req), (count + perQuery - 1) / perQuery}
}

// rerankDecoder reads an answer that does not tell what it used.
type rerankDecoder struct {
	*taskDecoder
	queries int64
}

// Body implements Decoder. The answer gets the usage where Cohere's own API has it.
func (d *rerankDecoder) Body(body []byte) (gateway.Chunk, error) {
	c, err := d.taskDecoder.Body(body)
	if err != nil {
		return c, err
	}
	meta := []byte(`{"billed_units":{"search_units":` + strconv.FormatInt(d.queries, 10) + `}}`)
	c.Raw = jsonx.Update(c.Raw, jsonx.Change{Name: "meta", Value: meta, IfAbsent: true})
	c.Read()
	return c, nil
}
