package config

import (
	"github.com/sluicegate/sluice/gateway"
	"github.com/sluicegate/sluice/internal/config/yamltree"
)

// CacheAnswers say where large answers of the cache are kept for all replicas. The zero value keeps
// them in Qdrant, like small ones.
type CacheAnswers struct {
	Store string         // "redis" or "objects"
	Over  int64          // bytes; smaller answers stay in Qdrant. 0 = the default
	URL   gateway.Secret // of redis; it may hold a password
	S3    *S3            // of objects
}

func (a *CacheAnswers) endpoint() string {
	if a.S3 == nil {
		return a.URL.Reveal()
	}
	return a.S3.Endpoint
}

func (r *reader) cacheAnswers(n *yamltree.Node, to *CacheAnswers) {
	r.object(n, []field{
		{"store", func(n *yamltree.Node) { r.choice(n, &to.Store, "redis", "objects") }},
		{"over", func(n *yamltree.Node) { r.size(n, &to.Over) }},
		{"url", func(n *yamltree.Node) { r.redisURL(n, &to.URL) }},
		{"s3", func(n *yamltree.Node) { to.S3 = r.s3(n) }},
	}, "store")
	url, s3 := n.Get("url"), n.Get("s3")
	switch {
	case to.Store == "redis" && url == nil:
		r.bad(n, "store: redis needs the key 'url'")
	case to.Store == "redis" && s3 != nil:
		r.bad(s3, "belongs to store: objects")
	case to.Store == "objects" && s3 == nil:
		r.bad(n, "store: objects needs the key 's3'")
	case to.Store == "objects" && url != nil:
		r.bad(url, "belongs to store: redis")
	}
}

// redisURL reads the address of a Redis server. It may hold a password: it is never quoted.
func (r *reader) redisURL(n *yamltree.Node, to *gateway.Secret) {
	var url string
	if r.str(n, &url); url == "" {
		return
	}
	if problem := urlProblem("redis", "rediss")(url); problem != "" {
		r.bad(n, "%s", problem)
		return
	}
	*to = gateway.NewSecret(url)
}
