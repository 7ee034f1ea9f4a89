package embed

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/sluicegate/sluice/gateway"
)

// Endpoint names the model to call.
type Endpoint struct {
	BaseURL string         // without /embeddings, like https://api.openai.com/v1
	Key     gateway.Secret // empty: no Authorization header
	Model   string
	Dim     int           // length of the model's vectors
	Shorten bool          // send "dimensions", for models that can shorten their vectors
	Batch   int           // texts in one call; 0 = 64
	Timeout time.Duration // of one call; 0 = 10 s
}

// HTTP calls an OpenAI-compatible embeddings endpoint. It is safe for concurrent use.
type HTTP struct {
	cfg    Endpoint // without the key, so that %+v does not show it
	key    gateway.Secret
	url    string
	client *http.Client
}

// maxAnswer is the length of the longest answer that is read, in bytes.
const maxAnswer = 64 << 20

// NewHTTP prepares the client; it does not call the endpoint.
func NewHTTP(cfg Endpoint) (*HTTP, error) {
	const op = "embed.NewHTTP"
	u, err := url.Parse(cfg.BaseURL)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || u.User != nil:
		return nil, gateway.InvalidField(op, "cache.embedder.base_url", "cache.embedder.base_url must be an http or https address, like https://api.openai.com/v1, without credentials.")
	case cfg.Model == "":
		return nil, gateway.InvalidField(op, "cache.embedder.model", "cache.embedder.model is missing.")
	case cfg.Dim <= 0:
		return nil, gateway.InvalidField(op, "cache.embedder.dimensions", "cache.embedder.dimensions must be the length of the model's vectors.")
	case cfg.Batch < 0 || cfg.Timeout < 0:
		return nil, gateway.InvalidField(op, "cache.embedder", "cache.embedder's batch and timeout must not be negative.")
	}
	if cfg.Batch == 0 {
		cfg.Batch = 64
	}
	if cfg.Timeout == 0 {
		cfg.Timeout = 10 * time.Second
	}
	key := cfg.Key
	cfg.Key = gateway.Secret{}
	u.Path = strings.TrimSuffix(u.Path, "/") + "/embeddings"
	return &HTTP{cfg: cfg, url: u.String(), key: key, client: &http.Client{
		Transport: &http.Transport{Proxy: http.ProxyFromEnvironment, MaxIdleConnsPerHost: 16, IdleConnTimeout: 90 * time.Second, ForceAttemptHTTP2: true},
		// A redirect would send the key elsewhere.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}, nil
}

// Model returns the model's name and address: two servers may use one name for different
// models.
func (h *HTTP) Model() string { return h.cfg.Model + "@" + h.url }

// Dim returns the length of the vectors.
func (h *HTTP) Dim() int { return h.cfg.Dim }

// Close closes idle connections.
func (h *HTTP) Close() { h.client.CloseIdleConnections() }

// Embed calls the endpoint once for each batch of texts. It fails with gateway.Unavailable.
func (h *HTTP) Embed(ctx context.Context, texts []string) ([][]float32, error) {
	out := make([][]float32, 0, len(texts))
	for len(texts) > 0 {
		n := min(len(texts), h.cfg.Batch)
		vs, err := h.call(ctx, texts[:n])
		if err != nil {
			return nil, err
		}
		out, texts = append(out, vs...), texts[n:]
	}
	return out, nil
}

type embeddingsRequest struct {
	Model      string   `json:"model"`
	Input      []string `json:"input"`
	Encoding   string   `json:"encoding_format"`
	Dimensions int      `json:"dimensions,omitempty"`
}

type embeddingsAnswer struct {
	Data []struct {
		Index     int       `json:"index"`
		Embedding []float32 `json:"embedding"`
	} `json:"data"`
}

func (h *HTTP) call(ctx context.Context, texts []string) ([][]float32, error) {
	ctx, cancel := context.WithTimeout(ctx, h.cfg.Timeout)
	defer cancel()
	q := embeddingsRequest{Model: h.cfg.Model, Input: texts, Encoding: "float"}
	if h.cfg.Shorten {
		q.Dimensions = h.cfg.Dim
	}
	body, _ := json.Marshal(q) // plain data always encodes
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, h.url, bytes.NewReader(body))
	if err != nil {
		return nil, failed("The embedder's address is not usable.", err)
	}
	req.Header.Set("Content-Type", "application/json")
	if key := h.key.Reveal(); key != "" {
		req.Header.Set("Authorization", "Bearer "+key)
	}
	res, err := h.client.Do(req)
	if err != nil {
		if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
			return nil, failed("The embedder did not answer in time.", ctx.Err())
		}
		return nil, failed("The embedder cannot be reached.", err)
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer))
	switch {
	case ctx.Err() != nil:
		return nil, failed("The embedder did not answer in time.", ctx.Err())
	case err != nil:
		return nil, failed("The embedder's answer broke off.", err)
	case res.StatusCode != http.StatusOK:
		return nil, failed("The embedder answered status "+strconv.Itoa(res.StatusCode)+".", nil) // the text may quote the key or the input
	}
	return h.read(answer, len(texts))
}

// read returns the vectors in the order of the texts, at length 1.
func (h *HTTP) read(answer []byte, n int) ([][]float32, error) {
	var r embeddingsAnswer
	if err := json.Unmarshal(answer, &r); err != nil {
		return nil, failed("The embedder's answer is no list of embeddings.", nil)
	}
	out := make([][]float32, n)
	for _, d := range r.Data {
		if d.Index < 0 || d.Index >= n || out[d.Index] != nil {
			return nil, failed("The embedder's answer has a wrong index.", nil)
		}
		if len(d.Embedding) != h.cfg.Dim {
			return nil, failed("The embedder gave "+strconv.Itoa(len(d.Embedding))+" dimensions; cache.embedder.dimensions says "+strconv.Itoa(h.cfg.Dim)+".", nil)
		}
		if !Normalise(d.Embedding) {
			return nil, failed("The embedder gave a vector that is zero or no number.", nil)
		}
		out[d.Index] = d.Embedding
	}
	for _, v := range out {
		if v == nil {
			return nil, failed("The embedder left out a text.", nil)
		}
	}
	return out, nil
}

func failed(public string, err error) error {
	return &gateway.Error{Op: "embed.HTTP", Kind: gateway.Unavailable, Public: public, Err: err}
}
