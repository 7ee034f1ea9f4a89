package s3

import (
	"bytes"
	"context"
	"crypto/md5"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/sluicegate/sluice/gateway"
)

// MaxListed is how many names one call lists, and deletes, at most: that is S3's limit.
const MaxListed = 1000

// maxListing bounds the answers of these calls: a thousand names of at most 1024 bytes, in XML.
const maxListing = 4 << 20

// List returns the first names that begin with a prefix, in the order of their bytes. More reports that
// there are others.
func (b *Bucket) List(ctx context.Context, prefix string) (names []string, more bool, err error) {
	query := url.Values{"list-type": {"2"}, "prefix": {b.cfg.Prefix + prefix}}
	raw, err := b.call(ctx, http.MethodGet, query, nil)
	if err != nil {
		return nil, false, err
	}
	var listing struct {
		IsTruncated bool
		Contents    []struct{ Key string }
	}
	if err := xml.Unmarshal(raw, &listing); err != nil {
		return nil, false, failed("The bucket's list cannot be read.", err)
	}
	for _, c := range listing.Contents {
		if name, ours := strings.CutPrefix(c.Key, b.cfg.Prefix); ours && strings.HasPrefix(name, prefix) {
			names = append(names, name)
		}
	}
	return names, listing.IsTruncated, nil
}

// Delete removes at most MaxListed objects. It is no error if one is not there; refused is how many the
// bucket did not remove.
func (b *Bucket) Delete(ctx context.Context, names []string) (refused int, err error) {
	if len(names) == 0 || len(names) > MaxListed {
		return 0, &gateway.Error{Op: "s3.Bucket.Delete", Kind: gateway.Internal, Public: fmt.Sprintf("One call deletes 1 to %d objects, not %d.", MaxListed, len(names))}
	}
	type object struct{ Key string }
	deletion := struct {
		XMLName xml.Name `xml:"http://s3.amazonaws.com/doc/2006-03-01/ Delete"`
		Quiet   bool
		Object  []object
	}{Quiet: true}
	for _, name := range names {
		deletion.Object = append(deletion.Object, object{b.cfg.Prefix + name})
	}
	body, err := xml.Marshal(deletion)
	if err != nil {
		return 0, failed("The names cannot be sent.", err)
	}
	raw, err := b.call(ctx, http.MethodPost, url.Values{"delete": {""}}, body)
	if err != nil {
		return 0, err
	}
	var result struct{ Error []struct{ Code string } }
	if err := xml.Unmarshal(raw, &result); err != nil {
		return 0, failed("The bucket's answer to a deletion cannot be read.", err)
	}
	return len(result.Error), nil
}

// call calls the bucket itself, and returns the answer.
func (b *Bucket) call(ctx context.Context, method string, query url.Values, body []byte) ([]byte, error) {
	u := *b.base
	u.RawQuery = strings.ReplaceAll(query.Encode(), "+", "%20")
	r, err := http.NewRequestWithContext(ctx, method, u.String(), bytes.NewReader(body))
	if err != nil {
		return nil, failed("The bucket cannot be called.", err)
	}
	sum := sha256.Sum256(body)
	hash := hex.EncodeToString(sum[:])
	r.Header.Set("X-Amz-Content-Sha256", hash)
	if len(body) > 0 {
		check := md5.Sum(body) // S3 demands it of deletions
		r.Header.Set("Content-Md5", base64.StdEncoding.EncodeToString(check[:]))
		r.Header.Set("Content-Type", "application/xml")
	}
	if err := b.signer.SignHTTP(ctx, b.credentials(), r, hash, "s3", b.cfg.Region, b.cfg.Now()); err != nil {
		return nil, failed("The call of the bucket cannot be signed.", err)
	}
	res, err := b.cfg.Client.Do(r)
	if err != nil {
		return nil, failed("The bucket does not answer.", err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(io.LimitReader(res.Body, maxListing+1))
	switch {
	case err != nil:
		return nil, failed("The bucket's answer broke off.", err)
	case res.StatusCode != http.StatusOK:
		return nil, failed(fmt.Sprintf("The bucket refused the call: %d%s.", res.StatusCode, codeOf(string(raw))), nil)
	case len(raw) > maxListing:
		return nil, failed("The bucket's answer is too long.", nil)
	}
	return raw, nil
}
