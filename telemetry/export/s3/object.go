package s3

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// Write puts an object that is in memory, in one try.
func (b *Bucket) Write(ctx context.Context, name string, content []byte) error {
	sum := sha256.Sum256(content)
	_, err := b.put(ctx, name, bytes.NewReader(content), int64(len(content)), hex.EncodeToString(sum[:]), "application/octet-stream")
	return err
}

// emptyHash is that of a call without a body.
const emptyHash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

// Read returns an object of at most so many bytes, nil if there is none.
func (b *Bucket) Read(ctx context.Context, name string, most int64) ([]byte, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, b.object(name).String(), nil)
	if err != nil {
		return nil, failed("The bucket cannot be called.", err)
	}
	r.Header.Set("X-Amz-Content-Sha256", emptyHash)
	if err := b.signer.SignHTTP(ctx, b.credentials(), r, emptyHash, "s3", b.cfg.Region, b.cfg.Now()); err != nil {
		return nil, failed("The call of the bucket cannot be signed.", err)
	}
	res, err := b.cfg.Client.Do(r)
	if err != nil {
		return nil, failed("The bucket does not answer.", err)
	}
	defer res.Body.Close()
	const refusal = 64 << 10 // bytes of an error, at most
	content, err := io.ReadAll(io.LimitReader(res.Body, max(most+1, refusal)))
	switch code := codeOf(string(content)); {
	case err != nil:
		return nil, failed("The object broke off.", err)
	case res.StatusCode == http.StatusNotFound && strings.TrimSpace(code) == "NoSuchKey":
		return nil, nil
	case res.StatusCode != http.StatusOK:
		return nil, failed(fmt.Sprintf("The bucket refused the object: %d%s.", res.StatusCode, code), nil)
	case int64(len(content)) > most:
		return nil, failed(fmt.Sprintf("The object has more than %d bytes.", most), nil)
	}
	return content, nil
}
